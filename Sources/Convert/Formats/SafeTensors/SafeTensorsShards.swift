public import Checkpoint
internal import Foundation
internal import Proto

/// Several safetensors files as one, by the index that lists which array lies in which of them.
///
///     { "metadata": {…}, "weight_map": { "conv1.weight": "model-00001-of-00002.safetensors", … } }
public struct SafeTensorsShards: TensorSource {
    /// The arrays, sorted by their names' bytes.
    public let tensors: [TensorEntry]
    /// Arrays whose elements are of a type that is not read.
    public let unread: [UnreadArray]
    /// The texts that the first file carries.
    public let metadata: [String: String]
    /// The index, and the files that it names.
    public let paths: [String]
    private let readers: [SafeTensorsReader]
    private let places: [[UInt8]: Int]

    /// What the name of an index ends in.
    static let ending = ".safetensors.index.json"
    /// The longest index that is read.
    private static let byteLimit = 100_000_000

    /// Reads an index and the headers of all files that it names.
    ///
    /// - Throws: ``FormatError/malformedFile(path:offset:reason:)`` or ``FormatError/checkpoint(_:)``.
    public init(index path: String) throws(FormatError) {
        func malformed(_ reason: String) -> FormatError {
            .malformedFile(path: path, offset: 0, reason: reason)
        }
        let map = try Self.map(path, malformed)
        let folder = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[...$0]) } ?? ""
        let files = Set(map.map(\.file)).sorted { $0.lexicographicallyPrecedes($1) }
        var readers: [SafeTensorsReader] = []
        var paths = [path]
        for file in files {
            let name = String(decoding: file, as: UTF8.self)
            guard !file.contains(UInt8(ascii: "/")), name != "..", !file.contains(0) else {
                throw malformed("'\(name.printable)' is no file beside the index")
            }
            readers.append(try SafeTensorsReader(path: folder + name))
            paths.append(folder + name)
        }
        var entries: [(entry: TensorEntry, reader: Int)] = []
        var unread: [UnreadArray] = []
        var listed: [[UInt8]: Int] = [:]
        for (name, file) in map { listed[name] = files.firstIndex(of: file) }
        for (number, reader) in readers.enumerated() {
            for entry in reader.tensors {
                guard listed.removeValue(forKey: entry.key) == number else {
                    throw malformed(
                        "'\(printableName(entry.key))' lies in \(paths[number + 1]), "
                            + "where the index does not have it"
                    )
                }
                entries.append((entry, number))
            }
            for array in reader.unread {
                listed[array.key] = nil
                unread.append(array)
            }
        }
        if let missing = listed.keys.min(by: { $0.lexicographicallyPrecedes($1) }) {
            throw malformed("'\(printableName(missing))' is in none of the files")
        }
        entries.sort { $0.entry.key.lexicographicallyPrecedes($1.entry.key) }
        tensors = entries.map(\.entry)
        self.unread = unread
        self.readers = readers
        self.paths = paths
        metadata = readers.first?.metadata ?? [:]
        places = Dictionary(uniqueKeysWithValues: entries.map { ($0.entry.key, $0.reader) })
    }

    /// The arrays and their files.
    private static func map(
        _ path: String,
        _ malformed: (String) -> FormatError
    ) throws(FormatError) -> [(name: [UInt8], file: [UInt8])] {
        let file = try wrapping { () throws(CheckpointError) in try MappedFile(path: path) }
        guard file.count <= byteLimit else { throw malformed("it is too long") }
        let bytes = try wrapping { () throws(CheckpointError) in
            try file.withBytes { bytes throws(CheckpointError) in
                unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
            }
        }
        var map: [(name: [UInt8], file: [UInt8])] = []
        var names: Set<[UInt8]> = []
        var repeated: [UInt8]?
        do throws(JSONBytes.Fault) {
            var json = JSONBytes(bytes)
            try json.object { json, name throws(JSONBytes.Fault) in
                guard name.elementsEqual("weight_map".utf8) else { return try json.skip() }
                try json.object { json, name throws(JSONBytes.Fault) in
                    if !names.insert(name).inserted { repeated = name }
                    map.append((name, try json.string()))
                }
            }
            try json.end()
        } catch {
            throw malformed("it is no index of safetensors files")
        }
        if let repeated { throw malformed("'\(printableName(repeated))' is there twice") }
        guard !map.isEmpty else { throw malformed("it lists no arrays") }
        return map
    }

    /// The bytes of an array, little-endian, in row-major order; they have no checksum.
    ///
    /// - Throws: `CheckpointError`.
    public func bytes(
        of tensor: TensorEntry,
        verifies: Bool
    ) throws(CheckpointError) -> StoredBytes {
        guard let place = places[tensor.key] else {
            throw .malformedEntry(path: paths[0], tensor: tensor.name, reason: "it is not there")
        }
        return try readers[place].bytes(of: tensor, verifies: verifies)
    }
}
