import Engine
import Foundation
import Testing

@Suite struct BinaryTests {
    private static func value(_ function: Binary.Function, _ x: Double, _ y: Double) -> Double {
        switch function {
        case .add: x + y
        case .subtract: x - y
        case .multiply: x * y
        case .divide: x / y
        case .maximum: max(x, y)
        case .minimum: min(x, y)
        case .squaredDifference: (x - y) * (x - y)
        case .power: pow(x, y)
        }
    }

    /// What the other operand is beside a picture or a vector.
    enum Operand: CaseIterable, Sendable {
        case whole
        case channels
        case pixels
        case number
    }

    /// Appends x² + 0.5 of the input: numbers above zero, which all functions take.
    private func above(_ graph: inout Graph, _ input: NodeID) -> NodeID {
        let square = graph.append(Nonlinearity(.square), named: "square", inputs: [input])
        return graph.append(
            Nonlinearity(.linear(slope: 1, offset: 0.5)),
            named: "above",
            inputs: [square]
        )
    }

    private func other(_ graph: inout Graph, _ above: NodeID, _ operand: Operand) -> NodeID {
        func append(_ layer: any Layer, _ input: NodeID) -> NodeID {
            graph.append(layer, named: "other\(graph.nodes.count)", inputs: [input])
        }
        switch operand {
        case .whole: return append(Nonlinearity(.sqrt), above)
        case .channels: return append(Reduce(.maximum, over: .space), above)
        case .pixels: return append(Reduce(.mean, over: .channels), above)
        case .number:
            return append(Reduce(.mean, over: .channels), append(GlobalPool(.average), above))
        }
    }

    private func other(_ values: NaiveMap, _ operand: Operand) -> NaiveMap {
        func channelMeans(_ map: NaiveMap) -> NaiveMap {
            map.map { picture, y, x, _ in
                (0..<map.channels).map { map[picture, y, x, $0] }.reduce(0, +)
                    / Double(map.channels)
            }
        }
        switch operand {
        case .whole: return values.map { values[$0, $1, $2, $3].squareRoot() }
        case .channels:
            return values.map { picture, _, _, channel in
                (0..<(values.height * values.width)).map {
                    values[picture, $0 / values.width, $0 % values.width, channel]
                }.max() ?? .nan
            }
        case .pixels: return channelMeans(values)
        case .number:
            let means = channelMeans(values.means())
            return values.map { picture, _, _, channel in means[picture, 0, 0, channel] }
        }
    }

    @Test(
        "pictures, with whole pictures, channels, pixels and numbers, on either side",
        arguments: Binary.Function.allCases,
        Operand.allCases
    )
    func pictures(_ function: Binary.Function, _ operand: Operand) throws {
        for (channels, isFirst, math) in [
            (16, true, MathMode.exact), (20, true, .exact), (20, false, .exact), (3, false, .exact),
            (20, true, .bf16),
        ] where math.isAvailable {
            let shape = FeatureShape(height: 5, width: 7, channels: channels)
            let problem = try LayerProblem(shape, math: math, passes: []) { graph, input in
                let above = above(&graph, input)
                let other = other(&graph, above, operand)
                let result = graph.append(
                    Binary(function),
                    named: "binary",
                    inputs: isFirst ? [above, other] : [other, above]
                )
                // A window over it spreads what is no number in what fills up blocks.
                return graph.append(
                    Convolution(Window(2), inputChannels: channels, outputChannels: 8),
                    named: "conv",
                    inputs: [result]
                )
            }
            let values = problem.input.map { pow(problem.input[$0, $1, $2, $3], 2) + 0.5 }
            let others = other(values, operand)
            let results = values.map { picture, y, x, channel in
                let (one, two) = (values[picture, y, x, channel], others[picture, y, x, channel])
                return isFirst ? Self.value(function, one, two) : Self.value(function, two, one)
            }
            let expected = results.convolved(
                problem.values("conv", .kernel),
                size: 2,
                stride: 1,
                before: 0,
                after: 0,
                outputs: 8
            )
            #expect(problem.error(against: expected) < (math == .bf16 ? 4e-2 : 2e-6))
        }
    }

    @Test(
        "vectors, with vectors and numbers, on either side",
        arguments: Binary.Function.allCases,
        [Operand.whole, .number]
    )
    func vectors(_ function: Binary.Function, _ operand: Operand) throws {
        for (channels, isFirst) in [(16, true), (20, false), (3, true), (1, false)] {
            let shape = FeatureShape(height: 2, width: 3, channels: channels)
            let problem = try LayerProblem(shape) { graph, input in
                let mean = graph.append(GlobalPool(.average), named: "mean", inputs: [input])
                let above = above(&graph, mean)
                let other = other(&graph, above, operand)
                return graph.append(
                    Binary(function),
                    named: "binary",
                    inputs: isFirst ? [above, other] : [other, above]
                )
            }
            let means = problem.input.means()
            let values = means.map { pow(means[$0, $1, $2, $3], 2) + 0.5 }
            let others = other(values, operand)
            let expected = values.map { picture, y, x, channel in
                let (one, two) = (values[picture, y, x, channel], others[picture, y, x, channel])
                return isFirst ? Self.value(function, one, two) : Self.value(function, two, one)
            }
            if expected.values.allSatisfy({ $0 == 0 }) {
                #expect(problem.output.allSatisfy { $0 == 0 })
            } else {
                #expect(problem.error(against: expected) < 2e-6)
            }
        }
    }

    @Test("a picture as it comes in, and one in blocks")
    func planar() throws {
        let shape = FeatureShape(height: 5, width: 7, channels: 3)
        let problem = try LayerProblem(shape, isLifted: false) { graph, input in
            let padded = graph.append(Pad(.none), named: "blocks", inputs: [input])
            return graph.append(Binary(.multiply), named: "product", inputs: [input, padded])
        }
        let expected = problem.input.map { pow(problem.input[$0, $1, $2, $3], 2) }
        #expect(problem.error(against: expected) < 1e-6)
    }

    @Test("shapes of which none is the other's are refused")
    func shapes() {
        let shape = FeatureShape(height: 4, width: 5, channels: 8)
        for other in [
            FeatureShape(height: 4, width: 1, channels: 8),
            FeatureShape(height: 4, width: 5, channels: 4), FeatureShape(channels: 4),
            FeatureShape(height: 5, width: 4, channels: 1),
        ] {
            #expect(
                throws: GraphError.wrongInput(
                    node: "binary",
                    found: other,
                    expected: "4x5x8, or a number for each of its channels or pixels"
                )
            ) { try Binary(.add).outputShape(for: [shape, other], at: "binary") }
        }
    }
}
