import Engine
import Foundation

/// A whole graph in float64, layer by layer in nested loops: what says whose error a difference is.
struct NaiveNetwork {
    private let graph: Graph
    private let weights: Weights

    init(_ graph: Graph, _ weights: Weights) {
        self.graph = graph
        self.weights = weights
    }

    /// The logits of pictures, `[batch, class]`.
    func logits(_ input: NaiveMap) -> [Double] {
        var maps: [NodeID: NaiveMap] = [:]
        for node in graph.nodes {
            let inputs = node.inputs.compactMap { maps[$0] }
            maps[node.id] = output(of: node, inputs.isEmpty ? [input] : inputs)
        }
        return graph.node(of: .logits).flatMap { maps[$0]?.values } ?? []
    }

    private func values(_ node: Node, _ role: ParameterRole) -> [Float] {
        weights[ParameterKey(node: node.name, role: role)]?.values ?? []
    }

    private func output(of node: Node, _ inputs: [NaiveMap]) -> NaiveMap {
        let input = inputs[0]
        switch node.operation {
        case .input, .dropBlock: return input
        case .convolution(let layer): return convolved(node, layer, input)
        case .dense(let layer):
            let kernel = values(node, .kernel)
            let product = input.convolved(
                kernel,
                size: 1,
                stride: 1,
                before: 0,
                after: 0,
                outputs: layer.outputs
            )
            return biased(product, values(node, .bias))
        case .batchNorm(let layer):
            let (gamma, beta) = (values(node, .gamma), values(node, .beta))
            let (mean, variance) = (values(node, .movingMean), values(node, .movingVariance))
            return input.map { picture, y, x, channel in
                (input[picture, y, x, channel] - Double(mean[channel])) * Double(gamma[channel])
                    / (Double(variance[channel]) + layer.epsilon).squareRoot()
                    + Double(beta[channel])
            }
        case .nonlinearity(let layer):
            return input.map { picture, y, x, channel in
                Self.apply(layer.function, to: input[picture, y, x, channel])
            }
        case .add:
            var sum = input
            for index in sum.values.indices { sum.values[index] += inputs[1].values[index] }
            return sum
        case .pool(let layer): return pooled(layer, input)
        case .globalPool(let layer):
            precondition(layer.function == .average, "only means are needed here")
            return input.means()
        case .blur(let layer): return blurred(layer, input)
        case .upsample:
            return input.map(height: 2 * input.height, width: 2 * input.width) {
                picture,
                y,
                x,
                channel in input[picture, y / 2, x / 2, channel]
            }
        case .channelScale:
            return input.map { picture, y, x, channel in
                input[picture, y, x, channel] * inputs[1][picture, 0, 0, channel]
            }
        case .branchMean:
            let (means, half) = (input.means(), input.channels / 2)
            return means.map(channels: half) { picture, _, _, channel in
                means[picture, 0, 0, channel] + means[picture, 0, 0, half + channel]
            }
        case .branchAttention:
            let half = input.channels / 2
            return input.map(channels: half) { picture, y, x, channel in
                let first = inputs[1][picture, 0, 0, channel]
                let second = inputs[1][picture, 0, 0, half + channel]
                let share = 1 / (1 + exp(second - first))
                return share * input[picture, y, x, channel]
                    + (1 - share) * input[picture, y, x, half + channel]
            }
        case .concat, .pad, .slice, .affine, .binary, .reduce, .softmax, .layerNorm,
            .localResponseNorm, .resize, .spaceToDepth, .depthToSpace, .reshape,
            .product, .transpose, .interleave, .constant, .join, .custom:
            preconditionFailure("only the family's layers are needed here")
        }
    }

    private func convolved(_ node: Node, _ layer: Convolution, _ input: NaiveMap) -> NaiveMap {
        let window = layer.window
        let padding = window.padding(
            of: FeatureShape(height: input.height, width: input.width, channels: input.channels)
        )
        let product = input.convolved(
            values(node, .kernel),
            (window.size.height, window.size.width),
            stride: (window.stride.height, window.stride.width),
            dilation: (window.dilation.height, window.dilation.width),
            padding: (padding.top, padding.bottom, padding.left, padding.right),
            groups: layer.groups,
            outputs: layer.outputChannels
        )
        return biased(product, values(node, .bias))
    }

    private func biased(_ map: NaiveMap, _ bias: [Float]) -> NaiveMap {
        guard !bias.isEmpty else { return map }
        return map.map { picture, y, x, channel in
            map[picture, y, x, channel] + Double(bias[channel])
        }
    }

    private func pooled(_ layer: Pool, _ input: NaiveMap) -> NaiveMap {
        let window = layer.window
        let padding = window.padding(
            of: FeatureShape(height: input.height, width: input.width, channels: input.channels)
        )
        let height = (input.height + padding.top + padding.bottom - window.size.height)
        let width = (input.width + padding.left + padding.right - window.size.width)
        return input.map(
            height: height / window.stride.height + 1,
            width: width / window.stride.width + 1
        ) { picture, y, x, channel in
            var (sum, most, count) = (0.0, -Double.infinity, 0.0)
            for i in 0..<window.size.height {
                for j in 0..<window.size.width {
                    let row = y * window.stride.height + i - padding.top
                    let column = x * window.stride.width + j - padding.left
                    guard input.contains(row, column) else { continue }
                    let value = input[picture, row, column, channel]
                    (sum, most, count) = (sum + value, max(most, value), count + 1)
                }
            }
            guard layer.function == .average else { return most }
            return sum / (layer.countsPadding ? Double(window.size.area) : count)
        }
    }

    private func blurred(_ layer: Blur, _ input: NaiveMap) -> NaiveMap {
        let (row, border) = (layer.row, layer.border)
        let total = row.reduce(0, +)
        func mirrored(_ place: Int, _ extent: Int) -> Int {
            place < 0 ? -place : place < extent ? place : 2 * extent - 2 - place
        }
        return input.map(
            height: (input.height + 2 * border - layer.size) / layer.stride + 1,
            width: (input.width + 2 * border - layer.size) / layer.stride + 1
        ) { picture, y, x, channel in
            var sum = 0.0
            for (i, first) in row.enumerated() {
                for (j, second) in row.enumerated() {
                    let line = mirrored(y * layer.stride + i - border, input.height)
                    let column = mirrored(x * layer.stride + j - border, input.width)
                    sum += first * second * input[picture, line, column, channel]
                }
            }
            return sum / (total * total)
        }
    }

    private static func apply(_ function: Nonlinearity.Function, to x: Double) -> Double {
        switch function {
        case .relu: max(x, 0)
        case .sigmoid: 1 / (1 + exp(-x))
        default: preconditionFailure("only the family's functions are needed here")
        }
    }
}
