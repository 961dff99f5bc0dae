import Base
import Checkpoint
import Data
import Foundation
import Synchronization
import ToolSupport

/// Makes TFRecords of a data set's pictures, pictures of TFRecords, or corrupted pictures.
@main
struct MakeRecordsCommand {
    static func main() {
        if CorruptionsOptions.isAsked(in: CommandLine.arguments) {
            CommandLineTool.main(CorruptionsOptions.table) { options in
                ThreadCount.set(options[RunOptions.threads])
                return try CorruptionsRun(options, Diagnostics(tool: CorruptionsOptions.table.tool))
                    .run()
            }
        }
        CommandLineTool.main(MakeRecordsOptions.table) { options in
            let diagnostics = Diagnostics(tool: MakeRecordsOptions.table.tool)
            ThreadCount.set(options[RunOptions.threads])
            if let folder = options[MakeRecordsOptions.extract] {
                try Ranks.refuse("--extract takes pictures out")
                return try Extraction(options, diagnostics, into: folder).run()
            }
            if let folder = options[MakeRecordsOptions.sortValidation] {
                try Ranks.refuse("--sort-validation moves files")
                return try ImageNetSteps(options, diagnostics).sortValidation(folder)
            }
            if let path = options[MakeRecordsOptions.writeBoxes] {
                try Ranks.refuse("--write-bounding-boxes writes one file")
                return try ImageNetSteps(options, diagnostics).writeBoxes(to: path)
            }
            return try Building(options, diagnostics).run()
        }
    }
}

/// Pictures into records.
private struct Building {
    private let options: ParsedOptions
    private let diagnostics: Diagnostics

    init(_ options: ParsedOptions, _ diagnostics: Diagnostics) {
        self.options = options
        self.diagnostics = diagnostics
    }

    func run() throws -> ExitCode {
        let parts = [
            options[MakeRecordsOptions.trainDirectory],
            options[MakeRecordsOptions.validationDirectory],
        ].compactMap(\.self)
        let around = parts.first.map {
            URL(filePath: $0).deletingLastPathComponent().path(percentEncoded: false)
        }
        guard let source = options[MakeRecordsOptions.source] ?? around else {
            throw ToolError(.usage, "no pictures: give --source DIR, or --extract DIR")
        }
        guard let target = options[MakeRecordsOptions.outputDirectory] else {
            throw ToolError(.usage, "no target: give --output-dir DIR")
        }
        let isNamed = options.isGiven(MakeRecordsOptions.layout)
        let layout =
            parts.isEmpty || isNamed ? options[MakeRecordsOptions.layout] : .imagenet
        guard parts.isEmpty || layout == .imagenet else {
            throw ToolError(
                .usage,
                "--train-directory and --validation-directory are ImageNet's; the layout "
                    + "'\(layout.rawValue)' takes --source"
            )
        }
        guard
            options[MakeRecordsOptions.makesTraining]
                || options[MakeRecordsOptions.makesValidation]
        else { throw ToolError(.usage, "--no-make-train and --no-make-val leave nothing to make") }
        guard layout.hasBoxes || !options[MakeRecordsOptions.cutsToBoxes] else {
            throw ToolError(.usage, "--use-bbox: the layout '\(layout.rawValue)' has no boxes")
        }
        let listing = try listing(layout, source)
        diagnostics.tell(listing.remarks)
        let shards = layout.shards
        var builder = RecordBuilder(
            folder: target,
            trainingShards: options[MakeRecordsOptions.trainingShards] ?? shards.training,
            validationShards: options[MakeRecordsOptions.validationShards] ?? shards.validation
        )
        builder.groups = try groups(of: layout, builder)
        builder.isStopped = { Ranks.isInterrupted }
        builder.ranks = Ranks.current
        let logits = options[MakeRecordsOptions.logits]
        if !logits.isEmpty {
            builder.logits = try ToolError.about(nil) {
                try PictureLogits(csv: PictureLogits.files(at: logits))
            }
        }
        builder.cutsToBoxes = options[MakeRecordsOptions.cutsToBoxes]
        builder.compression = options[MakeRecordsOptions.compression].compression
        builder.skips = options[MakeRecordsOptions.skipCorrupt]
        builder.isReplacing = options[RunOptions.force]
        let progress = Mutex(
            Progress(
                total: listing.training.count + listing.validation.count,
                unit: "pictures",
                isEnabled: options[RunOptions.progress]
            )
        )
        Interruption.install()
        let outcome = try ToolError.about(nil) {
            do {
                return try builder.build(listing) { done in
                    progress.withLock { $0.update(done) }
                }
            } catch is CancellationError {
                throw ToolError(.interrupted, "interrupted; nothing was written")
            }
        }
        for line in outcome.leftOut { diagnostics.warning("left out: \(line)") }
        var results = Results(schema: "reassemble.make-records", version: 1)
        results.append("training", .integer(outcome.training))
        results.append("validation", .integer(outcome.validation))
        results.append("left_out", .integer(outcome.leftOut.count))
        results.append("classes", .integer(listing.classNames.count))
        results.append("label_offset", .integer(listing.labelOffset))
        results.append("logits", builder.logits.map { JSONValue.integer($0.classes) } ?? .null)
        try deliver(
            results,
            "wrote \(grouped(outcome.training)) training and \(grouped(outcome.validation)) "
                + "validation pictures to \(target)\n"
        )
        return .done
    }

