/// The file `checkpoint`, which says which checkpoint of a folder is the latest.
///
///     model_checkpoint_path: "model.ckpt-2000"
///     all_model_checkpoint_paths: "model.ckpt-1000"
///     all_model_checkpoint_paths: "model.ckpt-2000"
///
/// Protobuf's text format of CheckpointState: `model_checkpoint_path = 1`, `all_model_checkpoint_paths = 2`,
/// `all_model_checkpoint_timestamps = 3`, `last_preserved_timestamp = 4`.
public struct CheckpointState: Equatable, Sendable {
    /// The latest checkpoint's path without ending, as the file has it.
    public var latest: String
    /// All checkpoints that are kept, oldest first.
    public var all: [String]
    /// When each was written, in seconds since 1970; may be empty.
    public var timestamps: [Double]
    /// When the last checkpoint was written that is kept forever.
    public var lastPreserved: Double?

    /// A state of these paths.
    public init(
        latest: String,
        all: [String],
        timestamps: [Double] = [],
        lastPreserved: Double? = nil
    ) {
        self.latest = latest
        self.all = all
        self.timestamps = timestamps
        self.lastPreserved = lastPreserved
    }

    /// The last part of a path of whatever system, which may be empty: what follows the last slash or backslash, or the
    /// letter of a drive.
    package static func lastComponent(of path: String) -> String {
        let bytes = Array(path.utf8)
        var start = bytes.lastIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
        if start == nil, bytes.count > 1, bytes[1] == UInt8(ascii: ":"),
            (0x41...0x5A).contains(bytes[0] & 0xDF)
        {
            start = 1
        }
        return String(decoding: bytes[(start.map { $0 + 1 } ?? 0)...], as: UTF8.self)
    }

    /// Reads a state file.
    ///
    /// - Throws: ``CheckpointError``.
    public init(path: String) throws(CheckpointError) {
        let file = try MappedFile(path: path)
        let text = try file.withBytes { bytes throws(CheckpointError) in
            bytes.array(0..<bytes.byteCount)
        }
        try self.init(text: text, path: path)
    }

    /// Reads the text of a state file.
    ///
    /// - Throws: ``CheckpointError/malformedState(path:line:column:reason:)``.
    init(text: [UInt8], path: String) throws(CheckpointError) {
        var parser = TextFormat(text, path: path)
        var latest: String?
        var all: [String] = []
        var timestamps: [Double] = []
        var lastPreserved: Double?
        while let field = try parser.fieldName() {
            switch field {
            case "model_checkpoint_path": latest = try parser.string()
            case "all_model_checkpoint_paths":
                try parser.forEachElement { parser throws(CheckpointError) in
                    all.append(try parser.string())
                }
            case "all_model_checkpoint_timestamps":
                try parser.forEachElement { parser throws(CheckpointError) in
                    timestamps.append(try parser.number())
                }
            case "last_preserved_timestamp": lastPreserved = try parser.number()
            default: throw parser.problem("the field '\(field)' is unknown")
            }
        }
        guard let latest else { throw parser.problem("there is no model_checkpoint_path") }
        self.init(
            latest: latest,
            all: all,
            timestamps: timestamps,
            lastPreserved: lastPreserved
        )
    }
}
