import Convert
import ToolSupport

/// How far a run is, told from the bytes that it has read: counting the records first would read them twice.
struct DistillProgress: ~Copyable {
    private var line: Progress
    private let byteCount: Int
    /// Records done so far.
    private(set) var records = 0

    init(_ shards: [Shard], _ options: ParsedOptions) {
        byteCount = shards.reduce(0) { $0 + (OutputFolder.byteCount($1.input) ?? 0) }
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
