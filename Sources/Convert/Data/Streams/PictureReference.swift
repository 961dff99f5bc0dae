package import Checkpoint

/// A picture of a data set that is read when its turn has come.
package enum PictureReference {
    /// A record of a plain file.
    case record(RecordReader, RecordPlace)
    /// A record of a compressed file, which had to be read to find the next one.
    case stored(Record, file: String)
    /// A file.
    case file(path: String, label: Int)
    /// Something that cannot be read, in a picture's place.
    case corrupt(CorruptPicture)

    /// Reads the picture.
    ///
    /// - Throws: ``CorruptPicture``; `CheckpointError` where more than one picture is concerned.
    package func load(with parser: PictureRecords) throws -> LabelledPicture {
        switch self {
        case .corrupt(let corrupt): throw corrupt
        case .file(let path, let label): return try PictureFiles.picture(path, label: label)
        case .stored(let record, let file): return try parser.picture(record, in: file)
        case .record(let reader, let place):
            let record: Record?
            do throws(CheckpointError) {
                record = try reader.record(at: place)
            } catch {
                if let corrupt = CorruptPicture(error) { throw corrupt }
                throw error
            }
            guard let record else {
                throw CorruptPicture(origin: .init(file: reader.path), reason: "a record is gone")
            }
            return try parser.picture(record, in: reader.path)
        }
    }
}
