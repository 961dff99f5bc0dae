import Checkpoint
import Convert
import Data
import Foundation
import ToolSupport

/// The folder that record files with logits go to, and what earlier runs have completed there.
///
///     train-00000-of-01024            a shard: whole, or not there
///     logits.parts/settings.json      what all logits here were made with
///     logits.parts/train-….json       what is known of a shard that is complete
///     logits.json                     all of these together
///
/// Nothing in it depends on when, where or in how many runs it was made.
struct OutputFolder: Sendable {
    private let path: String
    private let settings: JSONValue

    /// What a part says, as it is read back.
    private struct Entry: Decodable {
        let file: String
        let records: Int
        let labelled: Int
        let agreeing: Int
        let bytes: Int
        let input_bytes: Int
    }

    private var parts: String { "\(path)/logits.parts" }
    private var settingsFile: String { "\(parts)/settings.json" }
    private var manifest: String { "\(path)/logits.json" }

    /// Whether the folder holds logits of these settings, or did when this began.
    private let isOurs: Bool

    /// Looks at a folder for logits of some settings; nothing is written yet.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - settings: What the logits are made with.
    ///   - shards: All files that are to be there in the end.
    ///   - isReplacing: Whether logits of other settings may be replaced, and files that this tool did not write.
    /// - Throws: ``ToolError``.
    init(
        _ path: String,
        settings: JSONValue,
        shards: [Shard],
        replacing isReplacing: Bool
    ) throws {
        self.path = path
        self.settings = settings
        try ToolError.about(nil) {
            try OutputPlace.check(
                shards.map(\.output),
                inputs: shards.map(\.input),
                replacing: true
            )
        }
        let known = Self.text("\(path)/logits.parts/settings.json")
        let text = Self.document(settings).indentedText
        isOurs = known == text
        if !isOurs { try Self.checkPlace(path, known, text, shards, isReplacing) }
    }

    /// Makes the folder ready for the shards that are to be written.
    ///
    /// What was made with other settings is forgotten; what a killed run has left of these shards is deleted.
    ///
    /// - Throws: ``ToolError``.
    func prepare(for shards: [Shard]) throws {
        guard !isOurs else { return removeLeftovers(of: shards) }
        try? FileManager.default.removeItem(atPath: parts)
        try? FileManager.default.removeItem(atPath: manifest)
        try ToolError.about(path) {
            try FileManager.default.createDirectory(
                atPath: parts,
                withIntermediateDirectories: true
            )
        }
        try ToolError.about(nil) {
            let text = Self.document(settings).indentedText
            try AtomicFile.write(Array(text.utf8), to: settingsFile)
        }
        removeLeftovers(of: shards)
    }

    /// Leaves the names of the classes beside the records, where those that are read have them.
    ///
    /// - Throws: ``ToolError``.
    func keepClassNames(of folder: String) throws {
        let name = ClassNames.fileName
        guard let names = FileManager.default.contents(atPath: "\(folder)/\(name)"),
            names != FileManager.default.contents(atPath: "\(path)/\(name)")
        else { return }
        try ToolError.about(nil) { try AtomicFile.write(Array(names), to: "\(path)/\(name)") }
    }

    /// Throws if there is something in the folder that must stay.
    private static func checkPlace(
        _ path: String,
        _ known: String?,
        _ text: String,
        _ shards: [Shard],
        _ isReplacing: Bool
    ) throws {
        guard !isReplacing else { return }
        if let known {
            let pair = zip(known.split(separator: "\n"), text.split(separator: "\n"))
                .first { $0 != $1 }
            let (there, asked) = pair.map { ("\($0)", "\($1)") } ?? ("less", "more")
            throw ToolError(
                .file,
                file: path,
                "holds logits that were made with other settings: "
                    + "\(there.trimmingCharacters(in: .whitespaces)) there, "
                    + "\(asked.trimmingCharacters(in: .whitespaces)) now; --force replaces them"
            )
        }
        try ToolError.about(nil) {
            try OutputPlace.check(shards.map(\.output), inputs: [], replacing: false)
        }
    }

