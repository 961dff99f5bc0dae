internal import Checkpoint
internal import Proto

/// A table of logits as the teacher of record files.
public struct StoredLogits: LogitSource {
    /// Logits of one record.
    public var classes: Int { table.classes }
    /// The most records of one step.
    public let batch: Int
    private let table: LogitTable
    /// The row of each file's first record by the file's name, where rows have no names.
    private var starts: [String: Int] = [:]

    /// Finds the row of every record first.
    ///
    /// - Parameters:
    ///   - table: The logits.
    ///   - all: All record files, in order.
    ///   - shards: Those of them that are to be written.
    ///   - batch: The most records of one step.
    /// - Throws: ``DataError/rows(_:more:)`` with all that is missing, doubled or misshapen; `CheckpointError`,
    ///   ``CorruptPicture``.
    public init(
        _ table: LogitTable,
        all: [Shard],
        shards: [Shard],
        batch: Int
    ) throws {
        self.table = table
        self.batch = batch
        var faults = table.faults
        if table.hasNames {
            try Self.forEachRecord(of: shards) { record in
                guard let name = record.name else {
                    return faults.add(
                        "\(record.origin): missing: without \(ExampleKey.filename) no row can be found"
                    )
                }
                if table.index(of: name) == nil {
                    faults.add("\(record.origin): missing: there is no row of \(name)")
                }
            }
        } else {
            var count = 0
            for shard in all {
                starts[shard.name] = count
                try Self.forEachRecord(of: [shard]) { _ in count += 1 }
            }
            if table.count != count {
                faults.add("\(table.count) rows cannot be those of \(count) records")
            }
        }
        try faults.check()
    }

    private static func forEachRecord(
        of shards: [Shard],
        _ body: (SourceRecord) throws -> Void
    ) throws {
        var reader = ShardReader(shards)
        while let step = try reader.next() {
            if case .record(let record) = step { try body(record) }
        }
    }

    /// The rows of records, `[record, class]`.
    ///
    /// - Throws: ``DataError/temporaryFile(_:)``; ``CorruptPicture`` for a record that has appeared meanwhile.
    public func logits(of records: [SourceRecord]) throws -> [Float] {
        try records.flatMap { record in
            let index =
                table.hasNames
                ? record.name.flatMap { table.index(of: $0) }
                : starts[Shard(input: record.origin.file, output: "").name].map {
                    $0 + (record.origin.record ?? 0)
                }
            guard let index, index < table.count else {
                throw CorruptPicture(origin: record.origin, reason: "there is no row of it")
            }
            return try table.row(index)
        }
    }
}
