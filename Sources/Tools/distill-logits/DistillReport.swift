import Checkpoint
import Data
import ToolSupport

/// How far a run is, told from the bytes that it has read: counting the records first would read them twice.
struct DistillProgress: ~Copyable {
    private var line: Progress
    private let byteCount: Int
    /// Records done so far.
    private(set) var records = 0

    init(_ files: [String], _ options: ParsedOptions) {
        byteCount = files.reduce(0) { $0 + (OutputFolder.byteCount($1) ?? 0) }
        line = Progress(total: nil, unit: "pictures", isEnabled: options[RunOptions.progress])
    }

    mutating func update(_ progress: Distillation.Progress) {
        records = progress.records
        let whole = Double(records) * Double(byteCount) / Double(max(progress.byteCount, 1))
        line.update(records, of: max(records, Int(whole)))
    }

    mutating func clear() { line.clear() }
}

/// What a run prints.
struct DistillReport {
    let shards: Int
    let kept: Int
    let records: Int
    let seconds: Double
    let manifest: JSONValue
    let agreement: Double

    func deliver(_ options: ParsedOptions) throws {
        guard !options[RunOptions.json] else {
            try StandardOutput.write(manifest.indentedText)
            return
        }
        var table = FigureTable()
        table.append("files", shards)
        if kept > 0 { table.append("complete_before", kept) }
        table.append("images", records)
        if records > 0, seconds > 0 {
            table.append("images_per_second", Double(records) / seconds, digits: 2)
        }
        if agreement.isFinite { table.append("agreement", agreement) }
        try StandardOutput.write(table.text)
    }
}

/// What a check prints.
struct CheckReport {
    private let check: LogitCheck
    private let seed: Int

    init(_ check: LogitCheck, seed: Int) {
        self.check = check
        self.seed = seed
    }

    func deliver(_ options: ParsedOptions) throws {
        guard !options[RunOptions.json] else {
            try StandardOutput.write(json.indentedText)
            return
        }
        let largest = "largest difference \(Double(check.largestDifference)) of the largest logit"
        guard let difference = check.difference else {
            try StandardOutput.line(
                "\(grouped(check.checkedCount)) records are as the teacher says: \(largest) (seed \(seed))"
            )
            return
        }
        let name = difference.name.map { " (\($0))" } ?? ""
        let which = difference.class.map { "class \($0)" } ?? "each class that is not listed"
        try StandardOutput.line(
            "\(difference.origin)\(name) differs: \(which) has \(difference.stored), the teacher says "
                + "\(difference.computed) (seed \(seed))"
        )
    }

    private var json: JSONValue {
        .document(
            schema: "reassemble.logits.check",
            version: 1,
            [
                .init("checked", .integer(check.checkedCount)),
                .init("largest_difference", .figure(Double(check.largestDifference))),
                .init("seed", .integer(seed)),
                .init(
                    "first_difference",
                    check.difference.map { difference in
                        .object([
                            .init("file", .text(difference.origin.file)),
                            .init("record", .integer(difference.origin.record ?? 0)),
                            .init("name", .text(orNull: difference.name?.description)),
                            .init("class", difference.class.map { .integer($0) } ?? .null),
                            .init("stored", .figure(Double(difference.stored))),
                            .init("computed", .figure(Double(difference.computed))),
                        ])
                    } ?? .null
                ),
            ]
        )
    }
}
