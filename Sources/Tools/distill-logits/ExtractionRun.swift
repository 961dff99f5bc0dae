import Base
import Data
import Engine
import Formats
import Foundation
import Networks
import Pictures
import ToolSupport

/// The published extraction: a teacher's logits of one share of the records, as lines of CSV; or its accuracy alone.
struct ExtractionRun {
    private let options: ParsedOptions
    private let diagnostics: Diagnostics
    private let folder: String

    /// Whether a command line asks for it.
    static func isAsked(_ options: ParsedOptions) -> Bool {
        options[DistillOptions.writesCSV] || options[DistillOptions.onlyScores]
            || DistillOptions.publishedShare.contains { options.isGiven($0) }
    }

    /// Settles what is to be done.
    ///
    /// - Throws: ``ToolError``.
    init(_ options: ParsedOptions, _ diagnostics: Diagnostics) throws {
        self.options = options
        self.diagnostics = diagnostics
        guard let folder = options[DistillOptions.dataDirectory] else {
            throw ToolError(.usage, "no records: give --data-dir")
        }
        self.folder = folder
        let others: [any DeclaredOption] = [
            DistillOptions.csv, DistillOptions.npy, DistillOptions.records, DistillOptions.part,
            DistillOptions.check, DistillOptions.top, DistillOptions.alsoFloat, DistillOptions.type,
            DistillOptions.weights, DistillOptions.average,
        ]
        for option in others where options.isGiven(option) {
            throw ToolError(
                .usage,
                "\(options.spelling(of: option)) does not go with the published extraction, which writes "
                    + "CSV; --from-csv puts that into records"
            )
        }
        guard options[DistillOptions.teacher].count == 1 else {
            throw ToolError(
                .usage,
                "give --teacher, the folder of the module's files (\(Self.module(options))); nothing is "
                    + "downloaded here"
            )
        }
    }

    private static func module(_ options: ParsedOptions) -> String {
        switch options[DistillOptions.netName] {
        case .amoebanet: "imagenet/amoebanet_a_n18_f448/classification/1"
        case .efficientnet: "efficientnet/b7/classification/1"
        }
    }

    /// The name of the file: `train-0.csv`.
    private var path: String? {
        guard let output = options[DistillOptions.outputDirectory] else { return nil }
        let name = options[DistillOptions.isTraining] ? "train" : "validation"
        return "\(output)/\(name)-\(options[DistillOptions.shareNumber]).csv"
    }

    func run() throws -> ExitCode {
        let isScoring = options[DistillOptions.onlyScores]
        guard isScoring || path != nil else {
            throw ToolError(.usage, "no place for the result: give --output-dir")
        }
        ThreadCount.set(options[RunOptions.threads])
        var share = try self.share(isTraining: options[DistillOptions.isTraining] && !isScoring)
        guard !share.files.isEmpty else {
            diagnostics.warning("this part has no file, and nothing is written")
            return .done
        }
        let file = isScoring ? nil : path
        if let file {
            // Said before the work rather than behind it.
            let folder = URL(filePath: file).deletingLastPathComponent()
            try ToolError.about(nil) {
                try FileManager.default.createDirectory(
                    at: folder,
                    withIntermediateDirectories: true
                )
            }
            _ = try ResultFile(file, replacing: options[RunOptions.force])
        }
        var source = try teacher()
        let offset = options[DistillOptions.offset]
        let classes = source.classes + offset
        if let wanted = options[DistillOptions.classCount], wanted != classes {
            throw ToolError(
                .mismatch,
                "--num-classes: \(wanted) were asked for, but the teacher's \(source.classes) classes "
                    + "with --offset \(offset) come to \(classes)"
            )
        }
        diagnostics.note("input: \(share.files.count) record files in \(folder)")
        var sheet = LogitSheet(classes: classes)
        var accuracy = Accuracy()
        var progress = Progress(
            total: nil,
            unit: "pictures",
            isEnabled: options[RunOptions.progress]
        )
        var seen = 0
        while true {
            let records = try ToolError.about(nil) { try share.next(source.batch) }
            guard !records.isEmpty else { break }
            let logits = try ToolError.about(nil) {
                let logits = try source.logits(of: records, offset: offset)
                if file != nil { try sheet.add(records, logits) }
                return logits
            }
            for (index, record) in records.enumerated() {
                let row = logits.span.extracting((index * classes)..<((index + 1) * classes))
                accuracy.add(record.label == Ranking.best(row))
            }
            seen += records.count
            progress.update(seen)
            guard !Interruption.isRequested else {
                progress.clear()
                diagnostics.warning("interrupted; nothing is written")
                return .interrupted
            }
        }
        progress.clear()
        guard seen > 0 else { throw ToolError(.file, file: folder, "there is no record in it") }
        if let file {
            try ToolError.about(file) {
                var output = try OutputFile(file, replacing: options[RunOptions.force])
                for index in 0..<sheet.count {
                    let line = sheet.line(index)
                    try unsafe output.write(line.span.bytes)
                }
                try output.commit()
            }
            if sheet.count < seen {
                diagnostics.warning(
                    "\(seen - sheet.count) pictures have the names of others, whose lines have their logits"
                )
            }
        }
        if let known = options[DistillOptions.dataName].flatMap({ DataSet.named($0) }), isScoring,
            known.validationCount != seen
        {
            diagnostics.warning(
                "\(seen) pictures were seen, but \(known.name) has \(known.validationCount) for validation"
            )
        }
        try deliver(seen, accuracy, file, isScoring)
        return .done
    }

