/// A name as the bytes that it is: of a file, a folder, a class, a feature, a row.
///
/// Two texts of Swift are equal, and sorted, as they look: `é` of one scalar is that of two. Files, TensorFlow and Python go
/// by bytes, and so does this.
public struct ByteName: Hashable, Comparable, Sendable, ExpressibleByStringLiteral {
    /// The bytes.
    public let bytes: [UInt8]

    /// A name of these bytes.
    public init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    /// A text as a name.
    public init(_ text: some StringProtocol) { bytes = Array(text.utf8) }

    /// A text as a name.
    public init(stringLiteral value: String) { bytes = Array(value.utf8) }

    /// The name as a text; nil where it is no UTF-8.
    public var text: String? { String(validating: bytes, as: UTF8.self) }

    /// What stands behind the last slash, slashes at the end left aside.
    public var lastComponent: ByteName {
        let slash = UInt8(ascii: "/")
        let end = bytes.lastIndex { $0 != slash }.map { $0 + 1 } ?? 0
        let start = bytes[..<end].lastIndex(of: slash).map { $0 + 1 } ?? 0
        return ByteName(bytes[start..<end])
    }

    /// Whether it has no bytes.
    public var isEmpty: Bool { bytes.isEmpty }

    /// Whether it begins with a dot, as names do that nobody is to see.
    public var isHidden: Bool { bytes.first == UInt8(ascii: ".") }

    /// The order of bytes, which is that of code points.
    public static func < (left: ByteName, right: ByteName) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension ByteName: CustomStringConvertible {
    /// The name as it can be shown: what is no UTF-8, and what would steer a terminal, as `\xE9`.
    public var description: String {
        var shown = ""
        var parser = Unicode.UTF8.ForwardParser()
        var source = bytes.makeIterator()
        var position = 0
        while true {
            let length: Int
            switch parser.parseScalar(from: &source) {
            case .emptyInput: return shown
            case .error(let count): length = count
            case .valid(let encoded):
                let scalar = UTF8.decode(encoded)
                guard Self.steers(scalar) else {
                    shown.unicodeScalars.append(scalar)
                    position += encoded.count
                    continue
                }
                length = encoded.count
            }
            for byte in bytes[position..<(position + length)] {
                let digits = String(byte, radix: 16, uppercase: true)
                shown += "\\x" + (digits.count < 2 ? "0" : "") + digits
            }
            position += length
        }
    }

    private static func steers(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}

extension Sequence<String> {
    /// The texts in the order of their bytes.
    package func sortedByBytes() -> [String] {
        map { ByteName($0) }.sorted().compactMap(\.text)
    }
}
