public import Base
public import Checkpoint

/// A picture to be classified, and what is known of it.
public struct LabelledPicture: Sendable {
    /// Where a picture came from.
    public struct Origin: Sendable, Hashable {
        /// The path of the file.
        public let file: String
        /// Its place among the file's records, counted from 0; nil for a picture file.
        public let record: Int?
        /// The byte at which the record begins.
        public let offset: Int?

        /// A place in a record file.
        public init(file: String, record: Int? = nil, offset: Int? = nil) {
            self.file = file
            self.record = record
            self.offset = offset
        }
    }

    /// The bytes of a JPEG, PNG or GIF file.
    public var bytes: OwnedBytes
    /// The class, if it is known.
    public let label: Int?
    /// What the picture's own file was called.
    public let name: ByteName?
    /// Where it was read.
    public let origin: Origin
    /// A teacher's logits, if the record has them.
    public let teacherLogits: [Float]?
    /// Its place among all pictures of the data, counted from 0, where a source counts them.
    public var place = 0
    /// Which part of the data it belongs to, where these are measured in parts.
    public var part = 0
    /// Makes the bytes, where they are made only when they are needed; any thread may do it.
    public var making: (@Sendable () throws -> OwnedBytes)?

    /// A picture and what is known of it.
    public init(
        bytes: OwnedBytes,
        label: Int?,
        name: ByteName?,
        origin: Origin,
        teacherLogits: [Float]? = nil
    ) {
        self.bytes = bytes
        self.label = label
        self.name = name
        self.origin = origin
        self.teacherLogits = teacherLogits
    }
}

extension LabelledPicture.Origin: CustomStringConvertible {
    /// The file, the record and the byte, as far as they are known.
    public var description: String {
        var text = file
        if let record { text += ": record \(record)" }
        if let offset { text += " at byte \(offset)" }
        return text
    }
}

/// Pictures one after the other.
public protocol PictureSource {
    /// The next picture; nil at the end.
    ///
    /// - Throws: what is wrong with one picture as a ``CorruptPicture``, after which the next can be asked for; other
    ///   errors end the source.
    mutating func next() throws -> LabelledPicture?

    /// Passes over a picture, or over what would be a ``CorruptPicture``.
    ///
    /// - Returns: False at the end.
    mutating func skip() throws -> Bool

    /// How many there are in all, where that is known beforehand.
    var count: Int? { get }

    /// The place behind the last picture that was taken or found corrupt, where a source counts them; else 0.
    var reached: Int { get }

    /// What tells these pictures from others, as far as that can be had without reading them: SHA-256 of names and labels,
    /// and of the sizes of record files; nil where nothing does.
    var fingerprint: String? { get }
}

extension PictureSource {
    /// Nothing is known.
    public var fingerprint: String? { nil }

    /// Nothing is counted.
    public var reached: Int { 0 }

    /// Passes over a picture by reading it.
    public mutating func skip() throws -> Bool {
        do {
            return try next() != nil
        } catch is CorruptPicture {
            return true
        }
    }
}

/// A picture that cannot be used, though those behind it may be.
public struct CorruptPicture: Error, Sendable, CustomStringConvertible {
    /// Where it was read.
    public let origin: LabelledPicture.Origin
    /// What is wrong with it.
    public let reason: String
    /// Its place among all pictures of the data, where a source counts them.
    public var place: Int?

    /// A picture that is wrong somewhere.
    public init(origin: LabelledPicture.Origin, reason: String) {
        self.origin = origin
        self.reason = reason
    }

    /// What becomes of a damaged record, or of all that stands behind a damaged place of a compressed file; nil for errors that
    /// concern more than pictures.
    init?(_ error: CheckpointError) {
        switch error {
        case .malformedRecord(let path, let index, let offset, let reason):
            self.init(origin: .init(file: path, record: index, offset: offset), reason: reason)
        case .malformedCompression(let path, let offset, let reason):
            self.init(origin: .init(file: path, offset: offset), reason: reason)
        default: return nil
        }
    }

    /// Where the picture was read and what is wrong with it.
    public var description: String { "\(origin): \(reason)" }
}
