public import Engine

/// A network of the family: its graph, and beside it what the family calls its layers.
public struct FamilyNetwork: Sendable {
    /// Where a layer stands in the family's architecture.
    package struct Place: Hashable, Sendable {
        package let section: Section
        /// What it is there, of layers with parameters.
        package let part: Part?
    }

    /// The settings that it was built of.
    public let configuration: ModelConfiguration
    /// The network, before any pass.
    public let graph: Graph
    /// The places of all nodes of the graph.
    package let places: [NodeID: Place]
    /// The stages of the graph, in its order.
    package let stages: [FamilyStage]

    /// The network that a configuration describes, for pictures of `imageSize` by `imageSize` pixels in RGB.
    ///
    /// With `dropsBlocks` it has layers that drop squares of the last two groups' activations while it is trained.
    ///
    /// - Throws: ``GraphError`` for settings outside the family.
    public init(
        _ configuration: ModelConfiguration,
        imageSize: Int,
        dropsBlocks: Bool = false
    ) throws(GraphError) {
        var builder = GraphBuilder(
            configuration,
            input: FeatureShape(height: imageSize, width: imageSize, channels: 3)
        )
        builder.dropsBlocks = dropsBlocks
        try builder.build()
        self.configuration = configuration
        graph = builder.graph
        places = builder.places
        stages = builder.stages
    }

    /// What each node's section is called, for drawings.
    package var labels: [NodeID: String] { places.mapValues(\.section.label) }
}

extension Graph {
    /// The graph of a network of the family alone.
    ///
    /// - Throws: ``GraphError`` for settings outside the family.
    public init(
        _ configuration: ModelConfiguration,
        imageSize: Int,
        dropsBlocks: Bool = false
    ) throws(GraphError) {
        self = try FamilyNetwork(
            configuration,
            imageSize: imageSize,
            dropsBlocks: dropsBlocks
        ).graph
    }
}
