public import Engine
internal import Formats
internal import Proto

/// Writes an ONNX model.
///
///     ModelProto     ir_version 1, producer_name 2, producer_version 3, opset_import 8, metadata_props 14, graph 7
///     GraphProto     name 2, node 1 …, input 11 …, output 12 …, initializer 5 …
///     TensorProto    dims 1 …, data_type 2, name 8, then raw_data 9, or external_data 13 and data_location 14
///
/// The lengths are known before the first byte is written, and a weight is in memory only while it is being written.
/// Protobuf's messages end at 2 GB; a larger model's weights go to a file of their own beside it, each at a multiple of
/// 4096 bytes.
///
/// - SeeAlso: <https://github.com/onnx/onnx/blob/main/onnx/onnx.proto>.
public enum ONNXWriter {
    /// The bytes that a message may have.
    public static let messageLimit = 1 << 31 - 1
    /// Smaller constants stay in the model.
    private static let externalThreshold = 1024
    private static let externalAlignment = 4096

    /// The files that are written for a model: the model, and the weights where they do not fit in it.
    public static func paths(
        _ export: ONNXExport,
        to path: String,
        externally: Bool
    ) throws(ConversionError) -> [String] {
        paths(try export.model(), to: path, externally: externally)
    }

    /// The files that are written for a model.
    package static func paths(_ model: ONNXModel, to path: String, externally: Bool) -> [String] {
        isExternal(model, externally) ? [path, externalPath(path)] : [path]
    }

    /// Writes a network with its weights.
    ///
    /// - Parameters:
    ///   - export: The network and the form of the model.
    ///   - weights: A value for each parameter.
    ///   - path: The file.
    ///   - metadata: Texts that the model carries.
    ///   - externally: Whether weights go to `path` with `.data` behind it even if they fit in the model.
    ///   - isReplacing: Whether files that are there are replaced.
    /// - Throws: ``ConversionError``.
    public static func write(
        _ export: ONNXExport,
        _ weights: Weights,
        to path: String,
        metadata: [String: String],
        externally: Bool = false,
        replacing isReplacing: Bool
    ) throws(ConversionError) {
        var model = try export.model()
        model.metadata.merge(metadata) { own, _ in own }
        try write(model, weights, to: path, externally: externally, replacing: isReplacing)
    }

    /// Writes a model.
    ///
    /// - Parameters:
    ///   - model: It.
    ///   - weights: The values of the parameters that it names.
    ///   - path: The file.
    ///   - externally: Whether weights go to `path` with `.data` behind it even if they fit in the model.
    ///   - isReplacing: Whether files that are there are replaced.
    /// - Throws: ``ConversionError``.
    package static func write(
        _ model: ONNXModel,
        _ weights: Weights = Weights(),
        to path: String,
        externally: Bool = false,
        replacing isReplacing: Bool
    ) throws(ConversionError) {
        guard isExternal(model, externally) else {
            try writing(path, isReplacing) { file in
                try stream(model, weights, [:], named: "", to: &file)
            }
            return
        }
        let place = externalPath(path)
        let name = place.split(separator: "/").last.map { String($0) } ?? place
        let offsets = offsets(model)
        try writing(place, isReplacing) { file in
            var position = 0
            for initializer in model.initializers {
                guard let offset = offsets[initializer.name] else { continue }
                let gap = [UInt8](repeating: 0, count: offset - position)
                let bytes = try initializer.content.bytes(weights, shape: initializer.shape)
                try unsafe file.write(gap.span.bytes)
                try unsafe file.write(bytes.span.bytes)
                position = offset + bytes.count
            }
        }
        try writing(path, isReplacing) { file in
            try stream(model, weights, offsets, named: name, to: &file)
        }
    }

    /// The file of the weights of a model that cannot hold them.
    static func externalPath(_ path: String) -> String { path + ".data" }

    private static func isExternal(_ model: ONNXModel, _ isWanted: Bool) -> Bool {
        // A little less than the limit is left for operators and names.
        isWanted
            || model.initializers.reduce(1 << 20, { $0 + $1.byteCount + 200 })
                + model.nodes.count * 1000 > messageLimit
    }

