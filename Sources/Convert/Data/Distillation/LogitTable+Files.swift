internal import Base
internal import Checkpoint
internal import Formats
internal import Proto

extension LogitTable {
    /// Reads an array `[record, class]`, a row for each record in the order of the files and their records.
    ///
    /// - Parameters:
    ///   - path: A `.npy` file of float32 or float64.
    ///   - classes: Logits in a row; nil for as many as the array has.
    /// - Throws: ``DataError``, ``FormatError``.
    public convenience init(npy path: String, classes: Int?) throws {
        var reader = try NPYReader(path: path)
        let shape = reader.header.shape
        guard shape.count == 2, shape[1] > 0 else {
            throw DataError.rows(
                ["\(path): expected [records, classes], found \(shape)"],
                more: 0
            )
        }
        try self.init(classes: classes ?? shape[1], hasNames: false)
        for row in 0..<shape[0] {
            try add(nil, Self.numbers(shape[1], &reader), at: "\(path): row \(row)")
        }
    }

    private static func numbers(
        _ count: Int,
        _ reader: inout NPYReader
    ) throws(FormatError) -> [Float] {
        switch reader.header.type {
        case .float64: try reader.elements(count, as: Double.self).map { Float($0) }
        default: try reader.elements(count, as: Float.self)
        }
    }

    /// Reads record files that carry logits; rows are found by `image/filename`.
    ///
    /// - Parameters:
    ///   - files: The paths.
    ///   - classes: Logits in a row; nil for as many as the first record has.
    ///   - keys: Where records keep picture and label.
    /// - Throws: ``DataError``, `CheckpointError`, ``CorruptPicture``.
    public convenience init(
        records files: [String],
        classes: Int?,
        keys: ExampleKeys = ExampleKeys()
    ) throws {
        var width = classes
        for path in files where width == nil {
            guard let record = try RecordReader(path: path).next() else { continue }
            let bytes = unsafe record.bytes.buffer.bytes
            width = try? PictureExample(bytes, keys).teacher.count(in: bytes)
            break
        }
        guard let width else { throw DataError.noRows(path: files.first ?? "") }
        try self.init(classes: width, hasNames: true)
        for path in files {
            let reader = try RecordReader(path: path)
            while let record = try reader.next() {
                let source = try ShardReader.source(record, in: path, keys)
                try source.bytes.withBytes { bytes throws(DataError) in
                    guard let name = source.name else {
                        return addFault("\(source.origin): there is no \(ExampleKey.filename)")
                    }
                    do throws(DataError) {
                        let logits = try TeacherLogits.read(bytes, classes: width)
                        try add(name, logits, at: "\(source.origin)")
                    } catch {
                        if case .temporaryFile = error { throw error }
                        addFault("\(source.origin): misshapen: \(error)")
                    }
                }
            }
        }
    }
}
