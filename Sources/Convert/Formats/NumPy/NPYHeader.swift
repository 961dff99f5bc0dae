/// The start of a `.npy` file.
///
///     byte 0   \x93 N U M P Y
///          6   major, minor
///          8   length of the dictionary: 2 bytes (version 1), 4 bytes (versions 2 and 3), little-endian
///     10 / 12  {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }   blanks, line feed
///              the elements
///
/// - SeeAlso: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.
public struct NPYHeader: Equatable, Sendable {
    /// The type of the elements.
    public let type: NumPyType

    /// The axes, the slowest first.
    public let shape: [Int]

    /// Where the elements begin; a multiple of 64 in files of ours.
    public let byteCount: Int

    /// Whether the elements are big-endian.
    let isByteSwapped: Bool

    /// The product of the axes.
    public let elementCount: Int

    /// The bytes of the whole file.
    public var fileByteCount: Int { byteCount + elementCount * type.byteCount }

    /// The most bytes that a dictionary may have.
    package static let limit = 65_536

    /// Bytes that are enough to know how long the header is.
    static let prefixByteCount = 12

    static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]

    /// The bytes of the header that begins with `prefix`, the dictionary included.
    ///
    /// - Throws: ``FormatError`` if this is no `.npy` file, or its header is over the limit.
    static func byteCount(_ prefix: Span<UInt8>) throws(FormatError) -> Int {
        for (index, byte) in magic.enumerated() {
            guard index < prefix.count, prefix[index] == byte else { throw .notAnArray }
        }
        guard prefix.count >= 8 else { throw .truncatedHeader(needed: 10, found: prefix.count) }
        let (major, minor) = (prefix[6], prefix[7])
        guard (1...3).contains(major), minor == 0 else {
            throw .unknownVersion(major: major, minor: minor)
        }
        let start = major == 1 ? 10 : 12
        guard prefix.count >= start else {
            throw .truncatedHeader(needed: start, found: prefix.count)
        }
        var count = 0
        for index in (8..<start).reversed() { count = count << 8 | Int(prefix[index]) }
        guard count <= limit else { throw .longHeader(count: count, limit: limit) }
        return start + count
    }

    /// What the header at the start of `bytes` says, of whatever type the elements are.
    ///
    /// - Throws: ``FormatError`` if the header is cut off or malformed.
    static func fields(_ bytes: Span<UInt8>) throws(FormatError) -> NPYDictionary.Fields {
        let count = try byteCount(bytes)
        guard count <= bytes.count else {
            throw .truncatedHeader(needed: count, found: bytes.count)
        }
        var dictionary = NPYDictionary(bytes, from: bytes[6] == 1 ? 10 : 12, to: count)
        return try dictionary.read(bytes)
    }

    /// Reads the header at the start of `bytes`; what follows it is not looked at.
    ///
    /// - Throws: ``FormatError`` if the header is cut off, malformed, or tells of an array that is not read.
    public init(_ bytes: Span<UInt8>) throws(FormatError) {
        byteCount = try Self.byteCount(bytes)
        let fields = try Self.fields(bytes)
        let text = fields.descriptor
        let order = text.first.map { String($0) } ?? ""
        guard let type = NumPyType.allCases.first(where: { $0.code == text.dropFirst() }),
            ["<", ">", "="].contains(order) || (order == "|" && type.byteCount == 1)
        else { throw .unsupportedType("'\(text)'") }
        guard !fields.isColumnOrder || fields.shape.count < 2 else { throw .columnOrder }
        self.type = type
        shape = fields.shape
        isByteSwapped = order == ">" && type.byteCount > 1

        var elements = 1
        for size in shape {
            let (product, overflow) = elements.multipliedReportingOverflow(by: size)
            guard !overflow else { throw .tooLarge(shape: shape) }
            elements = product
        }
        let (size, overflow) = elements.multipliedReportingOverflow(by: type.byteCount)
        guard !overflow, size <= Int.max - byteCount else { throw .tooLarge(shape: shape) }
        elementCount = elements
    }

    /// The bytes of a header of version 1.0, whose length is a multiple of 64.
    ///
    /// It has room for any first axis, so that the same number of bytes can replace it later.
    static func bytes(type: NumPyType, shape: [Int]) -> [UInt8] {
        bytes(descriptor: type.descriptor, shape: shape)
    }

    /// The same for elements that the header describes so.
    package static func bytes(descriptor: String, shape: [Int]) -> [UInt8] {
        let widest = dictionary(descriptor, [Int.max] + shape.dropFirst()).utf8.count
        let total = (10 + widest + 1 + 63) / 64 * 64
        let text = dictionary(descriptor, shape)
        var bytes = magic + [1, 0, UInt8((total - 10) & 255), UInt8((total - 10) >> 8)]
        bytes += text.utf8
        bytes += Array(repeating: UInt8(ascii: " "), count: total - 1 - bytes.count)
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private static func dictionary(_ descriptor: String, _ shape: [Int]) -> String {
        "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': \(tuple(shape)), }"
    }
}
