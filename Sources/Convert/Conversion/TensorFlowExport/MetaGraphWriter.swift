internal import Checkpoint
internal import Formats
public import Networks
internal import Proto

/// The `.meta` file beside a checkpoint, from which TensorFlow rebuilds the graph and restores the variables.
public enum MetaGraphWriter {
    /// The path of the file that belongs to a checkpoint.
    public static func path(prefix: String) -> String { prefix + ".meta" }

    /// Writes the file for a checkpoint that was written from a plan: every tensor becomes a variable.
    ///
    /// - Parameters:
    ///   - plan: What the checkpoint holds.
    ///   - network: The network that some of the tensors are the weights of; nil if there is none, and then the graph has
    ///     variables only.
    ///   - graph: The imported network that the tensors are the parameters of, all of them; nil if there is none.
    ///   - path: The file.
    ///   - isReplacing: Whether a file that is there is replaced.
    /// - Throws: ``ConversionError``.
    public static func write(
        _ plan: ConversionPlan,
        _ network: NetworkPlan?,
        graph: InferenceGraph? = nil,
        to path: String,
        replacing isReplacing: Bool
    ) throws(ConversionError) {
        let meta =
            if let graph {
                try ImportedNodes(graph, plan, .variables).metaGraph(serves: false)
            } else {
                try metaGraph(plan, network)
            }
        let bytes = meta.serialized
        do throws(FormatError) {
            var file = try OutputFile(path, replacing: isReplacing)
            try unsafe file.write(bytes.span.bytes)
            try file.commit()
        } catch {
            throw .unwritable(path: path, reason: error.description)
        }
    }

    private static func metaGraph(
        _ plan: ConversionPlan,
        _ network: NetworkPlan?
    ) throws(ConversionError) -> MetaGraph {
        guard let network else {
            var builder = GraphDefBuilder()
            var weights = WeightNodes(.variables)
            // No variable holds variants; they are restored by what made them.
            for item in plan.items where item.dataType != .variant {
                _ = weights.add(item, isTrainable: false, to: &builder)
            }
            let saving = SaverNodes(weights.variables, to: &builder)
            return MetaGraph(
                graph: builder.graph,
                saver: saving.saver,
                collections: saving.collections,
                tensorFlowVersion: GraphDefBuilder.tensorFlowVersion
            )
        }
        try network.checkNodeNames("a graph", reserved: ServingGraph.reserved)
        let own = Set(network.plan.items.map(\.source.key))
        let others = plan.items.filter {
            !own.contains($0.source.key) && $0.dataType != .variant
        }
        return try ServingGraph(network, .prepared, .variables, others: others)
            .metaGraph(serves: false)
    }
}
