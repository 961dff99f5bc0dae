public import Checkpoint
internal import Foundation
internal import Proto

/// What a path leads to, told from content and not from names.
public enum FileKind: Equatable, Sendable {
    /// A checkpoint.
    case checkpoint(CheckpointLocation)
    /// A file of records.
    case records
    /// An event file.
    case events
    /// One tf.Example.
    case example
    /// A safetensors file.
    case safeTensors
    /// The index of several safetensors files.
    case safeTensorsIndex
    /// A zip file of arrays.
    case numPyArchive
    /// One array.
    case numPyArray
    /// An ONNX model.
    case onnx
    /// A graph with its weights in it, or without any; binary or text.
    case graph
    /// A SavedModel; its folder, and the checkpoint in it if there is one.
    case savedModel(path: String, variables: CheckpointLocation?)
    /// A graph with its collections: a checkpoint's `.meta` file.
    case metaGraph

    /// Looks at a path.
    ///
    /// - Throws: ``CheckpointError`` for what cannot be read, ``FormatError/unknownFile(path:reason:)`` for what is not known.
    public init(_ path: String) throws {
        var isFolder: ObjCBool = false
        let isThere = unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        if isThere, isFolder.boolValue {
            let models = ["pb", "pbtxt"].map { "\(trimmed)/saved_model.\($0)" }
            guard let model = models.first(where: FileManager.default.fileExists(atPath:)) else {
                self = try Self.checkpoint(path)
                return
            }
            let variables = try? CheckpointLocation("\(trimmed)/variables/variables")
            self = .savedModel(path: model, variables: variables)
            return
        }
        guard isThere else {
            self = try Self.checkpoint(path)
            return
        }
        let file = try MappedFile(path: path)
        let start = try file.withBytes { bytes throws(CheckpointError) in
            unsafe bytes.extracting(0..<min(bytes.byteCount, 64)).withUnsafeBytes {
                unsafe [UInt8]($0)
            }
        }
        if let kind = Self.byMagic(start, fileSize: file.count),
            kind != .numPyArchive || ForeignFile(file) == nil
        {
            self = kind
            return
        }
        if let kind = Self.records(path) {
            self = kind
            return
        }
        if Self.isText(start), let kind = try? Self.message(file, path) {
            self = kind
            return
        }
        if let foreign = ForeignFile(file) {
            guard foreign != .safeTensorsIndex else {
                self = .safeTensorsIndex
                return
            }
            throw FormatError.unknownFile(path: path, reason: "this is \(foreign)")
        }
        // A first record that is cut off is told better as such.
        if unsafe RecordReader.areRecords(start.span.bytes) {
            self = .records
            return
        }
        do {
            let location = try CheckpointLocation(path)
            if path.hasSuffix(".meta"), let kind = try? Self.message(file, path) {
                self = kind
            } else {
                self = .checkpoint(location)
            }
        } catch {
            if let kind = try Self.message(file, path) {
                self = kind
                return
            }
            throw error
        }
    }

    /// The checkpoint that a path means.
    ///
    /// - Throws: `CheckpointError`; ``FormatError/unknownFile(path:reason:)`` where the index is a file of another kind.
    private static func checkpoint(_ path: String) throws -> FileKind {
        let location = try CheckpointLocation(path)
        let index = location.prefix + ".index"
        if location.format == .bundle, !CheckpointLocation.isTable(index),
            let foreign = (try? MappedFile(path: index)).flatMap({ ForeignFile($0) })
        {
            throw FormatError.unknownFile(path: index, reason: "this is \(foreign)")
        }
        return .checkpoint(location)
    }

    private static func byMagic(_ start: [UInt8], fileSize: Int) -> FileKind? {
        if start.starts(with: [0x50, 0x4B, 3, 4]) || start.starts(with: [0x50, 0x4B, 5, 6]) {
            return .numPyArchive
        }
        if start.starts(with: [0x93] + Array("NUMPY".utf8)) { return .numPyArray }
        guard start.count >= 10, start[8] == UInt8(ascii: "{") else { return nil }
        let length = start[0..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return length >= 2 && length <= UInt64(max(0, fileSize - 8)) ? .safeTensors : nil
    }

    /// A file that begins with a whole record.
    private static func records(_ path: String) -> FileKind? {
        guard let reader = try? RecordReader(path: path),
            let record = try? reader.next()
        else { return nil }
        let event = unsafe try? Event(record.bytes.buffer.bytes)
        if let event, case .fileVersion = event.content { return .events }
        return .records
    }

    /// Whether bytes can be text.
    private static func isText(_ start: [UInt8]) -> Bool {
        !start.isEmpty && start.allSatisfy { $0 >= 0x20 || (0x09...0x0D).contains($0) }
    }

    /// A file that is one message.
    private static func message(_ file: MappedFile, _ path: String) throws -> FileKind? {
        try file.withBytes { bytes throws(CheckpointError) -> FileKind? in
            if let example = try? Example(bytes), !example.names.isEmpty { return .example }
            switch GraphFile.form(bytes) {
            case .savedModel:
                // The name of an ONNX model's producer may read like a graph.
                return ONNXOutline(bytes) == nil ? .savedModel(path: path, variables: nil) : .onnx
            case .metaGraph: return .metaGraph
            case .graph: return .graph
            case nil: return ONNXOutline(bytes) == nil ? nil : .onnx
            }
        }
    }
}
