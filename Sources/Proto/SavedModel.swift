internal import CProto

/// A model as it is served: the contents of `saved_model.pb`.
public struct SavedModel: Equatable, Sendable {
    /// The version of the format; 1 is the only one there is.
    public var schemaVersion: Int64
    /// The graphs, told apart by their tags.
    public var metaGraphs: [MetaGraph]

    /// Takes a `saved_model.pb` file apart.
    ///
    /// - Throws: ``ProtoError``.
    public init(_ bytes: RawSpan) throws(ProtoError) {
        self = try unsafe withMessage(
            bytes,
            tf__saved_model__init,
            tf__saved_model__unpack,
            tf__saved_model__free_unpacked
        ) { message throws(ProtoError) in
            try unsafe SavedModel(
                schemaVersion: message.pointee.saved_model_schema_version,
                metaGraphs: array(message.pointee.meta_graphs, message.pointee.n_meta_graphs) {
                    graph throws(ProtoError) in try unsafe MetaGraph(graph)
                }
            )
        }
    }

    private init(schemaVersion: Int64, metaGraphs: [MetaGraph]) {
        self.schemaVersion = schemaVersion
        self.metaGraphs = metaGraphs
    }
}
