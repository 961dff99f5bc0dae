/// GIF's compression: codes of growing width, packed from the lowest bit on, in blocks of up to 255 bytes.
///
/// Codes below `2^codeSize` stand for themselves; the next two clear the table and end the data; every other
/// stands for an earlier code's string and one value more.
struct LZW {
    private static let most = 4096

    private let codeSize: Int
    private var prefix = [UInt16](repeating: 0, count: most)
    private var suffix = [UInt8](repeating: 0, count: most)
    private var length = [UInt16](repeating: 1, count: most)

    /// - Precondition: `1 <= codeSize && codeSize <= 8`.
    init(codeSize: Int) {
        precondition((1...8).contains(codeSize), "a code size of \(codeSize)")
        self.codeSize = codeSize
        for value in 0..<(1 << codeSize) { suffix[value] = UInt8(value) }
    }

    /// Decodes `count` values from the blocks that begin at the cursor.
    ///
    /// - Throws: ``PictureError/damaged(_:offset:reason:)`` for a code that the table lacks, or too few values.
    consuming func decode(_ blocks: inout ByteCursor, count: Int) throws(PictureError) -> [UInt8] {
        let clear = 1 << codeSize
        var values = [UInt8]()
        var reader = CodeReader()
        var width = codeSize + 1
        var next = clear + 2
        var previous: Int?
        while values.count < count {
            let code = try reader.code(width, &blocks)
            if code == clear {
                (width, next, previous) = (codeSize + 1, clear + 2, nil)
                continue
            }
            guard code != clear + 1 else {
                let reason = "the pixels end after \(values.count) of \(count)"
                throw .damaged(.gif, offset: blocks.offset, reason: reason)
            }
            guard code < clear || (previous != nil && code <= next && code < Self.most) else {
                throw .damaged(.gif, offset: blocks.offset, reason: "the table lacks code \(code)")
            }
            if let previous {
                if next < Self.most {
                    prefix[next] = UInt16(previous)
                    length[next] = length[previous] &+ 1
                    suffix[next] = first(of: code == next ? previous : code)
                    next += 1
                    if next == 1 << width, width < 12 { width += 1 }
                } else if code >= next {
                    let reason = "the table lacks code \(code)"
                    throw .damaged(.gif, offset: blocks.offset, reason: reason)
                }
            }
            append(code, to: &values, most: count)
            previous = code
        }
        return values
    }

    private func first(of code: Int) -> UInt8 {
        var code = code
        while length[code] > 1 { code = Int(prefix[code]) }
        return suffix[code]
    }

    private func append(_ code: Int, to values: inout [UInt8], most: Int) {
        let start = values.count
        let end = start + Int(length[code])
        values.append(contentsOf: repeatElement(0, count: Int(length[code])))
        var (code, place) = (code, end - 1)
        while true {
            values[place] = suffix[code]
            guard place > start else { break }
            code = Int(prefix[code])
            place -= 1
        }
        if end > most { values.removeLast(end - most) }
    }
}

/// Bits from blocks, the lowest first.
private struct CodeReader {
    private var bits: UInt32 = 0
    private var bitCount = 0
    private var left = 0

    mutating func code(_ width: Int, _ blocks: inout ByteCursor) throws(PictureError) -> Int {
        while bitCount < width {
            if left == 0 {
                left = Int(try blocks.byte())
                guard left > 0 else {
                    let reason = "the pixels end too early"
                    throw .damaged(.gif, offset: blocks.offset, reason: reason)
                }
            }
            bits |= UInt32(try blocks.byte()) << UInt32(bitCount)
            bitCount += 8
            left -= 1
        }
        let code = Int(bits & (1 << UInt32(width) - 1))
        bits >>= UInt32(width)
        bitCount -= width
        return code
    }
}
