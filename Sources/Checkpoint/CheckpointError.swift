public import Proto

/// What can be wrong with the files of a checkpoint, and with record files.
public enum CheckpointError: Error, Equatable, Sendable {
    /// A file cannot be opened or read.
    case unreadable(path: String, reason: String)
    /// A file became shorter while it was in use.
    case fileShrank(path: String, from: Int, to: Int)
    /// A path where no checkpoint was found, with what was found instead.
    case noCheckpoint(path: String, reason: String)
    /// The last bytes of a file are not a table's.
    case notATable(path: String)
    /// A part of a table breaks the rules.
    case malformedTable(path: String, offset: Int, reason: String)
    /// A block of a table does not match its checksum.
    case blockChecksum(path: String, offset: Int, stored: UInt32, computed: UInt32)
    /// The header of a bundle says what this reader cannot follow.
    case unsupportedBundle(path: String, reason: String)
    /// A message cannot be taken apart.
    case message(path: String, key: String, ProtoError)
    /// No tensor has this name.
    case noSuchTensor(path: String, name: String)
    /// What the index says of a tensor cannot be.
    case malformedEntry(path: String, tensor: String, reason: String)
    /// The bytes of a tensor are not all there.
    case truncatedTensor(path: String, tensor: String, offset: Int64, needed: Int64, fileSize: Int)
    /// The bytes of a tensor do not match their checksum.
    case tensorChecksum(
        path: String,
        tensor: String,
        offset: Int64,
        stored: UInt32,
        computed: UInt32
    )
    /// A state file breaks the rules of the text format.
    case malformedState(path: String, line: Int, column: Int, reason: String)
    /// A record of a record file breaks the rules.
    case malformedRecord(path: String, record: Int, offset: Int, reason: String)
    /// A file cannot be written.
    case unwritable(path: String, reason: String)
    /// A file is there that is not to be replaced.
    case exists(path: String)
    /// A tensor cannot be written as it was given.
    case unwritableTensor(path: String, tensor: String, reason: String)
    /// A compressed file breaks the rules of its compression.
    case malformedCompression(path: String, offset: Int, reason: String)
}

extension CheckpointError: CustomStringConvertible {
    /// One sentence for a person: which file, what is wrong, and where.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "\(path): \(SystemReason.reading(reason))"
        case .fileShrank(let path, let from, let to):
            "\(path): became shorter while it was read, from \(from) to \(to) bytes"
        case .noCheckpoint(let path, let reason): "\(path): no checkpoint: \(reason)"
        case .notATable(let path):
            "\(path): not a checkpoint file: the last bytes are not the table magic"
        case .malformedTable(let path, let offset, let reason):
            "\(path): damaged at byte \(offset): \(reason)"
        case .blockChecksum(let path, let offset, let stored, let computed):
            "\(path): the block at byte \(offset) is damaged: "
                + "its checksum is \(hexadecimal(computed)), expected \(hexadecimal(stored))"
        case .unsupportedBundle(let path, let reason): "\(path): \(reason)"
        case .message(let path, let key, let error): "\(path): entry '\(key)': \(error)"
        case .noSuchTensor(let path, let name): "\(path): there is no tensor '\(name)'"
        case .malformedEntry(let path, let tensor, let reason):
            "\(path): tensor '\(tensor)': \(reason)"
        case .truncatedTensor(let path, let tensor, let offset, let needed, let fileSize):
            "\(path): tensor '\(tensor)' needs \(needed) bytes at byte \(offset), "
                + "but the file ends at \(fileSize)"
        case .tensorChecksum(let path, let tensor, let offset, let stored, let computed):
            "\(path): tensor '\(tensor)' at byte \(offset) is damaged: "
                + "its checksum is \(hexadecimal(computed)), expected \(hexadecimal(stored))"
        case .malformedState(let path, let line, let column, let reason):
            "\(path): line \(line), column \(column): \(reason)"
        case .malformedRecord(let path, let record, let offset, let reason):
            "\(path): record \(record) at byte \(offset): \(reason)"
        case .unwritable(let path, let reason):
            "\(path): cannot be written: \(SystemReason.writing(reason))"
        case .exists(let path): "\(path): it exists; --force replaces it"
        case .unwritableTensor(let path, let tensor, let reason):
            "\(path): tensor '\(tensor)' cannot be written: \(reason)"
        case .malformedCompression(let path, let offset, let reason):
            "\(path): compressed data at byte \(offset): \(reason)"
        }
    }
}

/// A checksum in hexadecimal, eight digits.
private func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
}
