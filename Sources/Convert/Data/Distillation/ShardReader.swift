internal import Base
internal import Checkpoint

/// Whole records out of shards, one after the other, and where each shard begins and ends.
struct ShardReader {
    enum Step: Sendable {
        /// A shard begins; its file is compressed so.
        case begin(Shard, RecordCompression)
        case record(SourceRecord)
        /// The shard that began last is at its end.
        case end
    }

    private var shards: ArraySlice<Shard>
    private var reader: RecordReader?
    private let keys: ExampleKeys

    init(_ shards: [Shard], _ keys: ExampleKeys) {
        self.shards = shards[...]
        self.keys = keys
    }

    /// The next step; nil when the last shard has ended.
    ///
    /// - Throws: `CheckpointError`, ``CorruptPicture``.
    mutating func next() throws -> Step? {
        guard let reader else {
            guard let shard = shards.popFirst() else { return nil }
            let reader = try RecordReader(path: shard.input)
            self.reader = reader
            return .begin(shard, reader.compression)
        }
        guard let record = try reader.next() else {
            self.reader = nil
            return .end
        }
        return .record(try Self.source(record, in: reader.path, keys))
    }

    /// Looks into a record.
    static func source(
        _ record: Record,
        in file: String,
        _ keys: ExampleKeys
    ) throws(CorruptPicture) -> SourceRecord {
        let origin = LabelledPicture.Origin(file: file, record: record.index, offset: record.offset)
        let buffer = unsafe record.bytes.buffer
        let parts: PictureExample
        do throws(DataError) {
            parts = try unsafe PictureExample(buffer.bytes, keys)
        } catch {
            throw CorruptPicture(origin: origin, reason: "\(error)")
        }
        let owner = record.bytes.owner
        return unsafe SourceRecord(
            bytes: OwnedBytes(buffer, owner: owner),
            picture: OwnedBytes(
                UnsafeRawBufferPointer(rebasing: buffer[parts.encoded]),
                owner: owner
            ),
            label: parts.label.flatMap { $0 < 0 ? nil : $0 },
            name: parts.name,
            origin: origin,
            hasLogits: !parts.teacher.isEmpty
        )
    }
}
