/// What was converted into what, so that anybody can check it again later and elsewhere.
///
/// A JSON file. Paths in it are relative to its own folder.
public struct Certificate: Codable, Equatable, Sendable {
    /// `reassemble.certificate`.
    public var schema = Self.schemaName
    /// Of the schema.
    public var version = Self.schemaVersion
    /// The version of the suite that wrote it.
    public var tool: String
    /// What was read.
    public var source: Side
    /// What was written.
    public var result: Side
    /// The format of the result, as `--to` has it.
    public var format: String
    /// Every tensor that was written.
    public var tensors: [Tensor]
    /// The tensors that were left out.
    public var leftOut: [String]
    /// The network, and what it makes of the fixed pictures; nil where the tensors are those of no known network.
    public var network: Network?
    /// What an imported network makes of fixed inputs; nil where the tensors are not those of one.
    public var answers: Answers?

    /// What a certificate calls its schema.
    public static let schemaName = "reassemble.certificate"
    /// The version of the schema that is written and read.
    public static let schemaVersion = 1

    /// The source or the result.
    public struct Side: Codable, Equatable, Sendable {
        /// What it is, such as `V2 checkpoint`.
        public var kind: String
        /// The path that stands for all files: the file, a checkpoint's prefix, a folder.
        public var path: String
        /// The files.
        public var files: [File]
    }

    /// A file.
    public struct File: Codable, Equatable, Sendable {
        /// What follows the path that stands for all files; nothing if it is that.
        public var ending: String
        /// Its size.
        public var bytes: Int
        /// Its digest, in hexadecimal.
        public var sha256: String
    }

    /// A tensor: what it was, what it became.
    public struct Tensor: Codable, Equatable, Sendable {
        /// Its name in the result.
        public var name: String
        /// Its name in the source.
        public var source: String
        /// The type of its elements in the result.
        public var dtype: String
        /// The type of its elements in the source.
        public var sourceDtype: String
        /// The extent of each dimension.
        public var shape: [Int]
        /// The digest of its elements in the result, little-endian and in row-major order, in hexadecimal.
        public var sha256: String
    }

    /// A network and its answers.
    public struct Network: Codable, Equatable, Sendable {
        /// The settings, under their published names.
        public var settings: Settings
        /// The side of the pictures.
        public var imageSize: Int
        /// Whether moving averages are the weights: `raw` or `ema`.
        public var weights: String
        /// How the fixed pictures are made.
        public var pictures: String
        /// The logits of each fixed picture, computed in float32.
        public var logits: [[Float]]
        /// How far what the written graph computes is from ``logits``; nil for formats that hold no graph.
        public var graph: GraphDifference?
    }

    /// How far a graph that was read back is from the network.
    public struct GraphDifference: Codable, Equatable, Sendable {
        /// The largest difference of two logits.
        public var largest: Float
        /// The same over the largest logit of the row.
        public var largestRelative: Float
    }
}