    /// Where the weights lie in their own file.
    private static func offsets(_ model: ONNXModel) -> [String: Int] {
        var offsets: [String: Int] = [:]
        var position = 0
        for initializer in model.initializers where initializer.byteCount >= externalThreshold {
            position += (externalAlignment - position % externalAlignment) % externalAlignment
            offsets[initializer.name] = position
            position += initializer.byteCount
        }
        return offsets
    }

    /// Begins a file, fills it, and gives it its name.
    private static func writing(
        _ path: String,
        _ isReplacing: Bool,
        _ body: (inout OutputFile) throws -> Void
    ) throws(ConversionError) {
        do {
            var file = try OutputFile(path, replacing: isReplacing)
            try body(&file)
            try file.commit()
        } catch let error as FormatError {
            throw .unwritable(path: path, reason: error.description)
        } catch let error as ConversionError {
            throw error
        } catch {
            throw .unwritable(path: path, reason: "\(error)")
        }
    }

    /// Writes the model, its own weights one after the other.
    private static func stream(
        _ model: ONNXModel,
        _ weights: Weights,
        _ offsets: [String: Int],
        named name: String,
        to file: inout OutputFile
    ) throws {
        var graph = WireWriter()
        graph.text("network", field: 2)
        for node in model.nodes { graph.node(node, field: 1) }
        for input in model.inputs { graph.value(input, field: 11) }
        for output in model.outputs { graph.value(output, field: 12) }
        let heads = model.initializers.map { head(of: $0, offset: offsets[$0.name], in: name) }
        var byteCount = graph.output.count
        for (head, initializer) in zip(heads, model.initializers) {
            byteCount += head.count + (offsets[initializer.name] == nil ? initializer.byteCount : 0)
        }

        var start = WireWriter()
        start.member(UInt64(ONNXModel.formatVersion), field: 1)
        start.text("Reassemble", field: 2)
        start.message(field: 8) { $0.member(UInt64(model.operatorSet), field: 2) }
        for (key, value) in model.metadata.sorted(by: { $0.key < $1.key }) {
            start.message(field: 14) { property in
                property.text(key, field: 1)
                property.text(value, field: 2)
            }
        }
        start.varint(7 << 3 | 2)
        start.varint(UInt64(byteCount))
        try unsafe file.write(start.output.span.bytes)
        try unsafe file.write(graph.output.span.bytes)
        for (head, initializer) in zip(heads, model.initializers) {
            try unsafe file.write(head.span.bytes)
            guard offsets[initializer.name] == nil else { continue }
            let bytes = try initializer.content.bytes(weights, shape: initializer.shape)
            precondition(
                bytes.count == initializer.byteCount,
                "\(initializer.name) has another size"
            )
            try unsafe file.write(bytes.span.bytes)
        }
    }

    /// A constant's message up to its bytes, which are the last in it.
    private static func head(
        of initializer: ONNXModel.Initializer,
        offset: Int?,
        in file: String
    ) -> [UInt8] {
        var tensor = WireWriter()
        for extent in initializer.shape { tensor.member(UInt64(extent), field: 1) }
        tensor.member(UInt64(initializer.element.rawValue), field: 2)
        tensor.text(initializer.name, field: 8)
        var content = 0
        if let offset {
            let entries = [
                ("location", file), ("offset", String(offset)),
                ("length", String(initializer.byteCount)),
            ]
            for (key, value) in entries {
                tensor.message(field: 13) { entry in
                    entry.text(key, field: 1)
                    entry.text(value, field: 2)
                }
            }
            tensor.member(1, field: 14)
        } else {
            tensor.varint(9 << 3 | 2)
            tensor.varint(UInt64(initializer.byteCount))
            content = initializer.byteCount
        }
        var head = WireWriter()
        head.varint(5 << 3 | 2)
        head.varint(UInt64(tensor.output.count + content))
        return head.output + tensor.output
    }
}
