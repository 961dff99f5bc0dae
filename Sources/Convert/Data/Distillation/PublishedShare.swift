/// The pictures of one share of a data set as the published extraction takes them: the files by their numbers, one behind the
/// other, and of twenty files side by side one record in turn.
public struct PublishedShare {
    /// The files.
    public let files: [String]
    private var records: RecordInterleave
    private let parser: PictureRecords

    /// Files that the published reader has open at once.
    private static let width = 20

    /// A share of files `<name>-<number>-…`.
    ///
    /// - Parameters:
    ///   - files: All files, in order.
    ///   - number: Which share, from 0.
    ///   - count: How many shares there are.
    ///   - fileCount: How many files are divided.
    ///   - keys: Where records keep picture and label.
    public init(
        of files: [String],
        number: Int,
        count: Int,
        fileCount: Int,
        keys: ExampleKeys = ExampleKeys()
    ) {
        // As the published code counts, in float64.
        let step = Double(fileCount) / Double(count)
        let (low, high) = (Double(number) * step, Double(number + 1) * step)
        self.files = files.filter { path in
            let name = path.split(separator: "/").last ?? ""
            let parts = name.split(separator: "-")
            guard parts.count > 1, let number = Int(parts[1]) else { return false }
            return low <= Double(number) && Double(number) < high
        }
        records = RecordInterleave(self.files, width: Self.width)
        parser = PictureRecords(files: self.files, keys: keys)
    }

    /// The next pictures, at most `count` of them; none at the end.
    ///
    /// - Throws: ``CorruptPicture``, `CheckpointError`.
    public mutating func next(_ count: Int) throws -> [SourceRecord] {
        var found: [SourceRecord] = []
        while found.count < count, let reference = try records.next() {
            let picture = try reference.load(with: parser)
            found.append(
                SourceRecord(
                    bytes: picture.bytes,
                    picture: picture.bytes,
                    label: picture.label.flatMap { $0 < 0 ? nil : $0 },
                    name: picture.name,
                    origin: picture.origin,
                    hasLogits: false
                )
            )
        }
        return found
    }
}
