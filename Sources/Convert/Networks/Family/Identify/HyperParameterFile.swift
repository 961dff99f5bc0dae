internal import Engine
internal import Foundation

/// `hparams.json`, which a training leaves beside its checkpoints: its flags under their published names.
///
///     { "anti_alias_type": "sconv", "anti_alias_filter_size": 3, "pool_type": "gap", … }
///
/// It tells what a checkpoint cannot.
public struct HyperParameterFile: Sendable {
    /// The file's name.
    public static let name = "hparams.json"
    /// The path; empty for a text that lies nowhere.
    public let path: String
    /// The flags' values as they would be typed, by name; null and nested values are left out.
    public let values: [String: String]

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

    /// The file at a path; nil where there is none, or none that can be understood.
    public init?(path: String) {
        guard let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int,
            size <= 1 << 20, let data = FileManager.default.contents(atPath: path)
        else { return nil }
        self.init(path: path, data)
    }

    /// What a text says; nil where it cannot be understood.
    public init?(text: String) {
        self.init(path: "", Data(text.utf8))
    }

    private init?(path: String, _ data: Data) {
        guard let values = try? JSONDecoder().decode([String: Value].self, from: data) else {
            return nil
        }
        self.path = path
        self.values = values.compactMapValues(\.text)
    }

    /// What is wrong with the file of the training that left a checkpoint: its path and a sentence; nil where it is right,
    /// or is not there.
    public static func fault(besides prefix: String) -> (path: String, reason: String)? {
        let path = path(besides: prefix)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let file = HyperParameterFile(path: path) else {
            return (path, "this is no list of flags in JSON; repair it, or take it away")
        }
        func fault(_ name: String, _ expected: String, _ isRight: (String) -> Bool) -> String? {
            guard let text = file.values[name], !isRight(text) else { return nil }
            return "'\(name)' is '\(text)', expected \(expected)"
        }
        let reason =
            fault("anti_alias_filter_size", "a number from 0 to 7") {
                Int($0).map { (0...7).contains($0) } ?? false
            }
            ?? fault("pool_type", "gap, gem or flatten") {
                ModelConfiguration.Pooling(rawValue: $0) != nil
            }
            ?? fault("no_downsample", "True or False") { Bool($0.lowercased()) != nil }
        return reason.map { (path, $0) }
    }

    /// The file of the training that left a checkpoint: in its folder, or in the one above `best` and `periodical`.
    public init?(besides prefix: String) {
        self.init(path: Self.path(besides: prefix))
    }

    private static func path(besides prefix: String) -> String {
        let folder = URL(filePath: prefix).deletingLastPathComponent()
        let isKept = ["best", "periodical"].contains(folder.lastPathComponent)
        let home = isKept ? folder.deletingLastPathComponent() : folder
        return home.appending(path: name).path
    }
}

extension ModelRequest {
    /// The request, completed by what a training left beside a checkpoint; and a sentence about what was taken, if
    /// anything was.
    public func completed(
        besides prefix: String
    ) -> (request: ModelRequest, note: String?) {
        guard let file = HyperParameterFile(besides: prefix) else { return (self, nil) }
        let (request, taken) = completed(by: file)
        guard !taken.isEmpty else { return (self, nil) }
        return (request, "\(file.path) tells: \(taken.map { "--\($0)" }.joined(separator: " "))")
    }

    /// The request, with what a checkpoint cannot tell taken from its training's flags, where nobody asked for anything
    /// else; and the flags that were taken.
    public func completed(
        by file: HyperParameterFile?
    ) -> (request: ModelRequest, taken: [String]) {
        guard let file, published == nil else { return (self, []) }
        var request = self
        var taken: [String] = []
        func complete<Value>(
            _ place: WritableKeyPath<ModelRequest, Value?>,
            _ name: String,
            _ read: (String) -> Value?
        ) {
            guard request[keyPath: place] == nil, let text = file.values[name],
                let value = read(text)
            else { return }
            request[keyPath: place] = value
            taken.append("\(name)=\(text)")
        }
        if antiAliasType == nil, antiAliasSize == nil {
            complete(\.antiAliasType, "anti_alias_type") { $0.isEmpty ? "none" : $0 }
            complete(\.antiAliasSize, "anti_alias_filter_size") { Int($0) }
        }
        complete(\.pooling, "pool_type", ModelConfiguration.Pooling.init(rawValue:))
        complete(\.keepsLastResolution, "no_downsample") { Bool($0.lowercased()) }
        return (request, taken)
    }
}
