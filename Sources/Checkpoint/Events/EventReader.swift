public import Proto

/// The events of an event file, one after the other.
///
/// A file that ends inside a record is damaged, unless its writer is still at work: a reader that follows takes such an end for
/// the end so far, and finds what was written since when it is asked again.
public final class EventReader {
    /// The path of the file.
    public let path: String
    private let follows: Bool
    private var records: RecordReader

    /// Opens an event file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - follows: Whether the file may still be growing.
    /// - Throws: ``CheckpointError``.
    public init(path: String, follows: Bool = false) throws(CheckpointError) {
        self.path = path
        self.follows = follows
        records = try RecordReader(path: path)
    }

    /// The next event; nil at the end, or where a file that is followed ends so far.
    ///
    /// - Throws: ``CheckpointError``.
    public func next() throws(CheckpointError) -> Event? {
        guard let record = try nextRecord() else { return nil }
        do throws(ProtoError) { return try unsafe Event(record.bytes.buffer.bytes) } catch {
            throw .message(path: path, key: "record \(record.index)", error)
        }
    }

    private func nextRecord() throws(CheckpointError) -> Record? {
        guard follows, records.compression == .none else { return try records.next() }
        if let record = try nextOrPartial() { return record }
        // A new look at the file sees what was written since.
        let place = records.place
        records = try RecordReader(path: path, position: place.position, index: place.index)
        return try nextOrPartial()
    }

    private func nextOrPartial() throws(CheckpointError) -> Record? {
        do throws(CheckpointError) {
            return try records.next()
        } catch {
            guard records.endsInsideRecord else { throw error }
            return nil
        }
    }
}
