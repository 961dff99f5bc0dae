internal import Base

/// Puts a teacher's logits into record files, shard by shard.
///
/// Records are read and logits computed on the calling thread and its helpers; what has them is written meanwhile. Batches
/// run on from one shard into the next.
public struct Distillation {
    /// How far a run is.
    public struct Progress: Sendable {
        /// Records whose logits are there.
        public var records = 0
        /// Bytes of the files that these were read from, up to them.
        public var byteCount = 0
    }

    private let offset: Int
    private let form: LogitForm
    private let keys: ExampleKeys

    /// Records that wait to be written while a file is synced.
    private static let waitingRecords = 512

    /// A run that puts `offset` zeros before the logits, and stores them in a form.
    public init(
        offset: Int = 0,
        form: LogitForm = LogitForm(),
        keys: ExampleKeys = ExampleKeys()
    ) {
        self.keys = keys
        self.offset = offset
        self.form = form
    }

    /// Writes shards; where this ends early, those that were completed stay and the others are absent.
    ///
    /// - Parameters:
    ///   - shards: The files, in order.
    ///   - source: The logits.
    ///   - completed: Is told of each shard that has its name, on another thread.
    ///   - advanced: Is told after each batch; false ends the run.
    /// - Returns: whether all shards are written.
    /// - Throws: ``CorruptPicture``, `CheckpointError`, `EngineError`, and what `completed` throws.
    public func run(
        _ shards: [Shard],
        from source: inout some LogitSource,
        completed: @escaping @Sendable (ShardSummary) throws -> Void,
        advanced: (Progress) -> Bool
    ) throws -> Bool {
        let queue = BackgroundQueue("shards", depth: max(2, Self.waitingRecords / source.batch))
        do {
            let isDone = try run(shards, &source, queue, ShardWriter(form, completed: completed)) {
                advanced($0)
            }
            try queue.finish()
            return isDone
        } catch {
            // Of two errors the one that came first in the order of the records counts.
            try queue.finish()
            throw error
        }
    }

    private func run(
        _ shards: [Shard],
        _ source: inout some LogitSource,
        _ queue: BackgroundQueue,
        _ writer: ShardWriter,
        _ advanced: (Progress) -> Bool
    ) throws -> Bool {
        var reader = ShardReader(shards, keys)
        var progress = Progress()
        let classes = source.classes + offset
        while true {
            var steps: [ShardReader.Step] = []
            var records: [SourceRecord] = []
            while records.count < source.batch, let step = try reader.next() {
                steps.append(step)
                guard case .record(let record) = step else { continue }
                records.append(record)
                progress.byteCount += record.bytes.count
            }
            guard !steps.isEmpty else { return true }
            let logits = try source.logits(of: records, offset: offset)
            try queue.add { [steps] in try writer.write(steps, logits, classes: classes) }
            progress.records += records.count
            guard advanced(progress) else { return false }
        }
    }
}
