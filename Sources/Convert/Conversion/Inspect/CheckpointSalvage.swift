public import Checkpoint
internal import Proto

/// The readable part of a damaged checkpoint, written as a new one.
public struct CheckpointSalvage: Sendable {
    /// The tensors that were written.
    public private(set) var saved: [String] = []
    /// Those that were not, with the reason.
    public private(set) var lost: [(name: String, reason: String)] = []

    /// Copies every tensor that can be read; a partitioned one keeps its parts.
    ///
    /// Nothing is written if there is none.
    ///
    /// - Throws: `CheckpointError` if the new checkpoint cannot be written.
    public init(_ source: any TensorSource, to prefix: String) throws(CheckpointError) {
        if let bundle = source as? BundleReader {
            for fault in bundle.faults { lost.append((fault.subject, "\(fault)")) }
        }
        let writer = try BundleWriter(prefix: prefix)
        for tensor in source.tensors {
            guard String(validating: tensor.key, as: UTF8.self) != nil else {
                lost.append((tensor.name, "its name is not UTF-8"))
                continue
            }
            let name = String(decoding: tensor.key, as: UTF8.self)
            if let reason = try Self.copy(tensor, name, source, to: writer) {
                lost.append((tensor.name, reason))
            } else {
                saved.append(tensor.name)
            }
        }
        if !saved.isEmpty { try writer.finish() }
    }

    /// Copies one tensor; gives the reason if it cannot be read.
    private static func copy(
        _ tensor: TensorEntry,
        _ name: String,
        _ source: any TensorSource,
        to writer: BundleWriter
    ) throws(CheckpointError) -> String? {
        // What is read is read whole before anything of it is written.
        var parts: [(slice: TensorSlice?, bytes: StoredBytes)] = []
        var strings: [[UInt8]] = []
        do throws(CheckpointError) {
            if tensor.dataType == .string {
                strings = try source.strings(of: tensor)
            } else if tensor.dataType == .variant {
                parts.append((nil, try source.variants(of: tensor)))
            } else if let bundle = source as? BundleReader, !tensor.slices.isEmpty {
                // This sees to it that the parts make up the whole.
                _ = try bundle.bytes(of: tensor)
                for slice in tensor.slices {
                    parts.append((slice, try bundle.bytes(of: tensor, slice: slice)))
                }
            } else {
                parts.append((nil, try source.bytes(of: tensor, verifies: true)))
            }
        } catch {
            return "\(error)"
        }
        if tensor.dataType == .string {
            try writer.add(name, shape: tensor.shape, strings: strings)
            return nil
        }
        for part in parts {
            if tensor.dataType == .variant {
                try unsafe writer.add(
                    name,
                    variantsOf: tensor.shape,
                    bytes: part.bytes.buffer.bytes,
                    checksum: tensor.checksum
                )
            } else if let slice = part.slice {
                try unsafe writer.add(
                    name,
                    tensor.dataType,
                    shape: tensor.shape,
                    slice: slice,
                    bytes: part.bytes.buffer.bytes
                )
            } else {
                try unsafe writer.add(
                    name,
                    tensor.dataType,
                    shape: tensor.shape,
                    bytes: part.bytes.buffer.bytes
                )
            }
            try part.bytes.checkIntact()
        }
        return nil
    }
}

extension CheckpointError {
    /// The tensor that an error is about, or what can be said of it.
    fileprivate var subject: String {
        switch self {
        case .malformedEntry(_, let tensor, _): tensor
        case .message(_, let key, _): key
        default: "an entry"
        }
    }
}
