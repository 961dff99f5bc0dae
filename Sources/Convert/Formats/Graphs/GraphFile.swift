package import Checkpoint
package import Proto

/// A file with a graph in it, as it lies on disk: binary or text, told apart by content.
///
/// Large constants stay where the file is mapped.
package struct GraphFile: Sendable {
    /// What kind of file it is.
    package enum Form: Sendable, Equatable {
        /// A graph alone.
        case graph
        /// A graph with its collections: a `.meta` file.
        case metaGraph
        /// Graphs told apart by their tags.
        case savedModel
    }

    /// The file.
    package let path: String
    /// What it is.
    package let form: Form
    /// Whether it is in protobuf's text format.
    package let isText: Bool
    /// Its graphs; one without tags or signatures where it is a graph alone.
    package let metaGraphs: [MetaGraph]
    private let file: MappedFile
    private let contents: [Range<Int>]

    /// Reads a file.
    ///
    /// - Throws: ``FormatError/checkpoint(_:)``, ``FormatError/unknownFile(path:reason:)``.
    package init(path: String) throws(FormatError) {
        let file = try wrapping { () throws(CheckpointError) in try MappedFile(path: path) }
        try self.init(file)
    }

    /// Reads a file that is mapped.
    ///
    /// - Throws: ``FormatError/checkpoint(_:)``, ``FormatError/unknownFile(path:reason:)``.
    package init(_ file: MappedFile) throws(FormatError) {
        let read = try wrapping { () throws(CheckpointError) in
            try file.withBytes { bytes throws(CheckpointError) in
                Result { () throws(ProtoError) in try Self.read(bytes) }
            }
        }
        let found: Found?
        do throws(ProtoError) {
            found = try read.get()
        } catch {
            throw .unknownFile(path: file.path, reason: "there is no graph in it: \(error)")
        }
        guard let found else {
            throw .unknownFile(path: file.path, reason: "there is no graph in it")
        }
        (form, isText, metaGraphs, contents) = found
        path = file.path
        self.file = file
        // Of what was left in the file, pages are here that were only passed over.
        file.release()
    }

    /// What the bytes are; nil where there is no graph in them.
    package static func form(_ bytes: RawSpan) -> Form? {
        guard let found = try? read(bytes) else { return nil }
        return found.form
    }

    /// A graph in protobuf's text format as the binary message; nil for bytes that are none.
    ///
    /// - Throws: `ProtoError` for a text that is malformed.
    package static func binaryGraph(_ bytes: RawSpan) throws(ProtoError) -> [UInt8]? {
        guard textKind(bytes) == .graph else { return nil }
        return try MessageText.bytes(
            unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) },
            .graph
        )
    }

    /// The content of a constant that was left in the file.
    ///
    /// - Throws: ``FormatError/checkpoint(_:)`` if the file has shrunk, ``FormatError/malformedFile(path:offset:reason:)``
    ///   if there is no such content.
    package func content(_ number: Int) throws(FormatError) -> StoredBytes {
        guard contents.indices.contains(number) else {
            throw .malformedFile(path: path, offset: 0, reason: "a constant has a field 100000")
        }
        let range = contents[number]
        return try wrapping { () throws(CheckpointError) in
            try unsafe StoredBytes(file.buffer(range), owner: file)
        }
    }

    // MARK: Reading

    private typealias Found = (
        form: Form, isText: Bool, metaGraphs: [MetaGraph], contents: [Range<Int>]
    )

    private static func read(_ bytes: RawSpan) throws(ProtoError) -> Found? {
        if let kind = textKind(bytes) {
            let text = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
            let message = try MessageText.bytes(text, kind)
            let found = try parsed(unsafe message.span.bytes, kind)
            return found.map { ($0.0, true, $0.1, []) }
        }
        guard let kind = binaryKind(bytes) else { return nil }
        let parts: LeftContents.Kind =
            switch kind {
            case .graph: .graph
            case .metaGraph: .metaGraph
            case .savedModel: .savedModel
            }
        let left = try LeftContents(bytes, parts)
        let found = try parsed(unsafe left.message.span.bytes, kind)
        return found.map { ($0.0, false, $0.1, left.contents) }
    }

    private static func parsed(
        _ bytes: RawSpan,
        _ kind: MessageText.Kind
    ) throws(ProtoError) -> (Form, [MetaGraph])? {
        switch kind {
        case .graph:
            let graph = try GraphDef(bytes)
            guard !graph.nodes.isEmpty, graph.nodes.allSatisfy({ isOperation($0.operation) })
            else { return nil }
            return (.graph, [MetaGraph(graph)])
        case .metaGraph:
            let meta = try MetaGraph(bytes)
            return meta.graph == nil && meta.saver == nil ? nil : (.metaGraph, [meta])
        case .savedModel:
            let model = try SavedModel(bytes)
            // TF-Hub states no version.
            guard !model.metaGraphs.isEmpty,
                model.schemaVersion >= 1 || model.metaGraphs.allSatisfy({ $0.graph != nil })
            else { return nil }
            return (.savedModel, model.metaGraphs)
        }
    }

    /// Whether a text can be the name of an operation.
    private static func isOperation(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "_.-/>\\<".utf8.contains(byte)
                }
            }
    }

    /// What binary bytes can be, by their first field and what is in it.
    private static func binaryKind(_ bytes: RawSpan) -> MessageText.Kind? {
        var offset = 0
        while offset < bytes.byteCount {
            guard let tag = bytes.varint(at: &offset, before: bytes.byteCount) else { return nil }
            switch (tag >> 3, tag & 7) {
            case (1, 0): return .savedModel
            case (1, 2):
                // A node begins with its name and its operation; what describes a graph has neither.
                guard let length = bytes.varint(at: &offset, before: bytes.byteCount),
                    length <= UInt64(bytes.byteCount - offset)
                else { return nil }
                let range = offset..<(offset + Int(length))
                var (hasName, hasOperation) = (false, false)
                try? bytes.forEachWireField(in: range, of: "NodeDef") { field in
                    guard field.type == .lengthDelimited else { return }
                    if field.number == 1 { hasName = !field.content.isEmpty }
                    if field.number == 2 {
                        let text = unsafe bytes.extracting(field.content).withUnsafeBytes {
                            unsafe String(decoding: $0, as: UTF8.self)
                        }
                        hasOperation = isOperation(text)
                    }
                }
                return hasName && hasOperation ? .graph : .metaGraph
            case (2, 2):
                // A SavedModel, a library, or a graph: fields may come in any order.
                guard let length = bytes.varint(at: &offset, before: bytes.byteCount),
                    length <= UInt64(bytes.byteCount - offset)
                else { return nil }
                offset += Int(length)
            case (3...5, 2): return .metaGraph
            default: return nil
            }
        }
        return bytes.byteCount > 0 ? .savedModel : nil
    }

    /// What a text can be, by the word that it begins with; nil if it is no text.
    private static func textKind(_ bytes: RawSpan) -> MessageText.Kind? {
        let start = unsafe bytes.extracting(0..<min(bytes.byteCount, 4096)).withUnsafeBytes {
            unsafe [UInt8]($0)
        }
        guard start.allSatisfy({ $0 >= 0x20 || (0x09...0x0D).contains($0) }) else { return nil }
        for line in start.split(separator: 0x0A) {
            let text = String(decoding: line, as: UTF8.self)
            let words = text.split(whereSeparator: { " \t\r:{<".contains($0) })
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            switch first {
            case "node", "library", "versions": return .graph
            case "meta_info_def", "graph_def", "saver_def", "collection_def", "signature_def":
                return .metaGraph
            case "saved_model_schema_version", "meta_graphs": return .savedModel
            default: return nil
            }
        }
        return nil
    }
}
