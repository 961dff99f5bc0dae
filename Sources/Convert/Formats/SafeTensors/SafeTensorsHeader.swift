internal import Checkpoint

/// What the header of a safetensors file lists, as it stands there.
///
///     8 bytes   length of the header, little-endian
///     header    {"__metadata__":{…},"name":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},…}
///     data      the arrays
struct SafeTensorsHeader {
    /// An array.
    struct Member {
        /// Its name, as UTF-8.
        let name: [UInt8]
        let type: String
        let shape: [Int]
        /// Where its bytes begin and end, counted from the end of the header.
        let offsets: [Int]
    }

    /// Why a header cannot be read.
    struct Fault: Error {
        let offset: Int
        let reason: String
    }

    /// The arrays, in the header's order.
    let members: [Member]
    /// The texts beside them, in the header's order.
    let texts: [(name: String, value: String)]
    /// Where the arrays' bytes begin in the file.
    let dataStart: Int

    /// Reads the header of a file.
    init(_ bytes: RawSpan) throws(Fault) {
        let size = bytes.byteCount
        guard size >= 8 else {
            throw Fault(offset: 0, reason: "\(size) bytes are no safetensors file")
        }
        let stated = unsafe bytes.unsafeLoadUnaligned(as: UInt64.self).littleEndian
        guard stated <= UInt64(min(SafeTensorsReader.headerLimit, size - 8)) else {
            throw Fault(
                offset: 0,
                reason: "the header is longer than the file or 100 million bytes"
            )
        }
        dataStart = 8 + Int(stated)
        let text = unsafe bytes.extracting(8..<dataStart).withUnsafeBytes { unsafe [UInt8]($0) }
        var members: [Member] = []
        var texts: [(name: String, value: String)] = []
        var names: Set<[UInt8]> = []
        var repeated: [UInt8]?
        do throws(JSONBytes.Fault) {
            guard text.first == UInt8(ascii: "{") else { throw JSONBytes.Fault(offset: 0) }
            var json = JSONBytes(text)
            try json.object { json, name throws(JSONBytes.Fault) in
                if !names.insert(name).inserted { repeated = repeated ?? name }
                if name.elementsEqual(SafeTensorsReader.metadataName.utf8) {
                    texts += try Self.texts(&json)
                } else {
                    members.append(try Self.member(name, &json))
                }
            }
            try json.end()
        } catch {
            throw Fault(offset: 8, reason: "the header is no list of arrays in JSON")
        }
        if let repeated {
            throw Fault(offset: 8, reason: "'\(printableName(repeated))' is there twice")
        }
        self.members = members
        self.texts = texts
    }

    private static func texts(
        _ json: inout JSONBytes
    ) throws(JSONBytes.Fault) -> [(name: String, value: String)] {
        if json.takeWord("null") { return [] }
        var texts: [(name: String, value: String)] = []
        try json.object { json, name throws(JSONBytes.Fault) in
            let value = try json.string()
            texts.append(
                (String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self))
            )
        }
        return texts
    }

    private static func member(
        _ name: [UInt8],
        _ json: inout JSONBytes
    ) throws(JSONBytes.Fault) -> Member {
        var type: String?
        var (shape, offsets): ([Int]?, [Int]?)
        try json.object { json, field throws(JSONBytes.Fault) in
            switch String(decoding: field, as: UTF8.self) {
            case "dtype": type = String(decoding: try json.string(), as: UTF8.self)
            case "shape": shape = try integers(&json)
            case "data_offsets": offsets = try integers(&json)
            default: try json.skip()
            }
        }
        guard let type, let shape, let offsets else { throw JSONBytes.Fault(offset: json.offset) }
        return Member(name: name, type: type, shape: shape, offsets: offsets)
    }

    private static func integers(_ json: inout JSONBytes) throws(JSONBytes.Fault) -> [Int] {
        var numbers: [Int] = []
        try json.list { json throws(JSONBytes.Fault) in numbers.append(try json.integer()) }
        return numbers
    }
}
