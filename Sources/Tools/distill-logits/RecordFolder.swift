import Data
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

    init(_ options: ParsedOptions) throws {
        guard let folder = options[DistillOptions.dataDirectory] else {
            throw ToolError(.usage, "no records: give --data-dir")
        }
        let isCheck = options.isGiven(DistillOptions.check)
        guard let output = options[DistillOptions.outputDirectory] ?? (isCheck ? folder : nil)
        else { throw ToolError(.usage, "no place for the result: give --output-dir") }
        let files = try Self.files(in: folder, options)
        self.output = output
        all = files.map { path in
            let name = path.split(separator: "/").last.map(String.init) ?? path
            return Shard(input: path, output: "\(output)/\(name)")
        }
        let asked = options[DistillOptions.part] ?? Part(index: 0, count: 1)
        part = stride(from: asked.index, to: all.count, by: asked.count).map { [all] in all[$0] }
        summary =
            part.count == all.count
            ? "\(all.count) record files in \(folder)"
            : "\(part.count) of \(all.count) record files in \(folder)"
    }

    /// The record files of a folder that the options name, in order.
    ///
    /// - Throws: ``ToolError`` if there is none.
    static func files(in folder: String, _ options: ParsedOptions) throws -> [String] {
        let patterns = [
            options[DistillOptions.trainingPattern], options[DistillOptions.validationPattern],
        ]
        // A file that both patterns name is read once.
        let found = patterns.flatMap { PictureRecords.files(in: folder, matching: $0) }
        let files = Set(found).sorted()
        guard !files.isEmpty else {
            throw ToolError(
                .file,
                file: folder,
                "no file matches '\(patterns[0])' or '\(patterns[1])'"
            )
        }
        return files
    }
}
