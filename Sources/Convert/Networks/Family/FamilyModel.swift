internal import Checkpoint
public import Engine

/// A network of the family on disk: its weights, and what they are the weights of.
public struct FamilyModel: Sendable {
    /// The weights.
    public let weights: WeightFile
    /// What the variables tell.
    public let identified: IdentifiedModel
    /// The model, every setting decided.
    public let configuration: ModelConfiguration

    /// The same weights taken for those of another model.
    package func taken(for configuration: ModelConfiguration) -> FamilyModel {
        FamilyModel(weights: weights, identified: identified, configuration: configuration)
    }

    /// The network for pictures of a size, before any pass.
    ///
    /// - Throws: `GraphError` for a size that it cannot have.
    public func built(imageSize: Int) throws(GraphError) -> FamilyNetwork {
        try FamilyNetwork(configuration, imageSize: imageSize)
    }

    /// The stages that have a published name, and that name.
    ///
    /// - Throws: `GraphError`.
    package func stageNames(
        imageSize: Int
    ) throws(GraphError) -> [(stage: Stage, name: String)] {
        VariableNames(try built(imageSize: imageSize)).stages
    }

    /// The values of the weights.
    ///
    /// - Throws: ``NetworkError``, `CheckpointError`.
    public func values(of network: FamilyNetwork, _ set: WeightSet) throws -> Weights {
        try Weights(VariableNames(network), from: weights.tensors, set: set)
    }
}
