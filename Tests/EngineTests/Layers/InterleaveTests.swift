import Engine
import Testing

@Suite struct InterleaveTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var stride = (2, 2)
        var channels = 16
        var groups = 1
        var size = (6, 8)
        var isRectified = false

        var testDescription: String {
            "\(channels) channels in \(groups) by \(stride) to \(size)\(isRectified ? ", rectified" : "")"
        }
    }

    static let cases = [
        Case(), Case(channels: 3), Case(channels: 20, isRectified: true),
        Case(channels: 32, groups: 2),
        Case(stride: (3, 2), channels: 12, groups: 3, size: (7, 9)), Case(channels: 5, groups: 5),
        Case(stride: (1, 3), channels: 40, size: (5, 10), isRectified: true),
        Case(stride: (4, 4), channels: 1, size: (3, 2)),
        Case(channels: 16, size: (200, 301)),
    ]

    /// The first phase is zero, the second in an input of its own, the others in one, a pixel from its edge.
    @Test("pixels of phases come together", arguments: cases, [MathMode.exact, .bf16])
    func phases(_ instance: Case, _ math: MathMode) throws {
        guard math.isAvailable else { return }
        let (tall, wide) = instance.stride
        let count = tall * wide
        let others = max(count - 2, 0)
        let shape = FeatureShape(
            height: (instance.size.0 - 1) / tall + 2,
            width: (instance.size.1 - 1) / wide + 2,
            channels: instance.channels * (others + 1)
        )
        let outs = instance.channels / instance.groups
        let phases = (0..<count).map { phase -> Interleave.Phase? in
            switch phase {
            case 0: nil
            case 1: .init(input: 0, place: 0, row: 0, column: 1)
            default: .init(input: 1, place: phase - 2, row: 1, column: 0)
            }
        }
        let output = FeatureShape(
            height: instance.size.0,
            width: instance.size.1,
            channels: instance.channels
        )
        let problem = try LayerProblem(shape, math: math) { graph, input in
            func part(_ start: Int, _ count: Int) -> NodeID {
                graph.append(
                    Slice(channels: Slice.Places(start, count: count)),
                    named: "part\(start)",
                    inputs: [input]
                )
            }
            let layer = Interleave(
                Axes(height: tall, width: wide),
                phases,
                counts: others > 0 ? [1, others] : [1],
                groups: instance.groups,
                to: output
            )
            let parts =
                [part(0, instance.channels)]
                + (others > 0 ? [part(instance.channels, instance.channels * others)] : [])
            let node = graph.append(layer, named: "interleave", inputs: parts)
            guard instance.isRectified else { return node }
            return graph.append(Nonlinearity(.relu), named: "relu", inputs: [node])
        }
        let input = problem.input
        let expected = input.map(
            height: output.height,
            width: output.width,
            channels: output.channels
        ) {
            picture,
            y,
            x,
            channel in
            guard let phase = phases[y % tall * wide + x % wide] else { return 0 }
            let group = channel / outs
            let place =
                phase.input == 0
                ? channel
                : instance.channels + (group * others + phase.place) * outs + channel % outs
            let value = input[picture, y / tall + phase.row, x / wide + phase.column, place]
            return instance.isRectified ? max(value, 0) : value
        }
        #expect(problem.error(against: expected) <= (math == .bf16 ? 4e-3 : 0))
    }

    @Test("phases that are not there, or end before the output does, are refused")
    func misfits() {
        let input = FeatureShape(height: 3, width: 3, channels: 4)
        func throwing(_ phase: Interleave.Phase, counts: [Int] = [1], groups: Int = 1) -> Bool {
            let layer = Interleave(
                Axes(2),
                [phase, nil, nil, nil],
                counts: counts,
                groups: groups,
                to: FeatureShape(height: 6, width: 6, channels: 4)
            )
            return (try? layer.outputShape(for: [input], at: "i")) == nil
        }
        #expect(!throwing(.init(input: 0, place: 0, row: 0, column: 0)))
        #expect(throwing(.init(input: 1, place: 0, row: 0, column: 0)))
        #expect(throwing(.init(input: 0, place: 1, row: 0, column: 0)))
        #expect(throwing(.init(input: 0, place: 0, row: 1, column: 0)))
        #expect(throwing(.init(input: 0, place: 0, row: 0, column: -1)))
        #expect(throwing(.init(input: 0, place: 0, row: 0, column: Int.max)))
        #expect(throwing(.init(input: 0, place: 0, row: 0, column: 0), counts: [2]))
        #expect(throwing(.init(input: 0, place: 0, row: 0, column: 0), groups: 3))
    }
}
