internal import Checkpoint

/// A cursor over the bytes of a MATLAB file, in the file's order of bytes.
struct MATBytes {
    let path: String
    let isBigEndian: Bool
    private let bytes: ArraySlice<UInt8>
    /// Where the bytes lie in the file; inside a compressed element, where that element begins.
    private let base: Int
    private let isUnpacked: Bool
    private(set) var position: Int

    init(_ bytes: ArraySlice<UInt8>, path: String, isBigEndian: Bool, unpackedFrom base: Int? = nil)
    {
        self.bytes = bytes
        self.path = path
        self.isBigEndian = isBigEndian
        self.base = base ?? 0
        isUnpacked = base != nil
        position = bytes.startIndex
    }

    var remaining: Int { bytes.endIndex - position }

    func malformed(_ reason: String) -> FormatError {
        .malformedFile(path: path, offset: isUnpacked ? base : position, reason: reason)
    }

    mutating func take(_ count: Int) throws(FormatError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= remaining else {
            throw malformed("\(count) bytes are stated where \(remaining) are left")
        }
        defer { position += count }
        return bytes[position..<(position + count)]
    }

    mutating func word() throws(FormatError) -> UInt32 {
        Self.word(try take(4), isBigEndian)
    }

    static func word(_ bytes: ArraySlice<UInt8>, _ isBigEndian: Bool) -> UInt32 {
        bytes.enumerated().reduce(0) { word, byte in
            word | UInt32(byte.element) << UInt32(8 * (isBigEndian ? 3 - byte.offset : byte.offset))
        }
    }

    /// The next element's type and bytes; its padding is left behind.
    mutating func element() throws(FormatError) -> (type: UInt32, bytes: MATBytes) {
        let first = try word()
        if first >> 16 != 0 {
            let count = Int(first >> 16)
            guard count <= 4 else { throw malformed("a small element of \(count) bytes") }
            let data = try take(4)
            return (first & 0xFFFF, inner(data.prefix(count)))
        }
        let count = Int(try word())
        let data = try take(count)
        // Compressed elements are not padded.
        if first != MATType.compressed, count % 8 != 0 {
            _ = try take(min(8 - count % 8, remaining))
        }
        return (first, inner(data))
    }

    private func inner(_ data: ArraySlice<UInt8>) -> MATBytes {
        MATBytes(data, path: path, isBigEndian: isBigEndian, unpackedFrom: isUnpacked ? base : nil)
    }

    /// The elements in the stream of a compressed one.
    func unpacked(limit most: Int) throws(FormatError) -> MATBytes {
        // No stream of deflate holds more than 1032 times its bytes; the other limit keeps a small file from becoming a
        // large array.
        let limit = min(bytes.count * 1032 + 64, most)
        do {
            let output = try ZlibStream.decompressed(Array(bytes), limit: limit)
            return MATBytes(
                output[...],
                path: path,
                isBigEndian: isBigEndian,
                unpackedFrom: bytes.startIndex
            )
        } catch {
            throw malformed(
                error == .tooLarge
                    ? "a compressed element is too large" : "a compressed element is damaged"
            )
        }
    }

    /// The first bytes of the stream of a compressed element, enough for the name of a variable.
    func unpackedStart() -> MATBytes {
        let stream = Array(bytes.dropFirst(2))
        let start = unsafe DeflatedBytes.start(stream.span.bytes, 4096).bytes
        return MATBytes(
            start[...],
            path: path,
            isBigEndian: isBigEndian,
            unpackedFrom: bytes.startIndex
        )
    }

    /// The values of an element of numbers.
    func numbers(_ type: UInt32) throws(FormatError) -> [Double] {
        guard let size = MATType.size(of: type) else {
            throw malformed("an element of type \(type) where numbers were expected")
        }
        guard remaining.isMultiple(of: size) else {
            throw malformed("\(remaining) bytes of values of \(size) bytes")
        }
        return stride(from: bytes.startIndex, to: bytes.endIndex, by: size).map { start in
            var word: UInt64 = 0
            for offset in 0..<size {
                let place = isBigEndian ? size - 1 - offset : offset
                word |= UInt64(bytes[start + offset]) << UInt64(8 * place)
            }
            return MATType.value(word, of: type)
        }
    }
}

/// The types of elements, by their numbers in a file.
enum MATType {
    static let matrix: UInt32 = 14
    static let compressed: UInt32 = 15

    /// The bytes of one value; nil if the type has none.
    static func size(of type: UInt32) -> Int? {
        switch type {
        case 1, 2, 16: 1
        case 3, 4, 17: 2
        case 5, 6, 7, 18: 4
        case 9, 12, 13: 8
        default: nil
        }
    }

    static func value(_ word: UInt64, of type: UInt32) -> Double {
        switch type {
        case 1: Double(Int8(truncatingIfNeeded: word))
        case 3: Double(Int16(truncatingIfNeeded: word))
        case 5: Double(Int32(truncatingIfNeeded: word))
        case 7: Double(Float(bitPattern: UInt32(truncatingIfNeeded: word)))
        case 9: Double(bitPattern: word)
        case 12: Double(Int64(truncatingIfNeeded: word))
        default: Double(word)
        }
    }
}