    private func deliver(
        _ count: Int,
        _ accuracy: Accuracy,
        _ file: String?,
        _ isScoring: Bool
    ) throws {
        guard !options[RunOptions.json] else {
            try StandardOutput.write(
                JSONValue.document(
                    schema: "reassemble.logits.csv",
                    version: 1,
                    [
                        .init("file", .text(orNull: file)), .init("images", .integer(count)),
                        .init("agreement", .figure(accuracy.value)),
                    ]
                ).indentedText
            )
            return
        }
        if isScoring {
            try StandardOutput.write("Accuracy:\n\(accuracy.value)\n")
            return
        }
        var table = FigureTable()
        table.append("images", count)
        table.append("agreement", accuracy.value)
        try StandardOutput.write(table.text)
    }

    /// The records of this share.
    private func share(isTraining: Bool) throws -> PublishedShare {
        let pattern =
            options[
                isTraining ? DistillOptions.trainingPattern : DistillOptions.validationPattern
            ]
        let set = try ToolError.about(nil) { try RecordSet(folder: folder, patterns: [pattern]) }
        guard !set.files.isEmpty else {
            throw ToolError(
                .file,
                file: folder,
                "no file matches '\(pattern)'\(NearbyData.hint(in: folder))"
            )
        }
        diagnostics.tell((set.faults + set.doubts).map { .warning("\(folder): \($0)") })
        let (number, count) = (
            options[DistillOptions.shareNumber], options[DistillOptions.shareCount]
        )
        guard !options[DistillOptions.onlyScores] else {
            return PublishedShare(
                of: set.files,
                number: 0,
                count: 1,
                fileCount: .max,
                keys: RecordOptions.keys(options)
            )
        }
        guard number < count else {
            throw ToolError(
                .usage,
                "--no-shard=\(number) is none of --total-num-shard=\(count), which count from 0"
            )
        }
        let fileCount = options[DistillOptions.fileCount] ?? set.files.count
        if fileCount != set.files.count {
            diagnostics.warning(
                "--n-tfrecord=\(fileCount), but \(set.files.count) files match '\(pattern)': by their "
                    + "numbers some shares get none, or some files no share"
            )
        }
        return PublishedShare(
            of: set.files,
            number: number,
            count: count,
            fileCount: fileCount,
            keys: RecordOptions.keys(options)
        )
    }

    /// The network: a module's graph, whose pictures are prepared as its name says, or one of the family.
    private func teacher() throws -> any LogitSource {
        let name = options[DistillOptions.netName]
        let teachers = try Teacher.all(options, usual: name.preprocessing, diagnostics)
        for teacher in teachers {
            try teacher.describe(diagnostics)
            if options.isGiven(DistillOptions.netName), !teacher.isGraph {
                diagnostics.note(
                    "--net-name=\(name.rawValue) is not heeded, as the teacher is a network of the family"
                )
            }
        }
        let batch = options[DistillOptions.batchSize]
        return TeacherNetworks(
            try teachers.map { try $0.member(batch: batch, options) },
            averagesMirrorImage: options[DistillOptions.flipAverage]
        )
    }
}

/// The teachers that the published extraction knows.
enum PublishedTeacher: String, Sendable, CaseIterable {
    case amoebanet, efficientnet

    /// How their pictures are prepared.
    var preprocessing: String {
        switch self {
        case .amoebanet: "inception_331"
        case .efficientnet: "inception_600"
        }
    }
}
