public import Base
public import Checkpoint

/// A record of a data set with all its bytes, and what of it matters to a teacher.
public struct SourceRecord: Sendable {
    /// The serialized Example.
    public let bytes: OwnedBytes
    /// The bytes of the picture file in it.
    public let picture: OwnedBytes
    /// The class; nil where the record has none, or a negative one.
    public let label: Int?
    /// What the picture's own file was called.
    public let name: ByteName?
    /// Where it was read.
    public let origin: LabelledPicture.Origin
    /// Whether it has a teacher's logits already.
    public let hasLogits: Bool
}

/// A record file that is to be written anew with a teacher's logits in it.
public struct Shard: Sendable, Equatable {
    /// The path of the file that is read.
    public let input: String
    /// The path of the file that is written.
    public let output: String

    /// A file, and its place.
    public init(input: String, output: String) {
        self.input = input
        self.output = output
    }

    /// The file's own name.
    public var name: String { ByteName(input).lastComponent.text ?? input }
}
