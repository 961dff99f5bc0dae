public import Checkpoint
internal import Proto

/// The values of a tensor as text, as NumPy prints them.
public enum TensorText {
    /// Writes a part of a tensor.
    ///
    /// - Parameters:
    ///   - bytes: The whole tensor's elements, little-endian, in row-major order.
    ///   - tensor: Their type.
    ///   - selection: The part.
    ///   - isFull: Whether all elements are shown, however many there are.
    /// - Returns: The text, without a line break at the end.
    public static func text(
        _ bytes: RawSpan,
        _ tensor: TensorEntry,
        _ selection: TensorSelection,
        isFull: Bool
    ) -> String {
        let indices = selection.indices
        let layout = ArrayLayout(shape: selection.shape, threshold: isFull ? .max : 1000) { shown in
            texts(bytes, tensor.dataType, shown.map { indices[$0] }, rank: selection.shape.count)
        }
        return layout.text
    }

    /// Writes a part of a tensor of strings: `b'…'`, as Python writes bytes.
    public static func text(
        _ strings: [[UInt8]],
        _ selection: TensorSelection,
        isFull: Bool
    ) -> String {
        let indices = selection.indices
        let layout = ArrayLayout(shape: selection.shape, threshold: isFull ? .max : 1000) { shown in
            shown.map { quoted(strings[indices[$0]]) }
        }
        return layout.text
    }

    private static func texts(
        _ bytes: RawSpan,
        _ type: DataType,
        _ indices: [Int],
        rank: Int
    ) -> [String] {
        switch type {
        case .bool:
            let words = indices.map { bytes.byteOffsetLoad($0) == 0 ? "False" : "True" }
            // In an array each has the width of the longer word, needed or not.
            return rank == 0 ? words : words.map { $0.count < 5 ? " " + $0 : $0 }
        case .complex64, .complex128:
            let isWide = type == .complex128
            guard let part = NumberFormat(isWide ? .float64 : .float32) else { return [] }
            let write = shortest(part)
            let real = NumberTexts.reals(
                indices.map { part.number(bytes, at: 2 * $0) },
                shortest: write
            )
            let imaginary = NumberTexts.reals(
                indices.map { part.number(bytes, at: 2 * $0 + 1) },
                showsPlus: true,
                shortest: write
            )
            return zip(real, imaginary).map { real, imaginary in
                let digits = imaginary.prefix { $0 != " " }
                return real + digits + "j" + imaginary.dropFirst(digits.count)
            }
        default:
            guard let format = NumberFormat(type) else { return indices.map { _ in "?" } }
            guard format.isFloatingPoint else {
                return NumberTexts.integers(indices.map { format.integer(bytes, at: $0) })
            }
            let numbers = indices.map { format.number(bytes, at: $0) }
            let write = shortest(format)
            if rank == 0, let number = numbers.first { return [scalar(number, write(number))] }
            return NumberTexts.reals(numbers, shortest: write)
        }
    }

    /// The fewest digits that tell a number from its neighbours of the same type.
    private static func shortest(_ format: NumberFormat) -> (Double) -> String {
        switch format.dataType {
        case .float64: { $0.description }
        case .float32: { Float($0).description }
        case .float16: { Float16($0).description }
        // Types that Swift lacks are exact in a `Float`.
        default: { Float($0).description }
        }
    }

    /// A number that stands alone.
    private static func scalar(_ number: Double, _ shortest: String) -> String {
        if number.isNaN { return "nan" }
        if number.isInfinite { return number < 0 ? "-inf" : "inf" }
        let size = number.magnitude
        guard size == 0 || (size >= 1e-4 && size < 1e16) else {
            return shortest.hasSuffix(".0") ? String(shortest.dropLast(2)) : shortest
        }
        guard shortest.contains("e") else { return shortest }
        let text = NumberTexts.reals([number]) { _ in shortest }[0]
        return text.hasSuffix(".") ? text + "0" : text
    }

    /// Bytes as Python writes them.
    public static func quoted(_ bytes: [UInt8]) -> String {
        let quote: UInt8 = bytes.contains(0x27) && !bytes.contains(0x22) ? 0x22 : 0x27
        var text = "b" + String(UnicodeScalar(quote))
        for byte in bytes {
            switch byte {
            case 0x09: text += "\\t"
            case 0x0A: text += "\\n"
            case 0x0D: text += "\\r"
            case 0x5C: text += "\\\\"
            case quote: text += "\\" + String(UnicodeScalar(quote))
            case 0x20..<0x7F: text += String(UnicodeScalar(byte))
            default:
                let digits = String(byte, radix: 16)
                text += "\\x" + (digits.count < 2 ? "0" : "") + digits
            }
        }
        return text + String(UnicodeScalar(quote))
    }
}

extension RawSpan {
    fileprivate func byteOffsetLoad(_ offset: Int) -> UInt8 {
        unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }
}
