import Engine
import Testing

@Suite struct PadTests {
    private static let sides = Padding(top: 2, bottom: 1, left: 0, right: 3)

    private func expected(_ layer: Pad, _ input: NaiveMap) -> NaiveMap {
        func place(_ place: Int, _ extent: Int) -> Int? {
            switch layer.mode {
            case .constant: (0..<extent).contains(place) ? place : nil
            case .reflect:
                place < 0 ? -place : place < extent ? place : 2 * extent - 2 - place
            case .symmetric:
                place < 0 ? -place - 1 : place < extent ? place : 2 * extent - 1 - place
            }
        }
        let padding = layer.padding
        return input.map(
            height: input.height + padding.top + padding.bottom,
            width: input.width + padding.left + padding.right,
            channels: input.channels + layer.channelsBefore + layer.channelsAfter
        ) { picture, y, x, channel in
            var outside = 0.0
            if case .constant(let value) = layer.mode { outside = Double(value) }
            guard let row = place(y - padding.top, input.height),
                let column = place(x - padding.left, input.width),
                (0..<input.channels).contains(channel - layer.channelsBefore)
            else { return outside }
            return input[picture, row, column, channel - layer.channelsBefore]
        }
    }

    static let layers = [
        Pad(sides), Pad(sides, mode: .constant(-1.5)), Pad(sides, mode: .reflect),
        Pad(sides, mode: .symmetric), Pad(.none, channelsBefore: 5, channelsAfter: 7),
        Pad(sides, channelsAfter: 20, mode: .constant(0.5)),
        Pad(.none, channelsBefore: 16, mode: .constant(2)), Pad(.none),
    ]

    @Test("pictures, in blocks and as they come in", arguments: layers, [16, 20, 3])
    func pictures(_ layer: Pad, channels: Int) throws {
        let shape = FeatureShape(height: 5, width: 7, channels: channels)
        for math in [MathMode.exact, .bf16] where math.isAvailable {
            for isLifted in [true, false] {
                let problem = try LayerProblem(shape, math: math, isLifted: isLifted) {
                    $0.append(layer, named: "pad", inputs: [$1])
                }
                let error = problem.error(against: expected(layer, problem.input))
                #expect(error < (math == .bf16 ? 1e-2 : 1e-6))
            }
        }
    }

    @Test("vectors", arguments: layers.filter { $0.mode != .reflect && $0.mode != .symmetric })
    func vectors(_ layer: Pad) throws {
        let shape = FeatureShape(height: 2, width: 3, channels: 20)
        let problem = try LayerProblem(shape) { graph, input in
            let mean = graph.append(GlobalPool(.average), named: "mean", inputs: [input])
            return graph.append(layer, named: "pad", inputs: [mean])
        }
        #expect(problem.error(against: expected(layer, problem.input.means())) < 1e-6)
    }

    @Test("padding below zero, beyond reason, or more than can be mirrored, is refused")
    func refused() {
        let shape = FeatureShape(height: 4, width: 5, channels: 8)
        func refusal(_ layer: Pad) -> String? {
            do throws(GraphError) {
                _ = try layer.outputShape(for: [shape], at: "pad")
                return nil
            } catch {
                return error.description
            }
        }
        func at(_ top: Int) -> Padding { Padding(top: top, bottom: 0, left: 0, right: 0) }
        #expect(
            refusal(Pad(at(-1)))
                == "pad: padding is [-1, 0, 0, 0, 0, 0], but must be 0...16777216 on each side"
        )
        #expect(refusal(Pad(at(.max)))?.hasSuffix("0...16777216 on each side") == true)
        #expect(refusal(Pad(.none, channelsAfter: .min))?.hasSuffix("on each side") == true)
        let mirrored = "no more than there is of 4x5x8 to be mirrored"
        #expect(refusal(Pad(at(3), mode: .reflect)) == nil)
        #expect(refusal(Pad(at(4), mode: .reflect))?.hasSuffix(mirrored) == true)
        #expect(refusal(Pad(at(4), mode: .symmetric)) == nil)
        #expect(refusal(Pad(at(5), mode: .symmetric))?.hasSuffix(mirrored) == true)
        #expect(
            refusal(Pad(.none, channelsBefore: 1, mode: .reflect))
                == "pad: padding is [0, 0, 0, 0, 1, 0], but must be of rows and columns only, "
                + "where the picture is mirrored"
        )
    }
}