    private func listing(_ layout: PictureLayout, _ source: String) throws -> PictureListing {
        do {
            return try layout.listing(request(source))
        } catch let error as DataError {
            if case .notLikeLayout = error, !layout.origins.isEmpty {
                diagnostics.note(
                    "where to find \(layout.rawValue): \(layout.origins.joined(separator: ", or "))"
                )
            }
            throw ToolError(.file, error)
        } catch {
            throw ToolError(.file, error)
        }
    }

    /// Over how many groups of files the pictures are divided first.
    private func groups(of layout: PictureLayout, _ builder: RecordBuilder) throws -> Int {
        guard let asked = options[MakeRecordsOptions.threadGroups] else { return layout.threads }
        for (name, count) in [
            ("--train-shards", builder.trainingShards),
            ("--validation-shards", builder.validationShards),
        ] where !count.isMultiple(of: asked) {
            throw ToolError(
                .usage,
                "--num-threads=\(asked) must divide \(name)=\(count): each thread of the published "
                    + "builders fills as many files"
            )
        }
        return asked
    }

    private func request(_ source: String) -> ListingRequest {
        var request = ListingRequest(
            folder: source,
            seed: UInt64(options[MakeRecordsOptions.seed])
        )
        request.labelOffset = options[MakeRecordsOptions.labelOffset]
        request.labels = options[MakeRecordsOptions.labelFile]
        request.metadata = options[MakeRecordsOptions.metadata]
        request.boxes = options[MakeRecordsOptions.boxes]
        request.validationLabels = options[MakeRecordsOptions.validationLabels]
        request.trainingFolder = options[MakeRecordsOptions.trainDirectory]
        request.validationFolder = options[MakeRecordsOptions.validationDirectory]
        request.makesTraining = options[MakeRecordsOptions.makesTraining]
        request.makesValidation = options[MakeRecordsOptions.makesValidation]
        request.validationShare = options[MakeRecordsOptions.validationShare]
        return request
    }

    private func deliver(_ results: Results, _ text: String) throws {
        try StandardOutput.write(
            options[RunOptions.json] ? results.json.indentedText : text
        )
    }
}

/// Records into pictures.
private struct Extraction {
    private let options: ParsedOptions
    private let diagnostics: Diagnostics
    private let folder: String

    init(_ options: ParsedOptions, _ diagnostics: Diagnostics, into folder: String) {
        self.options = options
        self.diagnostics = diagnostics
        self.folder = folder
    }

    func run() throws -> ExitCode {
        guard let source = options[MakeRecordsOptions.source] else {
            throw ToolError(.usage, "no records: give --source DIR")
        }
        let parts = try ["train", "validation"].compactMap { part in
            let set = try ToolError.about(nil) {
                try RecordSet(folder: source, patterns: ["\(part)-*"])
            }
            diagnostics.tell((set.faults + set.doubts).map { .warning("\(source): \($0)") })
            return set.files.isEmpty ? nil : (part: part, paths: set.files)
        }
        guard !parts.isEmpty else {
            throw ToolError(.file, file: source, "no files match 'train-*' or 'validation-*'")
        }
        var extraction = RecordExtraction(folder: folder, source: source)
        extraction.keys = RecordOptions.keys(options)
        if let path = options[MakeRecordsOptions.labelFile] {
            let names = try ToolError.about(nil) { try ClassNames(path: path).names }
            let offset = options[MakeRecordsOptions.labelOffset] ?? 0
            extraction.classNames = Dictionary(
                uniqueKeysWithValues: names.enumerated().map { ($0 + offset, $1) }
            )
        }
        var progress = Progress(
            total: nil,
            unit: "pictures",
            isEnabled: options[RunOptions.progress]
        )
        let outcome = try ToolError.about(nil) {
            try extraction.run(parts) { progress.update($0) }
        }
        var results = Results(schema: "reassemble.make-records.extract", version: 1)
        results.append("pictures", .integer(outcome.count))
        results.append("classes", .integer(outcome.classes))
        results.append("label_offset", .integer(outcome.labelOffset))
        try StandardOutput.write(
            options[RunOptions.json]
                ? results.json.indentedText
                : "wrote \(grouped(outcome.count)) pictures of \(outcome.classes) classes to "
                    + "\(folder); the first label is \(outcome.labelOffset)\n"
        )
        return .done
    }
}
