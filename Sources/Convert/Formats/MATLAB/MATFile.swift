internal import Checkpoint

/// The variables of a MATLAB file of level 5.
///
///     header    116 bytes of text, 8 of no interest, version 0x0100, "IM" (little-endian) or "MI"
///     element*  type, byte count, bytes, padding to 8; up to 4 bytes stand in the tag itself
///     miMATRIX  flags (class), extents, name, then by class:
///               numbers: values in any type that holds them
///               text: characters;  cells: matrices
///               structures: length of a field's name, names, matrices field by field, element by element
///     miCOMPRESSED  a zlib stream that holds an element
///
/// Sparse arrays, function handles and objects are passed over where they are variables, and refused inside others.
package struct MATFile: Sendable {
    /// The variables by name.
    package let variables: [String: MATValue]

    private static let deepest = 32
    /// Cells, structures, text, numbers.
    private static let read: Set<UInt32> = [1, 2, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]

    /// Reads a file.
    ///
    /// - Throws: ``FormatError``.
    package init(path: String, keeping names: Set<String>? = nil) throws(FormatError) {
        let content: [UInt8]
        do throws(CheckpointError) {
            content = try MappedFile(path: path).withBytes { bytes in
                unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
            }
        } catch {
            guard case .unreadable(_, let reason) = error, reason == "No such file or directory"
            else { throw .unreadable(path: path) }
            throw .missing(path: path)
        }
        try self.init(content, path: path, keeping: names)
    }

    /// The most bytes that the compressed variables of a file have together; no annotations come near.
    private static let unpackedLimit = 1 << 26

    /// Reads the bytes of a file; `path` is for messages, and variables of other names than those wanted are passed over.
    package init(
        _ content: [UInt8],
        path: String,
        keeping names: Set<String>? = nil
    ) throws(FormatError) {
        let start = Array(content.prefix(1024))
        if let foreign = ForeignFile.binary(start) ?? ForeignFile.text(start), foreign != .matlab5 {
            switch foreign {
            case .hdf5, .matlab73: throw .otherLevel(path: path, level: "level 7.3 (HDF5)")
            case .matlab4: throw .otherLevel(path: path, level: "level 4")
            default: throw .unknownFile(path: path, reason: "this is \(foreign)")
            }
        }
        guard content.count >= 128 else {
            throw .malformedFile(path: path, offset: content.count, reason: "the header is cut off")
        }
        let isBigEndian: Bool
        switch (content[126], content[127]) {
        case (0x49, 0x4D): isBigEndian = false
        case (0x4D, 0x49): isBigEndian = true
        default:
            throw .malformedFile(
                path: path,
                offset: 126,
                reason: "this is no MATLAB file of level 5"
            )
        }
        var variables: [String: MATValue] = [:]
        var unpacked = 0
        var bytes = MATBytes(content[128...], path: path, isBigEndian: isBigEndian)
        while bytes.remaining > 0 {
            var (type, element) = try bytes.element()
            if type == MATType.compressed {
                if let names, let name = try? Self.name(element.unpackedStart()),
                    !names.contains(name)
                {
                    continue
                }
                var inside = try element.unpacked(limit: Self.unpackedLimit - unpacked)
                unpacked += inside.remaining
                (type, element) = try inside.element()
            } else if let names, type == MATType.matrix,
                let name = try? Self.nameBehindFlags(element), !names.contains(name)
            {
                continue
            }
            guard type == MATType.matrix else { continue }
            let (name, value) = try Self.matrix(&element, depth: 0)
            if let value { variables[name] = value }
        }
        self.variables = variables
    }

    /// The name of a matrix whose bytes may be cut off behind it.
    private static func name(_ start: MATBytes) throws(FormatError) -> String {
        var bytes = start
        // The tag of the matrix itself.
        _ = try bytes.take(8)
        return try nameBehindFlags(bytes)
    }

    private static func nameBehindFlags(_ start: MATBytes) throws(FormatError) -> String {
        var bytes = start
        _ = try bytes.element()
        _ = try bytes.element()
        let name = try bytes.element()
        return text(try name.bytes.numbers(name.type))
    }

    private static func matrix(
        _ bytes: inout MATBytes,
        depth: Int
    ) throws(FormatError) -> (name: String, value: MATValue?) {
        // An empty array may be written as nothing at all.
        guard bytes.remaining > 0 else { return ("", .numbers(shape: [0, 0], [])) }
        guard depth < deepest else { throw bytes.malformed("arrays are nested too deeply") }
        let flags = try bytes.element()
        guard flags.type == 6, flags.bytes.remaining == 8 else {
            throw bytes.malformed("an array without flags")
        }
        var words = flags.bytes
        let kind = try words.word() & 0xFF
        guard read.contains(kind) else {
            // Function handles and objects have parts of their own in the place of extents.
            guard depth == 0 else { throw bytes.malformed("an array of class \(kind)") }
            return ("", nil)
        }
        let shape = try extents(&bytes)
        let nameElement = try bytes.element()
        let name = text(try nameElement.bytes.numbers(nameElement.type))
        switch kind {
        case 1: return (name, try cells(&bytes, shape, depth))
        case 2: return (name, try structures(&bytes, shape, depth))
        case 4:
            let element = try bytes.element()
            return (name, .text(text(try element.bytes.numbers(element.type), element.type)))
        default:
            let element = try bytes.element()
            let values = try element.bytes.numbers(element.type)
            guard values.count == count(shape) else {
                throw bytes.malformed("\(values.count) values for the extents \(shape)")
            }
            return (name, .numbers(shape: shape, values))
        }
    }

    private static func extents(_ bytes: inout MATBytes) throws(FormatError) -> [Int] {
        let element = try bytes.element()
        guard element.type == 5 else { throw bytes.malformed("an array without extents") }
        let shape = try element.bytes.numbers(element.type).map { Int($0) }
        guard (2...32).contains(shape.count), shape.allSatisfy({ $0 >= 0 }), count(shape) != nil
        else { throw bytes.malformed("the extents are wrong") }
        return shape
    }

    /// The product of the extents; nil where it is too large for anything.
    private static func count(_ shape: [Int]) -> Int? {
        shape.reduce(1) { product, extent in
            product.flatMap { product in
                let (result, overflows) = product.multipliedReportingOverflow(by: extent)
                return overflows ? nil : result
            }
        }
    }

    /// Matrices one behind the other; each takes at least its tag's eight bytes.
    private static func matrices(
        _ number: Int?,
        _ bytes: inout MATBytes,
        _ depth: Int
    ) throws(FormatError) -> [MATValue] {
        guard let number, number <= bytes.remaining / 8 else {
            throw bytes.malformed("more elements are stated than the bytes can hold")
        }
        var values: [MATValue] = []
        for _ in 0..<number {
            var (type, element) = try bytes.element()
            guard type == MATType.matrix else { throw bytes.malformed("expected an array") }
            guard let value = try matrix(&element, depth: depth + 1).value else {
                throw bytes.malformed("an array of a class that is not read")
            }
            values.append(value)
        }
        return values
    }

    private static func cells(
        _ bytes: inout MATBytes,
        _ shape: [Int],
        _ depth: Int
    ) throws(FormatError) -> MATValue {
        .cells(shape: shape, try matrices(count(shape), &bytes, depth))
    }

    private static func structures(
        _ bytes: inout MATBytes,
        _ shape: [Int],
        _ depth: Int
    ) throws(FormatError) -> MATValue {
        let lengthElement = try bytes.element()
        let length = try lengthElement.bytes.numbers(lengthElement.type).first ?? 0
        let nameElement = try bytes.element()
        let names = try nameElement.bytes.numbers(nameElement.type)
        guard length >= 1, length <= 4096, names.count.isMultiple(of: Int(length)) else {
            throw bytes.malformed("the names of the fields are wrong")
        }
        let fields = stride(from: 0, to: names.count, by: Int(length)).map { start in
            text(names[start..<(start + Int(length))].prefix { $0 != 0 }.map { $0 })
        }
        guard let elements = count(shape) else { throw bytes.malformed("the extents are wrong") }
        let (total, overflows) = elements.multipliedReportingOverflow(by: fields.count)
        let values = try matrices(overflows ? nil : total, &bytes, depth)
        var found: [String: [MATValue]] = [:]
        for (index, field) in fields.enumerated() {
            found[field] = (0..<elements).map { values[$0 * fields.count + index] }
        }
        return .structures(shape: shape, found)
    }

    /// Characters, one for each number; type 16 holds UTF-8.
    private static func text(_ values: [Double], _ type: UInt32 = 4) -> String {
        if type == 16 || type == 2 {
            return String(decoding: values.map { UInt8($0) }, as: UTF8.self)
        }
        return String(
            decoding: values.map { UInt16(exactly: $0) ?? 0xFFFD },
            as: UTF16.self
        )
    }
}
