import Checkpoint
import Data
import Engine
import ToolSupport

/// The record files that the command line names, and where they go.
struct RecordFolder {
    /// The folder that is written to.
    let output: String
    /// All files.
    let all: [Shard]
    /// Those that this run is to do.
    let part: [Shard]
    /// What is read, in a few words.
    let summary: String
    /// What is incomplete or there twice.
    let faults: [String]
    /// The folder that is read.
    let folder: String

    init(_ options: ParsedOptions) throws {
        guard let folder = options[DistillOptions.dataDirectory] else {
            throw ToolError(.usage, "no records: give --data-dir")
        }
        let isCheck = options.isGiven(DistillOptions.check)
        guard let output = options[DistillOptions.outputDirectory] ?? (isCheck ? folder : nil)
        else { throw ToolError(.usage, "no place for the result: give --output-dir") }
        let set = try Self.set(in: folder, options)
        guard set.faults.isEmpty || isCheck || options[RunOptions.force] else {
            throw ToolError(
                .file,
                DataError.brokenSet(folder: folder, faults: set.faults)
            )
        }
        let files = set.files
        faults = (set.faults + set.doubts).map { "\(folder): \($0)" }
        self.folder = folder
        self.output = output
        all = files.map { path in
            Shard(input: path, output: "\(output)/\(ByteName(path).lastComponent)")
        }
        let ranks = Ranks.current
        guard ranks.count == 1 || !options.isGiven(DistillOptions.part) else {
            throw ToolError(
                .usage,
                "\(options.spelling(of: DistillOptions.part)): \(ranks.count) ranks divide the files already"
            )
        }
        let asked =
            options[DistillOptions.part] ?? Part(index: ranks.rank, count: ranks.count)
        part = stride(from: asked.index, to: all.count, by: asked.count).map { [all] in all[$0] }
        summary =
            part.count == all.count
            ? "\(all.count) record files in \(folder)"
            : "\(part.count) of \(all.count) record files in \(folder)"
    }

    /// The record files of a folder that the options name, in order.
    ///
    /// - Throws: ``ToolError`` if there is none.
    static func set(in folder: String, _ options: ParsedOptions) throws -> RecordSet {
        let patterns = [
            options[DistillOptions.trainingPattern], options[DistillOptions.validationPattern],
        ]
        let set = try ToolError.about(nil) { try RecordSet(folder: folder, patterns: patterns) }
        guard !set.files.isEmpty else {
            throw ToolError(
                .file,
                file: folder,
                "no file matches '\(patterns[0])' or '\(patterns[1])'\(NearbyData.hint(in: folder))"
            )
        }
        return set
    }
}
