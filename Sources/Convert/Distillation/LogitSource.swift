/// Whatever knows a teacher's logits: networks, or files that were made elsewhere.
public protocol LogitSource {
    /// Logits of one record.
    var classes: Int { get }

    /// The most records that ``logits(of:)`` takes.
    var batch: Int { get }

    /// The logits of records that follow each other in the data set, `[record, class]`.
    ///
    /// - Throws: ``CorruptPicture`` for the first record that has none; `EngineError`.
    mutating func logits(of records: [SourceRecord]) throws -> [Float]
}
