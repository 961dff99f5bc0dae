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
        var settings = try self.settings()
        let pictures = try ToolError.about(nil) { try CorruptionSource(folder: source) }
        if settings.corruptions.contains(.frost) { settings.frost = try frost(for: settings) }
        tellSource(pictures)
        tellAssumptions(settings, pictures)
        var builder = CorruptionBuilder(folder: target, settings: settings)
        builder.skips = options[CorruptionsOptions.skipCorrupt]
        builder.isStopped = { Interruption.isRequested }
        let progress = Mutex(
            Progress(
                total: builder.fileCount(of: pictures),
                unit: "files",
                isEnabled: options[RunOptions.progress]
            )
        )
        Interruption.install()
        let outcome = try ToolError.about(nil) {
            try builder.build(pictures) { done in progress.withLock { $0.update(done) } }
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

    private func settings() throws -> CorruptionSettings {
        var settings = CorruptionSettings()
        let (only, severities) = (
            Set(options[CorruptionsOptions.only]), Set(options[CorruptionsOptions.severities])
        )
        settings.corruptions = Corruption.allCases.filter { only.contains($0) }
        settings.severities = severities.sorted()
        guard !only.isEmpty else { throw ToolError(.usage, "--only names no corruption") }
        guard !severities.isEmpty else { throw ToolError(.usage, "--severities names none") }
        let (resize, crop) = (options[CorruptionsOptions.resize], options[CorruptionsOptions.crop])
        guard crop <= resize else {
            throw ToolError(
                .usage,
                "a square of \(crop) pixels cannot be cut out of pictures whose shorter side has "
                    + "\(resize): give a larger --resize or a smaller --crop"
            )
        }
        settings.framing = PillowFraming(resize: resize, crop: crop)
        settings.seed = UInt32(options[CorruptionsOptions.seed])
        settings.isReseeding = options[CorruptionsOptions.reseeds]
        settings.isLossless = options[CorruptionsOptions.lossless]
        settings.jpeg = options[CorruptionsOptions.jpeg]
        if isFrostProcedural, options.isGiven(CorruptionsOptions.frostDirectory) {
            throw ToolError(
                .usage,
                "--frost procedural takes no "
                    + options.spelling(of: CorruptionsOptions.frostDirectory)
            )
        }
        return settings
    }

    private var isFrostProcedural: Bool { options[CorruptionsOptions.frost] == .procedural }

    private func frost(for settings: CorruptionSettings) throws -> FrostSource {
        if isFrostProcedural { return FrostSource(proceduralFor: settings.framing.crop) }
        do {
            return try FrostSource(folder: options[CorruptionsOptions.frostDirectory])
        } catch {
            let way =
                "\ngive --frost-dir DIR, or --frost procedural, or name the other corruptions by "
                + "--only"
            let isGiven = options.isGiven(CorruptionsOptions.frostDirectory)
            throw ToolError(.file, "\(error)" + (isGiven ? "" : way))
        }
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

    /// What is assumed, or is not as published.
    private func tellAssumptions(_ settings: CorruptionSettings, _ source: CorruptionSource) {
        let hasJPEG = settings.corruptions.contains(.jpegCompression) || !source.isAllPNG
        if hasJPEG, !options.isGiven(CorruptionsOptions.jpeg) {
            diagnostics.warning(
                "JPEGs are taken for libjpeg-turbo's, which changes figures a little; --jpeg ijg9 "
                    + "takes them as Pillow's wheels of 2019 and 2020 did"
            )
        }
        if let frost = settings.frost, frost.isProcedural {
            diagnostics.warning(
                "the frost is made by arithmetic: its figures, and all means with it, are no "
                    + "published ones; --frost-dir takes the photographs"
            )
        } else if let frost = settings.frost, !frost.strangers.isEmpty {
            diagnostics.warning(
                "\(frost.strangers.joined(separator: ", ")): not the published photographs, so "
                    + "that figures of frost, and all means with it, are no published ones"
            )
        }
        if settings.corruptions.contains(.fog), settings.framing.crop > 256 {
            diagnostics.warning(
                "the published fog ends at 256 pixels; for \(settings.framing.crop) it is enlarged"
            )
        }
        if !settings.isReseeding, settings.corruptions.contains(where: \.isRandom) {
            diagnostics.note(
                "random numbers are those of --seed \(settings.seed) and each picture's name; the "
                    + "published set's cannot be made again"
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
        results.append("frost", .text(orNull: settings.frost.map(Self.word)))
        let kept = outcome.kept > 0 ? "; \(grouped(outcome.kept)) were there" : ""
        try StandardOutput.write(
            options[RunOptions.json]
                ? results.json.indentedText
                : "wrote \(grouped(outcome.written)) files of \(settings.corruptions.count) "
                    + "corruptions at \(settings.severities.count) severities to \(target)\(kept)\n"
        )
    }

    private static func word(_ frost: FrostSource) -> String {
        if frost.isProcedural { return "procedural" }
        return frost.strangers.isEmpty ? "published" : "other"
    }
}
