internal import Engine

/// What PyTorch's users call the parameters of a network, in the manner of timm: `layer1.0.conv1.weight`,
/// `layer1.0.bn1.running_mean`, `layer1.0.downsample.0.weight`, `fc.bias`.
///
/// A group of BigLittle has `layer1.big.0`, `layer1.little.0`, `layer1.expand` and `layer1.merge.0`, its stem `stem.big`,
/// `stem.little.0` and `stem.merge`. Kernels have their outputs first.
public struct TimmNames: Sendable {
    /// The names by those of checkpoints.
    public let byVariable: [String: String]

    /// The names for a network of the family.
    public init(_ network: FamilyNetwork) {
        let hasBranches = network.configuration.usesSelectiveKernel
        let modules = Dictionary(
            network.graph.nodes.compactMap { node -> (String, String)? in
                guard let place = network.places[node.id], let part = place.part else { return nil }
                let isNorm = node.layer is BatchNorm
                let module = Self.module(part, place.section, isNorm, hasBranches: hasBranches)
                return (node.name, module)
            },
            uniquingKeysWith: { first, _ in first }
        )
        var names: [String: String] = [:]
        for variable in VariableNames(network).variables {
            let key = variable.parameter.key
            guard let module = modules[key.node] else { continue }
            names[variable.name] = "\(module).\(Self.component(key.role))"
        }
        byVariable = names
    }

    private static func component(_ role: ParameterRole) -> String {
        switch role {
        case .kernel, .gamma, .scale: "weight"
        case .bias, .beta, .shift: "bias"
        case .movingMean: "running_mean"
        case .movingVariance: "running_var"
        }
    }

    private static func module(
        _ part: Part,
        _ section: Section,
        _ isNorm: Bool,
        hasBranches: Bool
    ) -> String {
        switch part {
        case .stem(nil): "conv1"
        // ResNet-D: three convolutions in a sequence with norms and relus between.
        case .stem(let index?): "conv1.\(3 * index + (isNorm ? 1 : 0))"
        case .stemEnd: "bn1"
        case .bigStem: "stem.big." + (isNorm ? "bn" : "conv")
        case .littleStem(let index): "stem.little.\(index)." + (isNorm ? "bn" : "conv")
        case .mergedStem: "stem.merge." + (isNorm ? "bn" : "conv")
        case .littleExpansion: "\(group(section)).expand." + (isNorm ? "bn" : "conv")
        case .embedding: "embedding." + (isNorm ? "bn" : "conv")
        case .classifier: "fc"
        case .bottleneck(let index, let part):
            "\(group(section))\(branch(section)).\(index)."
                + layer(part, isNorm, hasBranches: hasBranches)
        }
    }

    /// The module of a section's group.
    private static func group(_ section: Section) -> String {
        switch section {
        case .group(let index), .big(let index), .little(let index), .merge(let index):
            "layer\(index)"
        case .stem, .stemEnd, .stemBranches, .head: section.label
        }
    }

    /// The module of a section within its group, with a point before it.
    private static func branch(_ section: Section) -> String {
        switch section {
        case .big: ".big"
        case .little: ".little"
        case .merge: ".merge"
        case .group, .stem, .stemEnd, .stemBranches, .head: ""
        }
    }

    private static func layer(
        _ part: BottleneckPart,
        _ isNorm: Bool,
        hasBranches: Bool
    ) -> String {
        switch part {
        case .main(1) where hasBranches: isNorm ? "conv2.bn" : "conv2.conv"
        case .main(let index): "\(isNorm ? "bn" : "conv")\(index + 1)"
        case .projection(let isPooled): "downsample.\((isPooled ? 1 : 0) + (isNorm ? 1 : 0))"
        case .selectiveKernelReduce: isNorm ? "conv2.attn.bn" : "conv2.attn.fc_reduce"
        case .selectiveKernelExpand: "conv2.attn.fc_select"
        case .squeezeExcitationReduce: "se.fc1"
        case .squeezeExcitationExpand: "se.fc2"
        }
    }
}
