internal import Engine
public import Networks
public import Pictures

/// How a network becomes an ONNX model.
public struct ONNXExport: Sendable {
    /// The arrangement of the pictures that the model takes.
    public enum Layout: String, Sendable, CaseIterable {
        /// `[batch, 3, height, width]`.
        case nchw
        /// `[batch, height, width, 3]`, transposed first.
        case nhwc
    }

    /// The network.
    public var configuration: ModelConfiguration
    /// The side of the pictures in pixels.
    public var imageSize: Int
    /// Whether any height and width will do; ``imageSize`` is then that of the proof.
    public var isSizeDynamic = false
    /// The arrangement of the pictures.
    public var layout = Layout.nchw
    /// Whether batch norms are folded into the convolutions before them.
    public var foldsBatchNorms = false
    /// The preparation of pictures that the model does itself; nil: it takes prepared ones.
    public var preprocessing: Preprocessing?
    /// What variables are called in the model, by their names in checkpoints, where that is something else.
    public var variableNames: [String: String] = [:]

    /// A model that takes prepared pictures of this size.
    public init(_ configuration: ModelConfiguration, imageSize: Int) {
        self.configuration = configuration
        self.imageSize = imageSize
    }

    /// Has variables called what a plan calls them.
    public mutating func name(_ plan: NetworkPlan) {
        variableNames = Dictionary(
            plan.names.variables.map { ($0.name, plan.item(of: $0).name) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// Builds the model by a walk over the network's description.
    ///
    /// - Throws: ``ConversionError/graph(_:)`` if there is no such network for such pictures.
    package func model() throws(ConversionError) -> ONNXModel {
        if isSizeDynamic, configuration.pooling == .flatten {
            throw .graph(
                .invalidSetting(
                    name: "the picture size",
                    value: "dynamic",
                    expected: "fixed for a network with pool_type flatten"
                )
            )
        }
        let network: FamilyNetwork
        do throws(GraphError) {
            network = try FamilyNetwork(configuration, imageSize: imageSize)
        } catch {
            throw .graph(error)
        }
        if let preprocessing { try ONNXBuilder.check(preprocessing) }
        let names = VariableNames(network)
        var graph = network.graph
        if foldsBatchNorms { graph = Pass.foldBatchNorm.applied(to: graph) }
        var builder: ONNXBuilder
        do throws(GraphError) {
            builder = try ONNXBuilder(self, graph, names)
        } catch {
            throw .graph(error)
        }
        try builder.build(graph)
        return builder.model
    }
}
