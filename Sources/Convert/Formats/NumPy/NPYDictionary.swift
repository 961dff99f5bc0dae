/// The dictionary in the header of a `.npy` file, as Python writes it.
struct NPYDictionary {
    /// What a header says.
    struct Fields {
        let descriptor: String
        let isColumnOrder: Bool
        let shape: [Int]
    }

    /// The most axes that NumPy has.
    static let mostAxes = 64

    private var offset: Int
    private let end: Int

    init(_ bytes: Span<UInt8>, from start: Int, to end: Int) {
        offset = start
        self.end = end
    }

    /// Reads the three fields, in any order, each once.
    mutating func read(_ bytes: Span<UInt8>) throws(FormatError) -> Fields {
        var descriptor: String?
        var isColumnOrder: Bool?
        var shape: [Int]?
        try expect("{", bytes)
        while !take("}", bytes) {
            let start = offset
            let name = try string(bytes)
            try expect(":", bytes)
            switch name {
            case "descr" where descriptor == nil:
                skipBlanks(bytes)
                if offset < end, bytes[offset] == UInt8(ascii: "[") {
                    throw .unsupportedType("record")
                }
                descriptor = try string(bytes)
            case "fortran_order" where isColumnOrder == nil:
                isColumnOrder = try truth(bytes)
            case "shape" where shape == nil:
                shape = try numbers(bytes)
            default:
                let names = "'descr', 'fortran_order' and 'shape', each once"
                throw .malformedHeader(offset: start, expected: names)
            }
            if !take(",", bytes) {
                try expect("}", bytes)
                break
            }
        }
        skipBlanks(bytes)
        guard offset == end else {
            throw .malformedHeader(offset: offset, expected: "blanks after the dictionary")
        }
        guard let descriptor, let isColumnOrder, let shape else {
            let names = "all of 'descr', 'fortran_order' and 'shape'"
            throw .malformedHeader(offset: offset, expected: names)
        }
        return Fields(descriptor: descriptor, isColumnOrder: isColumnOrder, shape: shape)
    }

    private mutating func skipBlanks(_ bytes: Span<UInt8>) {
        while offset < end, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset]) { offset += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar, _ bytes: Span<UInt8>) -> Bool {
        skipBlanks(bytes)
        guard offset < end, UInt32(bytes[offset]) == character.value else { return false }
        offset += 1
        return true
    }

    private mutating func expect(
        _ character: Unicode.Scalar,
        _ bytes: Span<UInt8>
    ) throws(FormatError) {
        guard take(character, bytes) else {
            throw .malformedHeader(offset: offset, expected: "'\(character)'")
        }
    }

    /// A text between single or double quotes, without escapes.
    private mutating func string(_ bytes: Span<UInt8>) throws(FormatError) -> String {
        let isDouble = !take("'", bytes)
        if isDouble, !take("\"", bytes) {
            throw .malformedHeader(offset: offset, expected: "a text in quotes")
        }
        let quote = UInt8(ascii: isDouble ? "\"" : "'")
        var text: [UInt8] = []
        while offset < end, bytes[offset] != quote {
            guard bytes[offset] != UInt8(ascii: "\\"), bytes[offset] >= 0x20 else {
                throw .malformedHeader(offset: offset, expected: "a text without escapes")
            }
            text.append(bytes[offset])
            offset += 1
        }
        guard offset < end else {
            throw .malformedHeader(offset: offset, expected: "the end of a text")
        }
        offset += 1
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func truth(_ bytes: Span<UInt8>) throws(FormatError) -> Bool {
        skipBlanks(bytes)
        for (word, value) in [("True", true), ("False", false)] {
            let letters = Array(word.utf8)
            guard end - offset >= letters.count else { continue }
            if letters.indices.allSatisfy({ bytes[offset + $0] == letters[$0] }) {
                offset += letters.count
                return value
            }
        }
        throw .malformedHeader(offset: offset, expected: "True or False")
    }

    /// A tuple of whole numbers; Python 2's `L` after a number is ignored.
    private mutating func numbers(_ bytes: Span<UInt8>) throws(FormatError) -> [Int] {
        var numbers: [Int] = []
        var isTuple = false
        try expect("(", bytes)
        while !take(")", bytes) {
            guard numbers.count < Self.mostAxes else {
                let most = "at most \(Self.mostAxes) axes"
                throw .malformedHeader(offset: offset, expected: most)
            }
            numbers.append(try number(bytes))
            let hasComma = take(",", bytes)
            isTuple = isTuple || hasComma
            if !hasComma {
                try expect(")", bytes)
                break
            }
        }
        guard numbers.count != 1 || isTuple else {
            throw .malformedHeader(offset: offset - 1, expected: "','")
        }
        return numbers
    }

    private mutating func number(_ bytes: Span<UInt8>) throws(FormatError) -> Int {
        skipBlanks(bytes)
        let start = offset
        var value = 0
        while offset < end, (0x30...0x39).contains(bytes[offset]) {
            let (tens, first) = value.multipliedReportingOverflow(by: 10)
            let (sum, second) = tens.addingReportingOverflow(Int(bytes[offset] - 0x30))
            guard !first, !second else {
                throw .malformedHeader(offset: start, expected: "a number below 2^63")
            }
            value = sum
            offset += 1
        }
        guard offset > start else {
            throw .malformedHeader(offset: start, expected: "a whole number")
        }
        if offset < end, bytes[offset] == UInt8(ascii: "L") { offset += 1 }
        return value
    }
}
