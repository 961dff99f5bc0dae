import Base
import Data
import Pictures
import Synchronization
import ToolSupport

/// Pictures into corrupted pictures.
struct CorruptionsRun {
    private let options: ParsedOptions
    private let diagnostics: Diagnostics

    init(_ options: ParsedOptions, _ diagnostics: Diagnostics) {
        self.options = options
        self.diagnostics = diagnostics
    }

    func run() throws -> ExitCode {
        guard options[CorruptionsOptions.corruptions] else {
            throw ToolError(.usage, "--corruptions=False: leave it out to make records")
        }
        guard let source = options[CorruptionsOptions.source] else {
            throw ToolError(.usage, "no pictures: give --source DIR")
        }
        guard let target = options[CorruptionsOptions.outputDirectory] else {
            throw ToolError(.usage, "no target: give --output-dir DIR")
        }
        var settings = try CorruptionOptions.settings(
            options,
            resize: options[CorruptionsOptions.resize],
            crop: options[CorruptionsOptions.crop]
        )
        let frostFolder = CorruptionsOptions.frostDirectory
        if options[CorruptionOptions.frost] == .procedural, options.isGiven(frostFolder) {
            throw ToolError(
                .usage,
                "--frost procedural takes no \(options.spelling(of: frostFolder))"
            )
        }
        let pictures = try ToolError.about(nil) { try CorruptionSource(folder: source) }
        if settings.corruptions.contains(.frost) {
            settings.frost = try CorruptionOptions.frost(
                options,
                folder: frostFolder,
                side: settings.framing.crop
            )
        }
        tellSource(pictures)
        CorruptionOptions.tellAssumptions(
            settings,
            hasJPEG: settings.corruptions.contains(.jpegCompression) || !pictures.isAllPNG,
            options,
            diagnostics
        )
        if !options[CorruptionsOptions.records],
            let other = [
                CorruptionsOptions.shards, CorruptionsOptions.labelOffset,
            ]
            .first(where: { options.isGiven($0) })
        {
            throw ToolError(.usage, "\(options.spelling(of: other)) belongs to --records")
        }
        var builder = CorruptionBuilder(folder: target, settings: settings)
        builder.skips = options[CorruptionsOptions.skipCorrupt]
        builder.isStopped = { Ranks.isInterrupted }
        builder.ranks = Ranks.current
        let progress = Mutex(
            Progress(
                total: builder.fileCount(of: pictures),
                unit: "files",
                isEnabled: options[RunOptions.progress]
            )
        )
        Interruption.install()
        let outcome = try ToolError.about(nil) {
            guard options[CorruptionsOptions.records] else {
                return try builder.build(pictures) { done in progress.withLock { $0.update(done) } }
            }
            return try recordBuilder(target, settings).build(pictures) { done in
                progress.withLock { $0.update(done) }
            }
        }
        if outcome.isStopped {
            throw ToolError(
                .interrupted,
                "interrupted; \(grouped(outcome.written + outcome.kept)) files of "
                    + "\(grouped(builder.fileCount(of: pictures))) are there, and the same command "
                    + "goes on"
            )
        }
        for line in outcome.leftOut { diagnostics.warning("left out: \(line)") }
        try report(outcome, pictures, settings, target)
        return .done
    }

    private func recordBuilder(
        _ target: String,
        _ settings: CorruptionSettings
    ) -> CorruptedRecordBuilder {
        var builder = CorruptedRecordBuilder(folder: target, settings: settings)
        builder.shards =
            options.isGiven(CorruptionsOptions.shards) ? options[CorruptionsOptions.shards] : nil
        builder.labelOffset = options[CorruptionsOptions.labelOffset]
        builder.skips = options[CorruptionsOptions.skipCorrupt]
        builder.isStopped = { Ranks.isInterrupted }
        builder.ranks = Ranks.current
        return builder
    }

    /// What of the folder is not taken as it lies there.
    private func tellSource(_ source: CorruptionSource) {
        if source.loose > 0 {
            diagnostics.warning(
                "\(source.folder): \(grouped(source.loose)) pictures lie beside the class folders "
                    + "and are not taken"
            )
        }
        if source.nested > 0 {
            diagnostics.warning(
                "\(source.folder): \(grouped(source.nested)) pictures lie in folders inside class "
                    + "folders; their files come into the class's folder"
            )
        }
        if source.others > 0 {
            diagnostics.note(
                "\(source.folder): \(grouped(source.others)) files are no pictures by their names "
                    + "and are passed over"
            )
        }
    }

    private func report(
        _ outcome: CorruptionBuilder.Outcome,
        _ source: CorruptionSource,
        _ settings: CorruptionSettings,
        _ target: String
    ) throws {
        var results = Results(schema: "reassemble.make-records.corruptions", version: 1)
        results.append("written", .integer(outcome.written))
        results.append("kept", .integer(outcome.kept))
        results.append("left_out", .integer(outcome.leftOut.count))
        results.append("pictures", .integer(source.pictures.count))
        results.append("classes", .integer(source.classes))
        results.append("corruptions", .integer(settings.corruptions.count))
        results.append("severities", .integer(settings.severities.count))
        results.append("resize", .integer(settings.framing.resize))
        results.append("crop", .integer(settings.framing.crop))
        results.append("seed", .integer(Int(settings.seed)))
        results.append("reseeds_per_picture", .bool(settings.isReseeding))
        results.append("lossless", .bool(settings.isLossless))
        results.append("jpeg", .text(settings.jpeg.rawValue))
        if options[CorruptionsOptions.records] {
            results.append("label_offset", .integer(options[CorruptionsOptions.labelOffset]))
        }
        results.append("frost", .text(orNull: settings.frost.map(Self.word)))
        let kept = outcome.kept > 0 ? "; \(grouped(outcome.kept)) were there" : ""
        try StandardOutput.write(
            options[RunOptions.json]
                ? results.json.indentedText
                : "wrote \(grouped(outcome.written)) \(options[CorruptionsOptions.records] ? "records" : "files") of \(settings.corruptions.count) "
                    + "corruptions at \(settings.severities.count) severities to \(target)\(kept)\n"
        )
    }

    private static func word(_ frost: FrostSource) -> String {
        if frost.isProcedural { return "procedural" }
        return frost.strangers.isEmpty ? "published" : "other"
    }
}
