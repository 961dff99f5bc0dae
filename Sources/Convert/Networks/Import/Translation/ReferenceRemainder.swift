internal import Engine
internal import Proto
internal import Reference

/// A tensor that no layer gives, computed by Reference from those that layers give, for all pictures at once.
///
/// Such are tensors in which pictures are taken apart, as inside of a dilated convolution, and numbers that activations do not
/// hold.
struct ReferenceRemainder: Sendable {
    /// What goes in.
    struct Source: Sendable {
        /// Its name among the nodes.
        let tensor: Name
        /// Where the layers have it.
        let stage: Stage
        let place: TranslatedGraph.Place
    }

    let nodes: [NodeDef]
    let sources: [Source]
    let given: [Name: ReferenceIsland.Given]
    let fetch: String

    /// Computes it.
    ///
    /// - Parameters:
    ///   - count: How many pictures there are.
    ///   - values: What goes in, in the order of ``sources``.
    /// - Returns: The tensor.
    /// - Throws: `ReferenceError`.
    func value(
        pictures count: Int,
        _ values: [ReferenceTensor]
    ) throws(ReferenceError) -> ReferenceTensor {
        var feeds = try ReferenceIsland.feeds(given, pictures: count)
        for (source, value) in zip(sources, values) { feeds[source.tensor] = value }
        return try GraphInterpreter(nodes: nodes).run([fetch], feeds: feeds)[0]
    }
}
