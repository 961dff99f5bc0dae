/// A place in the bytes of a picture file, moved on by reading.
///
/// Good as long as the bytes it was made from.
@safe
struct ByteCursor {
    private let bytes: UnsafeRawBufferPointer
    private let count: Int
    private let format: PictureFormat

    /// The next byte to read.
    var offset = 0

    init(_ bytes: UnsafeRawBufferPointer, format: PictureFormat) {
        unsafe self.bytes = bytes
        count = bytes.count
        self.format = format
    }

    /// The byte at a place that was passed before.
    subscript(place: Int) -> UInt8 {
        precondition(place >= 0 && place < self.count, "byte \(place) of \(self.count)")
        return unsafe bytes[place]
    }

    mutating func skip(_ count: Int) throws(PictureError) {
        guard count <= self.count - offset else {
            throw .damaged(format, offset: offset, reason: "the data ends too early")
        }
        offset += count
    }

    mutating func byte() throws(PictureError) -> UInt8 {
        try skip(1)
        return unsafe bytes[offset - 1]
    }

    /// A little-endian 16-bit number.
    mutating func short() throws(PictureError) -> Int {
        let (low, high) = (try byte(), try byte())
        return Int(low) | Int(high) << 8
    }
}
