internal import Proto

/// What matters of a labelled picture's Example, and where it lies.
struct PictureExample {
    /// The place of the picture file's bytes.
    private(set) var encoded: Range<Int>?
    /// The class.
    private(set) var label: Int64?
    /// What the picture's own file was called.
    private(set) var name: String?
    /// Where a teacher's logits lie, if the record has any.
    private(set) var teacher = TeacherLogits()

    /// Looks for the parts in a serialized Example.
    init(_ bytes: RawSpan) throws(ProtoError) {
        try ExampleScanner.forEachEntry(bytes) { key, range throws(ProtoError) in
            switch key {
            case ExampleKey.encoded:
                encoded = try ExampleScanner.bytesRanges(bytes, range).first
            case ExampleKey.label:
                if case .integers(let values) = try ExampleScanner.feature(bytes, range) {
                    label = values.first
                }
            case ExampleKey.filename:
                name = try ExampleScanner.bytesRanges(bytes, range).first.map { range in
                    unsafe bytes.extracting(range).withUnsafeBytes {
                        unsafe String(decoding: $0, as: UTF8.self)
                    }
                }
            default: teacher.take(key, range)
            }
        }
    }
}
