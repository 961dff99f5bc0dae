public import Checkpoint
internal import Formats
internal import Foundation
internal import Glibc
internal import Proto

/// The published exporter's two models as SavedModels.
///
///     TARGET/channels_last/binary_input/<timestamp>/saved_model.pb         encoded pictures in
///                                                   variables/variables.index, .data-…
///                                                   hparams.json, labels.txt           what is known of the network
///     TARGET/channels_last/preprocessed_input/<timestamp>/…                prepared pictures in
///
/// Each folder appears under its timestamp when it is whole.
public enum SavedModelWriter {
    /// The folders that there will be.
    public static func folders(
        _ target: String,
        timestamp: Int,
        _ inputs: [ServingInput],
        _ order: ServingOrder = .channelsLast
    ) -> [String] {
        parents(target, inputs, order).map { "\($0)/\(timestamp)" }
    }

    /// The folders that hold the models under their timestamps.
    public static func parents(
        _ target: String,
        _ inputs: [ServingInput],
        _ order: ServingOrder = .channelsLast
    ) -> [String] {
        inputs.map { "\(target)/\(order.rawValue)/\($0.folder)" }
    }

    /// The checkpoint of a model.
    public static func variables(in folder: String) -> String { folder + "/variables/variables" }

    /// The files of a model.
    public static func files(in folder: String) -> [String] {
        ["\(folder)/saved_model.pb"]
            + CheckpointWriter.paths(prefix: variables(in: folder), shardCount: 1)
    }

    /// Bytes of a model's graph.
    ///
    /// - Throws: ``ConversionError``.
    public static func graphByteCount(
        _ network: NetworkPlan,
        _ input: ServingInput
    ) throws(ConversionError) -> Int {
        try message(network, input).count
    }

    private static func message(
        _ network: NetworkPlan,
        _ input: ServingInput
    ) throws(ConversionError) -> [UInt8] {
        try network.checkNodeNames("a SavedModel", reserved: ServingGraph.reserved)
        let serving = try ServingGraph(network, input, .variables)
        return SavedModel.serialized(serving.metaGraph(serves: true).serialized)
    }

    /// Writes one model.
    ///
    /// - Parameters:
    ///   - network: The network and its weights.
    ///   - source: Where the tensors are.
    ///   - input: What the network is given.
    ///   - record: What is known of the network, which is left beside the graph.
    ///   - folder: Its folder, one of ``folders(_:timestamp:_:)``.
    ///   - isReplacing: Whether a folder that is there is replaced.
    /// - Throws: ``ConversionError``.
    public static func write(
        _ network: NetworkPlan,
        from source: any TensorSource,
        _ input: ServingInput,
        beside record: NetworkRecord? = nil,
        to folder: String,
        replacing isReplacing: Bool
    ) throws(ConversionError) {
        try write(
            try message(network, input),
            network.plan,
            from: source,
            beside: record,
            to: folder,
            replacing: isReplacing
        )
    }

    /// Writes a model whose message is known, with a plan's tensors for variables; without any there is no checkpoint.
    ///
    /// - Throws: ``ConversionError``.
    static func write(
        _ message: [UInt8],
        _ plan: ConversionPlan,
        from source: any TensorSource,
        beside record: NetworkRecord?,
        to folder: String,
        replacing isReplacing: Bool
    ) throws(ConversionError) {
        guard message.count <= FrozenGraphWriter.byteLimit else {
            throw .unwritable(path: folder, reason: "the graph would have \(message.count) bytes")
        }
        let place = try FolderPlace(folder, replacing: isReplacing)
        if !plan.items.isEmpty {
            try place.makeFolder("variables")
            try CheckpointWriter.write(plan, from: source, prefix: variables(in: place.temporary))
        }
        do throws(FormatError) {
            var file = try OutputFile("\(place.temporary)/saved_model.pb", replacing: false)
            try unsafe file.write(message.span.bytes)
            try file.commit()
        } catch {
            throw .unwritable(path: folder, reason: error.description)
        }
        try record?.write(into: place.temporary, replacing: false)
        try place.commit()
    }
}
