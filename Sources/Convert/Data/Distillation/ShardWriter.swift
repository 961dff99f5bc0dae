internal import Base
internal import Checkpoint
internal import Proto

/// What is known of a shard that has been written.
public struct ShardSummary: Sendable, Equatable {
    /// The file's name.
    public var name: String
    /// Bytes of the file that was read.
    public var inputByteCount: Int
    /// Bytes of the file that was written.
    public var byteCount: Int
    /// Records in it.
    public var records: Int
    /// Records with a label.
    public var labelled: Int
    /// Records whose label is the teacher's first choice.
    public var agreeing: Int

    /// What is known of a shard.
    public init(
        name: String,
        inputByteCount: Int,
        byteCount: Int,
        records: Int = 0,
        labelled: Int = 0,
        agreeing: Int = 0
    ) {
        self.name = name
        self.inputByteCount = inputByteCount
        self.byteCount = byteCount
        self.records = records
        self.labelled = labelled
        self.agreeing = agreeing
    }
}

/// Writes shards with logits in their records, one after the other; each has its name when it is whole.
final class ShardWriter: @unchecked Sendable {  // only ever used in the order of one queue
    private let form: LogitForm
    private let completed: (ShardSummary) throws -> Void
    private var shard: Shard?
    private var writer: RecordWriter?
    private var summary = ShardSummary(name: "", inputByteCount: 0, byteCount: 0)

    init(_ form: LogitForm, completed: @escaping (ShardSummary) throws -> Void) {
        self.form = form
        self.completed = completed
    }

    /// Takes steps, and the logits of the records among them, `[record, class]`.
    ///
    /// - Throws: ``CorruptPicture``, `CheckpointError`, and what `completed` throws.
    func write(_ steps: [ShardReader.Step], _ logits: [Float], classes: Int) throws {
        var rows = stride(from: 0, to: logits.count, by: classes).makeIterator()
        for step in steps {
            switch step {
            case .begin(let shard, let compression):
                self.shard = shard
                writer = try RecordWriter(path: shard.output, compression: compression)
                summary = ShardSummary(
                    name: shard.name,
                    inputByteCount: try MappedFile(path: shard.input).count,
                    byteCount: 0
                )
            case .record(let record):
                guard let start = rows.next() else { preconditionFailure("too few logits") }
                try write(record, Array(logits[start..<(start + classes)]))
            case .end:
                guard let shard, let writer else { preconditionFailure("no shard has begun") }
                try writer.finish()
                self.writer = nil
                summary.byteCount = try MappedFile(path: shard.output).count
                try completed(summary)
            }
        }
    }

    private func write(_ record: SourceRecord, _ logits: [Float]) throws {
        try record.bytes.withBytes { bytes in
            if record.hasLogits {
                let example = try rewritten(bytes, record, logits)
                try writer?.write(unsafe example.span.bytes)
            } else {
                // All that was there stays as it is, so nothing of it is taken apart.
                try writer?.write(bytes, features(record, logits))
            }
        }
        summary.records += 1
        guard let label = record.label else { return }
        guard label < logits.count else {
            throw CorruptPicture(
                origin: record.origin,
                reason: "label \(label) is outside the \(logits.count) classes of the logits "
                    + "(0...\(logits.count - 1)); --offset shifts them"
            )
        }
        summary.labelled += 1
        if Self.firstChoice(logits) == label { summary.agreeing += 1 }
    }

    /// The bytes that go behind a record without logits.
    private func features(
        _ record: SourceRecord,
        _ logits: [Float]
    ) throws(CorruptPicture) -> [UInt8] {
        do {
            return Example.serialized(try form.features(logits))
        } catch {
            throw CorruptPicture(origin: record.origin, reason: "\(error)")
        }
    }

    /// A record with other logits in place of those that it has.
    private func rewritten(
        _ bytes: RawSpan,
        _ record: SourceRecord,
        _ logits: [Float]
    ) throws(CorruptPicture) -> [UInt8] {
        do {
            var example = try Example(bytes)
            try form.store(logits, in: &example)
            return example.serialized
        } catch {
            throw CorruptPicture(origin: record.origin, reason: "\(error)")
        }
    }

    /// The class with the largest logit; of equal ones the smallest.
    private static func firstChoice(_ logits: [Float]) -> Int {
        var best = 0
        for index in logits.indices where logits[index] > logits[best] { best = index }
        return best
    }
}