    /// Whether a shard is complete, and still goes with the file that it was made from.
    func isComplete(_ shard: Shard) -> Bool {
        guard isOurs, let entry = entry("\(shard.name).json") else { return false }
        return entry.bytes == Self.byteCount(shard.output)
            && entry.input_bytes == Self.byteCount(shard.input)
    }

    private func removeLeftovers(of shards: [Shard]) {
        let names = Set(shards.flatMap { [$0.name, "\($0.name).json"] } + ["logits.json"])
        for folder in [path, parts] {
            let found = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            for name in found {
                guard let meant = AtomicFile.finalName(ofTemporary: name), names.contains(meant)
                else { continue }
                try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
            }
        }
    }

    /// Notes that a shard is complete.
    ///
    /// - Throws: `CheckpointError`.
    func complete(_ shard: ShardSummary) throws {
        let text = Self.json(shard).indentedText
        try AtomicFile.write(Array(text.utf8), to: "\(parts)/\(shard.name).json")
    }

    /// Writes the manifest of all shards that are complete, and gives it.
    ///
    /// Other processes may be completing shards meanwhile: it is written until none has come in between.
    ///
    /// - Throws: ``ToolError``.
    func writeManifest() throws -> (json: JSONValue, agreement: Double, records: Int) {
        var attempts = 0
        while true {
            let shards = shards
            let manifest = Self.manifest(settings, shards)
            attempts += 1
            do {
                let text = manifest.json.indentedText
                try AtomicFile.write(Array(text.utf8), to: self.manifest)
            } catch {
                guard attempts < 4 else { throw ToolError(.file, error) }
                continue
            }
            if self.shards == shards { return manifest }
        }
    }

    private var shards: [ShardSummary] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parts)) ?? []
        return names.filter { $0.hasSuffix(".json") && $0 != "settings.json" }.sorted()
            .compactMap { entry($0) }
            .filter { $0.bytes == Self.byteCount("\(path)/\($0.file)") }
            .map { entry in
                ShardSummary(
                    name: entry.file,
                    inputByteCount: entry.input_bytes,
                    byteCount: entry.bytes,
                    records: entry.records,
                    labelled: entry.labelled,
                    agreeing: entry.agreeing
                )
            }
    }

    private func entry(_ name: String) -> Entry? {
        FileManager.default.contents(atPath: "\(parts)/\(name)")
            .flatMap { try? JSONDecoder().decode(Entry.self, from: $0) }
    }

    private static func manifest(
        _ settings: JSONValue,
        _ shards: [ShardSummary]
    ) -> (json: JSONValue, agreement: Double, records: Int) {
        let records = shards.reduce(0) { $0 + $1.records }
        let labelled = shards.reduce(0) { $0 + $1.labelled }
        let agreeing = shards.reduce(0) { $0 + $1.agreeing }
        let agreement = Double(agreeing) / Double(labelled)
        let json = JSONValue.document(
            schema: "reassemble.logits",
            version: 1,
            [
                .init("settings", settings),
                .init("records", .integer(records)),
                .init("labelled", .integer(labelled)),
                .init("agreeing", .integer(agreeing)),
                .init("agreement", labelled > 0 ? .number(agreement) : .null),
                .init("shards", .array(shards.map { Self.json($0) })),
            ]
        )
        return (json, agreement, records)
    }

    private static func json(_ shard: ShardSummary) -> JSONValue {
        let agreement = Double(shard.agreeing) / Double(shard.labelled)
        return .object([
            .init("file", .text(shard.name)),
            .init("records", .integer(shard.records)),
            .init("labelled", .integer(shard.labelled)),
            .init("agreeing", .integer(shard.agreeing)),
            .init("agreement", shard.labelled > 0 ? .number(agreement) : .null),
            .init("bytes", .integer(shard.byteCount)),
            .init("input_bytes", .integer(shard.inputByteCount)),
        ])
    }

    private static func document(_ settings: JSONValue) -> JSONValue {
        .document(
            schema: "reassemble.logits.settings",
            version: 1,
            [.init("settings", settings)]
        )
    }

    private static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The size of a file; nil if there is none.
    static func byteCount(_ path: String) -> Int? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? NSNumber)?.intValue
    }
}
