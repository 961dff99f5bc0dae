public import Engine

/// What PyTorch's users call the parameters of a network, in the manner of timm: `layer1.0.conv1.weight`,
/// `layer1.0.bn1.running_mean`, `layer1.0.downsample.0.weight`, `fc.bias`.
///
/// A group of BigLittle has `layer1.big.0`, `layer1.little.0`, `layer1.expand` and `layer1.merge.0`, its stem `stem.big`,
/// `stem.little.0` and `stem.merge`. Kernels have their outputs first.
public struct TimmNames: Sendable {
    /// The names by those of checkpoints.
    public let byVariable: [String: String]

    /// The names for a graph as it was built, before any pass.
    public init(_ graph: Graph) {
        let nodes = Set(graph.nodes.map(\.name))
        let sections = Dictionary(
            graph.nodes.map { ($0.name, $0.section) },
            uniquingKeysWith: { first, _ in first }
        )
        var names: [String: String] = [:]
        for variable in VariableNames(graph).variables {
            let key = variable.parameter.key
            guard let section = sections[key.node] else { continue }
            let rest = key.node.dropFirst(section.label.count + 1)
            let module = Self.module(section, rest.split(separator: "/"), key.node, nodes)
            names[variable.name] = "\(module).\(Self.component(key.role))"
        }
        byVariable = names
    }

    private static func component(_ role: ParameterRole) -> String {
        switch role {
        case .kernel, .gamma: "weight"
        case .bias, .beta: "bias"
        case .movingMean: "running_mean"
        case .movingVariance: "running_var"
        }
    }

    private static func module(
        _ section: Section,
        _ path: [Substring],
        _ node: String,
        _ nodes: Set<String>
    ) -> String {
        let isNorm = path.last == "norm"
        switch section {
        case .stem:
            // ResNet-D: three convolutions in a sequence with norms and relus between.
            guard path.count == 2, let index = Int(path[0]) else { return "conv1" }
            return "conv1.\(3 * index + (isNorm ? 1 : 0))"
        case .stemEnd: return "bn1"
        case .stemBranches:
            let part = isNorm ? "bn" : "conv"
            guard path[0].hasPrefix("little") else { return "stem.\(path[0]).\(part)" }
            return "stem.little.\(path[0].dropFirst(6)).\(part)"
        case .head:
            guard path[0] == "embedding" else { return "fc" }
            return isNorm ? "embedding.bn" : "embedding.conv"
        case .group(let index): return block("layer\(index)", path, node, nodes)
        case .big(let index): return block("layer\(index).big", path, node, nodes)
        case .merge(let index): return block("layer\(index).merge", path, node, nodes)
        case .little(let index):
            guard path[0] != "expand" else {
                return "layer\(index).expand.\(isNorm ? "bn" : "conv")"
            }
            return block("layer\(index).little", path, node, nodes)
        }
    }

    /// A layer of a bottleneck: `block0/1/sk/reduce` and so on.
    private static func block(
        _ group: String,
        _ path: [Substring],
        _ node: String,
        _ nodes: Set<String>
    ) -> String {
        let prefix = "\(group).\(path[0].dropFirst("block".count))"
        let start = node.dropLast(path.dropFirst().joined(separator: "/").count)
        let layer: String =
            switch path.dropFirst().joined(separator: "/") {
            case "0/conv": "conv1"
            case "0/norm": "bn1"
            case "1/conv": nodes.contains("\(start)1/sk/reduce") ? "conv2.conv" : "conv2"
            case "1/norm": nodes.contains("\(start)1/sk/reduce") ? "conv2.bn" : "bn2"
            case "1/sk/reduce": "conv2.attn.fc_reduce"
            case "1/sk/norm": "conv2.attn.bn"
            case "1/sk/expand": "conv2.attn.fc_select"
            case "2/conv": "conv3"
            case "2/norm": "bn3"
            case "se/reduce": "se.fc1"
            case "se/expand": "se.fc2"
            case "projection/conv": "downsample.\(isPooled(start, nodes) ? 1 : 0)"
            case "projection/norm": "downsample.\(isPooled(start, nodes) ? 2 : 1)"
            case let other: preconditionFailure("\(node): \(other) has no name")
            }
        return "\(prefix).\(layer)"
    }

    private static func isPooled(_ start: Substring, _ nodes: Set<String>) -> Bool {
        nodes.contains("\(start)projection/pool") || nodes.contains("\(start)projection/blur")
    }
}
