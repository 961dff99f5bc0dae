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
    private var starts: [ByteName: Int] = [:]
    /// How many rows are those of no record.
    public private(set) var unusedRowCount = 0

    /// Finds the row of every record first.
    ///
    /// - Parameters:
    ///   - table: The logits.
    ///   - all: All record files, in order.
    ///   - shards: Those of them that are to be written.
    ///   - batch: The most records of one step.
    ///   - keys: Where records keep picture and label.
    /// - Throws: ``DataError/rows(_:more:)`` with all that is missing, doubled or misshapen; `CheckpointError`,
    ///   ``CorruptPicture``.
    public init(
        _ table: LogitTable,
        all: [Shard],
        shards: [Shard],
        batch: Int,
        keys: ExampleKeys = ExampleKeys()
    ) throws {
        self.table = table
        self.batch = batch
        var faults = table.faults
        if table.hasNames {
            // A row is one picture's, so that of a name which several records have is nobody's.
            var takers = [(file: Int, record: Int)](repeating: (-1, 0), count: table.count)
            let written = Set(shards.map { ByteName($0.input) })
            for (file, shard) in all.enumerated() {
                let isWritten = written.contains(ByteName(shard.input))
                try Self.forEachRecord(of: [shard], keys) { record in
                    guard let name = record.name else {
                        guard isWritten else { return }
                        return faults.add(
                            "\(record.origin): missing: without \(ExampleKey.filename) no row can be found"
                        )
                    }
                    guard let row = table.index(of: name) else {
                        guard isWritten else { return }
                        return faults.add(
                            "\(record.origin): missing: there is no row of \(name)"
                        )
                    }
                    let taker = takers[row]
                    guard taker.file < 0 else {
                        return faults.add(
                            "\(record.origin): doubled: the row of \(name) is that of "
                                + "\(all[taker.file].input): record \(taker.record)"
                        )
                    }
                    takers[row] = (file, record.origin.record ?? 0)
                }
            }
            unusedRowCount = takers.count { $0.file < 0 }
        } else {
            var count = 0
            for shard in all {
                starts[ByteName(shard.name)] = count
                try Self.forEachRecord(of: [shard], keys) { _ in count += 1 }
            }
            if table.count != count {
                faults.add("\(table.count) rows cannot be those of \(count) records")
            }
        }
        try faults.check()
    }

    private static func forEachRecord(
        of shards: [Shard],
        _ keys: ExampleKeys,
        _ body: (SourceRecord) throws -> Void
    ) throws {
        var reader = ShardReader(shards, keys)
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
                : starts[ByteName(record.origin.file).lastComponent].map {
                    $0 + (record.origin.record ?? 0)
                }
            guard let index, index < table.count else {
                throw CorruptPicture(origin: record.origin, reason: "there is no row of it")
            }
            return try table.row(index)
        }
    }
}
