/// Whatever knows a teacher's logits: networks, or files that were made elsewhere.
public protocol LogitSource {
    /// Logits of one record.
    var classes: Int { get }

    /// The most records that ``logits(of:)`` takes.
    var batch: Int { get }

    /// The logits of records, `[record, class]`.
    ///
    /// - Throws: ``CorruptPicture`` for the first record that has none; `EngineError`, ``DataError``.
    mutating func logits(of records: [SourceRecord]) throws -> [Float]
}

extension LogitSource {
    /// The logits of records with zeros before each row, `[record, offset + class]`.
    package mutating func logits(of records: [SourceRecord], offset: Int) throws -> [Float] {
        guard !records.isEmpty else { return [] }
        let logits = try logits(of: records)
        guard offset > 0 else { return logits }
        let width = classes + offset
        var shifted = [Float](repeating: 0, count: records.count * width)
        for row in records.indices {
            shifted.replaceSubrange(
                (row * width + offset)..<((row + 1) * width),
                with: logits[(row * classes)..<((row + 1) * classes)]
            )
        }
        return shifted
    }
}
