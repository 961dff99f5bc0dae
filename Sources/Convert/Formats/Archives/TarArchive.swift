package import Checkpoint

/// The files in a tar archive that is not compressed: where each lies, so that they are read in place.
///
///     (header of 512 bytes, content, zeros up to 512)*, then two headers of zeros
///     header   name 100, mode 8, owner 8, group 8, size 12, time 12, checksum 8, kind 1, target 100,
///              "ustar" 6, version 2, names 64, device 16, prefix 155
///
/// Numbers are octal text or, with the first bit set, binary. Kind `L` holds the next file's long name (GNU), `x` its `path`
/// and `size` (POSIX). An archive may lie inside another one.
package struct TarArchive: Sendable {
    /// A file in an archive.
    package struct Entry: Equatable, Sendable {
        /// Its path in the archive, without `./` before it.
        package let name: ByteName
        /// Its bytes in the file that holds the archive.
        package let range: Range<Int>
    }

    /// The files, in their order.
    package private(set) var entries: [Entry] = []
    /// What is neither a file nor a folder: links and devices.
    package private(set) var others: [ByteName] = []

    private static let block = 512
    /// The most bytes of a long name, or of a file's attributes.
    private static let longest = 1 << 20

    /// Reads the headers of an archive that lies in a file.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - range: Where in it; nil for the whole file.
    ///   - name: What it is called in messages.
    /// - Throws: ``FormatError``.
    package init(
        _ file: MappedFile,
        in range: Range<Int>? = nil,
        named name: String
    ) throws(FormatError) {
        try self.init(in: range ?? 0..<file.count, named: name) { range throws(FormatError) in
            try wrapping { () throws(CheckpointError) in
                unsafe [UInt8](try file.buffer(range))
            }
        }
    }

    /// Reads the headers of an archive that lies in memory.
    ///
    /// - Throws: ``FormatError``.
    package init(_ content: [UInt8], named name: String) throws(FormatError) {
        try self.init(in: 0..<content.count, named: name) { Array(content[$0]) }
    }

    private init(
        in range: Range<Int>,
        named name: String,
        _ bytes: (Range<Int>) throws(FormatError) -> [UInt8]
    ) throws(FormatError) {
        var (longName, attributes): (ByteName?, Attributes?) = (nil, nil)
        var position = range.lowerBound
        let end = range.upperBound
        func malformed(_ reason: String, at offset: Int? = nil) -> FormatError {
            .malformedFile(path: name, offset: offset ?? position, reason: reason)
        }
        while position < end {
            guard end - position >= Self.block else { throw malformed("a header is cut off") }
            let header = try Header(bytes(position..<(position + Self.block)))
            guard let header else { throw malformed("this is no header of a tar archive") }
            if header.isEmpty { break }
            let start = position + Self.block
            let isNameOfNext = header.kind == UInt8(ascii: "L") || header.kind == UInt8(ascii: "x")
            let size = isNameOfNext ? header.size : attributes?.size ?? header.size
            guard size <= end - start else {
                throw malformed("a file of \(size) bytes is cut off")
            }
            let content = start..<(start + size)
            // Written so that it cannot overflow.
            let padded = (size + Self.block - 1) / Self.block * Self.block
            position = min(start + padded, end)
            if isNameOfNext {
                guard size <= Self.longest else {
                    throw malformed("a name of \(size) bytes", at: start)
                }
                let text = try bytes(content)
                if header.kind == UInt8(ascii: "L") {
                    longName = ByteName(text.prefix { $0 != 0 })
                } else {
                    attributes = try Attributes(text, name, start)
                }
                continue
            }
            let path = Self.plain(attributes?.path ?? longName ?? header.name)
            switch header.kind {
            case 0, UInt8(ascii: "0"), UInt8(ascii: "7"):
                entries.append(Entry(name: path, range: content))
            case UInt8(ascii: "5"), UInt8(ascii: "g"), UInt8(ascii: "K"): break
            default: others.append(path)
            }
            // What belongs to the next file belongs to no other; a link's long target comes before its long name.
            if header.kind != UInt8(ascii: "K"), header.kind != UInt8(ascii: "g") {
                (longName, attributes) = (nil, nil)
            }
        }
    }

    private static func plain(_ name: ByteName) -> ByteName {
        var bytes = name.bytes[...]
        while bytes.starts(with: Array("./".utf8)) { bytes = bytes.dropFirst(2) }
        return ByteName(bytes)
    }

    /// One header.
    private struct Header {
        var isEmpty = false
        var name = ByteName("")
        var size = 0
        var kind: UInt8 = 0

        /// Takes a header apart; nil if it is none.
        init?(_ bytes: [UInt8]) {
            if bytes.allSatisfy({ $0 == 0 }) {
                isEmpty = true
                return
            }
            // The checksum counts its own place as blanks.
            let sum = bytes.indices.reduce(0) {
                $0 + ((148..<156).contains($1) ? 32 : Int(bytes[$1]))
            }
            guard Self.number(bytes[148..<156]) == sum,
                let size = Self.number(bytes[124..<136])
            else { return nil }
            self.size = size
            kind = bytes[156]
            let name = bytes[0..<100].prefix { $0 != 0 }
            let isPOSIX = bytes[257..<263].elementsEqual(Array("ustar\0".utf8))
            let prefix = isPOSIX ? bytes[345..<500].prefix { $0 != 0 } : []
            self.name = ByteName(
                prefix.isEmpty ? Array(name) : prefix + [UInt8(ascii: "/")] + name
            )
        }

        /// A number of at most 62 bits; nil for anything else.
        private static func number(_ field: ArraySlice<UInt8>) -> Int? {
            guard let first = field.first else { return nil }
            if first & 0x80 != 0 {
                let digits = [first & 0x7F] + field.dropFirst()
                guard digits.dropLast(7).allSatisfy({ $0 == 0 }) else { return nil }
                return digits.suffix(7).reduce(0) { $0 << 8 | Int($1) }
            }
            let isBlank = { (byte: UInt8) in byte == 32 || byte == 0 }
            let digits = field.drop(while: isBlank).prefix { !isBlank($0) }
            guard digits.count <= 20, digits.allSatisfy({ (48..<56).contains($0) }) else {
                return nil
            }
            return digits.reduce(0) { $0 << 3 | Int($1 - 48) }
        }
    }

    /// What stands before a file in lines `<length> <key>=<value>`.
    private struct Attributes {
        var path: ByteName?
        var size: Int?

        init(_ text: [UInt8], _ name: String, _ offset: Int) throws(FormatError) {
            var rest = text[...]
            while let first = rest.first, first != 0 {
                let digits = rest.prefix { (48...57).contains($0) }
                guard digits.count <= 8, let length = Int(String(decoding: digits, as: UTF8.self)),
                    length > digits.count + 1, length <= rest.count
                else {
                    throw .malformedFile(
                        path: name,
                        offset: offset + rest.startIndex,
                        reason: "the attributes of a file are wrong"
                    )
                }
                let line = rest.prefix(length).dropFirst(digits.count + 1).dropLast()
                let key = line.prefix { $0 != UInt8(ascii: "=") }
                let value = line.dropFirst(key.count + 1)
                if key.elementsEqual("path".utf8) { path = ByteName(value) }
                if key.elementsEqual("size".utf8) {
                    let number = value.count <= 18 ? Int(String(decoding: value, as: UTF8.self)) : nil
                    guard let number, number >= 0 else {
                        throw .malformedFile(
                            path: name,
                            offset: offset + rest.startIndex,
                            reason: "the size of a file is no number"
                        )
                    }
                    size = number
                }
                rest = rest.dropFirst(length)
            }
        }
    }
}
