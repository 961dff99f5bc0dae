package import Engine

/// What the published implementation calls the parameters and stages of a model.
///
/// This is the only place that knows the names under `resnet_model/`. TensorFlow numbers what repeats within a scope,
/// in the order of creation: `conv2d`, `conv2d_1`, …; the graph's order is that order.
public struct VariableNames: Sendable {
    /// A parameter under its name in checkpoints.
    public struct Variable: Sendable, Equatable {
        /// Such as `resnet_model/stage1/big1/conv2d_2/kernel`.
        public let name: String
        /// The parameter of the graph.
        package let parameter: Parameter

        /// The extent of each dimension.
        public var shape: [Int] { parameter.shape }
        /// Whether the optimiser changes it.
        public var isTrainable: Bool { parameter.key.role.isTrainable }
    }

    /// The scope of all variables of a model.
    public static let scope = "resnet_model"
    /// What the optimiser's slots are called, behind the variable's name.
    public static let momentumSlot = "Momentum"
    /// What a moving average is called, behind the variable's name.
    public static let movingAverage = "ExponentialMovingAverage"
    /// The name of the step counter.
    public static let globalStep = "global_step"

    /// All variables, in the order of creation.
    public let variables: [Variable]
    /// The stages that have a name, in order.
    package let stages: [(stage: Stage, name: String)]

    /// The names for a network of the family.
    public init(_ network: FamilyNetwork) {
        let naming = ScopeNaming(isBigLittle: network.configuration.version == 2)
        var counter = NameCounter()
        var variables: [Variable] = []
        for node in network.graph.nodes {
            guard let place = network.places[node.id], let part = place.part else { continue }
            let scope = naming.scope(of: place.section)
            let owner = counter.name(of: part, isNorm: node.layer is BatchNorm, in: scope)
            for (role, shape) in node.layer.parameterShapes {
                variables.append(
                    Variable(
                        name: "\(owner)/\(Self.component(role))",
                        parameter: Parameter(
                            key: ParameterKey(node: node.name, role: role),
                            shape: shape
                        )
                    )
                )
            }
        }
        self.variables = variables
        stages = network.stages.compactMap { stage in
            naming.name(of: stage).map { (stage.stage, $0) }
        }
    }

    /// The scope of a section's variables.
    static func scope(of section: Section, isBigLittle: Bool) -> String {
        ScopeNaming(isBigLittle: isBigLittle).scope(of: section)
    }

    /// The last component of a variable's name.
    private static func component(_ role: ParameterRole) -> String {
        switch role {
        case .kernel: "kernel"
        case .bias: "bias"
        case .gamma: "gamma"
        case .beta: "beta"
        case .movingMean: "moving_mean"
        case .movingVariance: "moving_variance"
        case .scale: "scale"
        case .shift: "shift"
        }
    }
}

/// The variable scopes of the two versions.
private struct ScopeNaming {
    let isBigLittle: Bool

    private func scoped(_ path: String) -> String { "\(VariableNames.scope)/\(path)" }

    func scope(of section: Section) -> String {
        guard isBigLittle else { return VariableNames.scope }
        return switch section {
        case .stem: scoped("stage0")
        // The scope is opened a second time, which gives it a number.
        case .stemEnd: scoped("stage0_1")
        case .stemBranches: scoped("stage0/pool")
        case .group(let index): scoped("stage\(index)")
        case .big(let index): scoped("stage\(index)/big\(index)")
        case .little(let index): scoped("stage\(index)/little\(index)")
        case .merge(let index): scoped("stage\(index)/merge\(index)")
        case .head: VariableNames.scope
        }
    }

    func name(of stage: FamilyStage) -> String? {
        switch stage {
        case .initialConvolution: scoped("initial_conv")
        case .initialPool: scoped("initial_max_pool")
        case .group(let index): "\(scope(of: .group(index)))/block_layer\(index)"
        case .big(let index): "\(scope(of: .big(index)))/big\(index)"
        case .little(let index): "\(scope(of: .little(index)))/little\(index)"
        case .merge(let index): "\(scope(of: .merge(index)))/merge\(index)"
        case .pooled: scoped("final_reduce_mean")
        case .embedding: nil
        case .logits: scoped("final_dense")
        }
    }
}

/// Numbers what repeats within a scope.
private struct NameCounter {
    private var counts: [String: Int] = [:]

    /// The base itself the first time within the scope, then with `_1`, `_2` and so on behind it.
    private mutating func unique(_ base: String, in scope: String) -> String {
        let count = counts["\(scope)/\(base)", default: 0]
        counts["\(scope)/\(base)"] = count + 1
        return count == 0 ? "\(scope)/\(base)" : "\(scope)/\(base)_\(count)"
    }

    /// The name that `unique` gave last.
    private func latest(_ base: String, in scope: String) -> String {
        let count = counts["\(scope)/\(base)", default: 1]
        return count == 1 ? "\(scope)/\(base)" : "\(scope)/\(base)_\(count - 1)"
    }

    /// The scope of the variables of a layer.
    mutating func name(of part: Part, isNorm: Bool, in scope: String) -> String {
        switch part {
        case .embedding:
            "\(scope)/" + (isNorm ? "embedding_dense_batch_normalization" : "embedding_dense")
        case .classifier: unique("dense", in: scope)
        case .bottleneck(_, .selectiveKernelReduce):
            isNorm
                ? unique("batch_normalization", in: latest("sk_block", in: scope))
                : "\(unique("sk_block", in: scope))/sk_fc_1"
        case .bottleneck(_, .selectiveKernelExpand): "\(latest("sk_block", in: scope))/sk_fc_2"
        case .bottleneck(_, .squeezeExcitationReduce):
            "\(unique("se_block", in: scope))/seblock_dense_1"
        case .bottleneck(_, .squeezeExcitationExpand):
            "\(latest("se_block", in: scope))/seblock_dense_2"
        case .stem, .stemEnd, .bigStem, .littleStem, .mergedStem, .bottleneck(_, .main),
            .bottleneck(_, .projection), .littleExpansion:
            unique(isNorm ? "batch_normalization" : "conv2d", in: scope)
        }
    }
}
