internal import Formats
internal import Foundation
internal import Networks
public import Pictures
internal import Proto

/// The `config.json` beside an export: what it is a network of, in Hugging Face's and timm's words where these have some.
///
///     { "architecture": …, "num_classes": …, "label_names": […], "id2label": {…}, "label2id": {…},
///       "pretrained_cfg": {"input_size": [3, 96, 96], "interpolation": "bilinear", "crop_pct": …, "crop_mode": …, "mean": […],
///                          "std": […], "num_classes": …},
///       "reassemble": {"model_file": …, and flags under their published names} }
///
/// What was only assumed is not in it. ``RecordedFlags`` reads it.
public struct NetworkConfiguration: Sendable {
    private struct Card: Encodable {
        let input_size: [Int]
        let interpolation: String
        let crop_pct: Double?
        let crop_mode: String?
        let mean: [Double]?
        let std: [Double]?
        let num_classes: Int?

        private enum CodingKeys: String, CodingKey {
            case input_size, interpolation, crop_pct, crop_mode, mean, std, num_classes
        }
    }

    private struct Document: Encodable {
        var architecture: String
        var num_classes: Int?
        var label_names: [String]?
        var id2label: [String: String]?
        var label2id: [String: Int]?
        var pretrained_cfg: Card?
        var reassemble: [String: String] = [:]
    }

    private var document: Document

    /// What is known of a network.
    ///
    /// - Parameters:
    ///   - architecture: What it is called.
    ///   - classes: How many there are; nil where that is not known.
    ///   - record: What is known besides the weights.
    ///   - preprocessing: How its pictures are prepared; nil where that is only assumed.
    public init(
        architecture: String,
        classes: Int?,
        _ record: NetworkRecord,
        _ preprocessing: Preprocessing?
    ) {
        document = Document(architecture: architecture, num_classes: classes)
        let names = record.names
        if !names.isEmpty, let classes, names.count == classes || names.count + 1 == classes {
            // One class more than there are names: a background goes before them.
            let first = classes - names.count
            let numbered = names.enumerated().map { ($0.offset + first, $0.element) }
            document.label_names = names
            document.id2label = Dictionary(
                uniqueKeysWithValues: numbered.map { ("\($0.0)", $0.1) }
            )
            let numbers = Dictionary(numbered.map { ($0.1, $0.0) }) { first, _ in first }
            if numbers.count == names.count { document.label2id = numbers }
        }
        if let preprocessing {
            let side = preprocessing.imageSize
            let words = preprocessing.normalisation
            document.pretrained_cfg = Card(
                input_size: [3, side, side],
                interpolation: "\(preprocessing.rule.method)",
                crop_pct: words?.cropShare,
                crop_mode: words.map { $0.isSquashed ? "squash" : "center" },
                mean: words?.mean,
                std: words?.deviation,
                num_classes: classes
            )
        }
        document.reassemble = record.metadata
        document.reassemble[RecordedFlags.classNames] = nil
    }

    /// Writes it beside results: into those that are folders, else beside the file.
    ///
    /// A `config.json` of another network stays what it is; that of the file is then called after it.
    ///
    /// - Parameters:
    ///   - results: Files, or folders of models.
    ///   - isReplacing: Whether one of the same file may be replaced.
    /// - Returns: The paths of what was written, or lay there already.
    /// - Throws: ``ConversionError``.
    public func write(
        beside results: [String],
        replacing isReplacing: Bool
    ) throws(ConversionError) -> [String] {
        var paths: [String] = []
        for result in results {
            var isFolder: ObjCBool = false
            let isThere = unsafe FileManager.default.fileExists(
                atPath: result,
                isDirectory: &isFolder
            )
            // A pipe has nothing beside it.
            guard isThere, isFolder.boolValue || Self.isFile(result) else { continue }
            if isFolder.boolValue {
                let path = "\(result)/config.json"
                try write(document, to: path, replacing: isReplacing)
                paths.append(path)
                continue
            }
            let name = result.split(separator: "/").last.map { String($0) } ?? result
            let folder = result.lastIndex(of: "/").map { String(result[...$0]) } ?? ""
            var own = document
            own.reassemble["model_file"] = name
            let shared = folder + "config.json"
            let isFree = !FileManager.default.fileExists(atPath: shared)
            let path =
                isFree || Self.owner(of: shared) == Name(name) ? shared : "\(result).config.json"
            // What lies there says what the file was that this one takes the place of.
            try write(own, to: path, replacing: true)
            paths.append(path)
        }
        return paths
    }

    private static func isFile(_ path: String) -> Bool {
        let kind = try? FileManager.default.attributesOfItem(atPath: path)[.type]
        return kind as? FileAttributeType == .typeRegular
    }

    /// The file that a `config.json` of ours is for.
    private static func owner(of path: String) -> Name? {
        struct Owned: Decodable { let reassemble: [String: String] }
        guard let data = FileManager.default.contents(atPath: path), data.count < 1 << 22,
            let found = try? JSONDecoder().decode(Owned.self, from: data)
        else { return nil }
        return found.reassemble["model_file"].map { Name($0) }
    }

    private func write(
        _ document: Document,
        to path: String,
        replacing isReplacing: Bool
    ) throws(ConversionError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(document) else {
            throw .unwritable(path: path, reason: "what is known of the network is no JSON")
        }
        do throws(FormatError) {
            var file = try OutputFile(path, replacing: isReplacing)
            try file.write(String(decoding: data, as: UTF8.self) + "\n")
            try file.commit()
        } catch {
            throw .unwritable(path: path, reason: error.description)
        }
    }
}
