internal import Checkpoint
internal import Foundation

/// What a network's training, or whoever wrote its file, left in writing about it: flags under their published names.
///
/// They tell what weights cannot. They lie in `hparams.json` beside a checkpoint,
///
///     { "anti_alias_type": "sconv", "anti_alias_filter_size": 3, "preprocessing_type": "imagenet", … }
///
/// or in the metadata of a file that carries texts.
public struct RecordedFlags: Sendable, Equatable {
    /// The name of the file beside checkpoints.
    public static let fileName = "hparams.json"
    /// The label of the first class or, of a network that was trained on records, what was added to their labels.
    public static let labelOffset = "label_offset"
    /// Whether it was trained on `records` or on `folders` of classes.
    public static let dataKind = "data_kind"
    /// The names of the classes in the metadata of a file, a line each.
    public static let classNames = "class_names"
    /// The file that says so.
    public let path: String
    /// The flags' values as they would be typed, by name; null and nested values are left out.
    public let values: [String: String]
    /// What was passed over, a sentence each.
    public let warnings: [String]
    /// Whether it is a `config.json`.
    let isConfiguration: Bool

    private enum Value: Decodable {
        case text(String)
        case list([Value])
        case other

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let value = try? container.decode(Bool.self) {
                self = .text(value ? "True" : "False")
            } else if let value = try? container.decode(Int.self) {
                self = .text("\(value)")
            } else if let value = try? container.decode(Double.self) {
                self = .text("\(value)")
            } else if let value = try? container.decode(String.self) {
                self = .text(value)
            } else if let value = try? container.decode([Value].self) {
                self = .list(value)
            } else {
                self = .other
            }
        }

        var text: String? {
            switch self {
            case .text(let text): text
            case .list(let values): values.compactMap(\.text).joined(separator: ",")
            case .other: nil
            }
        }
    }

    /// Flags that are known already.
    public init(_ values: [String: String], path: String) {
        self.values = values
        self.path = path
        warnings = []
        isConfiguration = false
    }

    /// What a `config.json` tells.
    init(configuration values: [String: String], path: String, warnings: [String]) {
        self.values = values
        self.path = path
        self.warnings = warnings
        isConfiguration = true
    }

    /// The file at a path.
    ///
    /// - Throws: ``NetworkError/unreadableFlags(path:)`` for a file that is no list of flags.
    public init(path: String) throws(NetworkError) {
        let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        guard let size, size <= Self.largestSize,
            let data = FileManager.default.contents(atPath: path)
        else { throw .unreadableFlags(path: path) }
        try self.init(path: path, data)
    }

    /// What a text says.
    ///
    /// - Throws: ``NetworkError/unreadableFlags(path:)``.
    public init(text: String) throws(NetworkError) {
        try self.init(path: "", Data(text.utf8))
    }

    private init(path: String, _ data: Data) throws(NetworkError) {
        guard let values = try? JSONDecoder().decode([String: Value].self, from: data) else {
            throw .unreadableFlags(path: path)
        }
        self.path = path
        self.values = values.compactMapValues(\.text)
        warnings = []
        isConfiguration = false
    }

    /// More than any list of flags takes.
    private static let largestSize = 1 << 20

    /// The file of the training that left a checkpoint, see `CheckpointHome`, else a `config.json` there; nil where neither is.
    ///
    /// - Throws: ``NetworkError/unreadableFlags(path:)``.
    public static func found(
        besides prefix: String
    ) throws(NetworkError) -> RecordedFlags? {
        let path = "\(CheckpointHome.folder(of: prefix))/\(fileName)"
        guard FileManager.default.fileExists(atPath: path) else {
            return ConfigurationFile.flags(besides: prefix)
        }
        return try RecordedFlags(path: path)
    }
}
