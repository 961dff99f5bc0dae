public import Checkpoint
internal import Foundation

/// A file of a kind that this suite does not read, known by how it begins, with what can be done about it.
public enum ForeignFile: Equatable, Sendable {
    /// A stand-in for a file that git's large file storage keeps; the size of the file.
    case largeFilePointer(byteCount: Int?)
    /// A page of the web, mostly a download that wanted a click more.
    case webPage
    /// A file of the HDF5 format, which Keras and MATLAB 7.3 use.
    case hdf5
    /// A MATLAB file of level 7.3, which is HDF5 behind a header of its own.
    case matlab73
    /// A MATLAB file of level 5.
    case matlab5
    /// A MATLAB file of level 4, which has no header.
    case matlab4
    /// A TensorFlow Lite model.
    case tensorFlowLite
    /// A file of another system: what it is called, with an article.
    case other(String)
    /// What a store of files answered in the place of a file: its word for it.
    case refusal(String)
    /// A tar archive; the names of its first members.
    case tar([String])
    /// A file that is compressed as a whole: the program's name, and what is inside as far as it is known.
    case compressed(String, String?)
    /// A zip archive without arrays: the kind that its members tell.
    case archive(String)
    /// A Python pickle, as PyTorch wrote before it wrote archives.
    case pickle
    /// A graph in the text form of its messages.
    case textGraph(String)
    /// The list of tensors that a set of safetensors files has together.
    case safeTensorsIndex

    /// How much of a file is looked at.
    private static let startSize = 4096

    /// Looks at the start of a file; nil if it is none of these.
    public init?(_ file: MappedFile) {
        let start = try? file.withBytes { bytes throws(CheckpointError) in
            unsafe bytes.extracting(0..<min(bytes.byteCount, Self.startSize)).withUnsafeBytes {
                unsafe [UInt8]($0)
            }
        }
        guard let start else { return nil }
        if let kind = Self.binary(start) {
            self = kind
            return
        }
        if let packed = Self.packed(start, file) {
            self = packed
            return
        }
        guard let kind = Self.text(start) else { return nil }
        self = kind
    }

    static func binary(_ start: [UInt8]) -> ForeignFile? {
        func holds(_ text: String, at offset: Int) -> Bool {
            start.count >= offset + text.utf8.count && start[offset...].starts(with: text.utf8)
        }
        if start.starts(with: [0x89] + Array("HDF\r\n".utf8)) { return .hdf5 }
        if holds("MATLAB 7.3 MAT-file", at: 0) { return .matlab73 }
        if holds("MATLAB 5.0 MAT-file", at: 0) { return .matlab5 }
        if holds("TFL3", at: 4) { return .tensorFlowLite }
        for (magic, noun) in others where start.starts(with: magic) { return .other(noun) }
        if isCaffe(start) { return .other("a Caffe model") }
        if let level = MATLevel(start) { return level == .four ? .matlab4 : .matlab73 }
        if holds("ustar", at: 257) { return .tar(members(start)) }
        if start.count >= 2, start[0] == 0x80, (2...5).contains(start[1]) { return .pickle }
        return nil
    }

    /// How files of other systems begin.
    private static let others: [([UInt8], String)] = [
        (Array("GGUF".utf8), "a GGUF model"), (Array("PAR1".utf8), "a Parquet file"),
        (Array("ARROW1".utf8), "an Arrow file"), (Array("SQLite format 3".utf8), "an SQLite database"),
        (Array("%PDF-".utf8), "a PDF document"), ([0xFF, 0xD8, 0xFF], "a JPEG picture"),
        ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "a PNG picture"),
    ]

    /// Whether a message begins with a name and goes on with layers, as Caffe's networks do.
    private static func isCaffe(_ start: [UInt8]) -> Bool {
        guard start.count > 4, start[0] == 0x0A, (1..<128).contains(start[1]) else { return false }
        let end = 2 + Int(start[1])
        return start.count > end + 2 && start[end...].starts(with: [0xA2, 0x06])
            && start[2..<end].allSatisfy { (0x20..<0x7F).contains($0) }
    }

    /// The names of the members of a tar archive whose headers lie in its first bytes.
    private static func members(_ start: [UInt8]) -> [String] {
        var names: [String] = []
        var offset = 0
        while offset + 512 <= start.count, start[offset] != 0,
            start[(offset + 257)...].starts(with: "ustar".utf8)
        {
            let name = start[offset..<(offset + 100)].prefix { $0 != 0 }
            names.append(printableName(Array(name)))
            let digits = start[(offset + 124)..<(offset + 136)].prefix {
                (0x30...0x37).contains($0)
            }
            let size = Int(String(decoding: digits, as: UTF8.self), radix: 8) ?? 0
            let (next, overflow) = (offset + 512).addingReportingOverflow(
                size / 512 * 512 + (size % 512 == 0 ? 0 : 512)
            )
            guard !overflow else { break }
            offset = next
        }
        return names
    }

    private static func packed(_ start: [UInt8], _ file: MappedFile) -> ForeignFile? {
        if start.starts(with: Array("BZh".utf8)), start.count > 9, (0x31...0x39).contains(start[3]),
            start[4...].starts(with: [0x31, 0x41, 0x59, 0x26, 0x53, 0x59])
        {
            return .compressed("bzip2", nil)
        }
        if start.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]) { return .compressed("xz", nil) }
        if start.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return .compressed("zstd", nil) }
        if start.starts(with: [0x04, 0x22, 0x4D, 0x18]) { return .compressed("lz4", nil) }
        if start.starts(with: [0x1F, 0x9D]) { return .compressed("compress", nil) }
        if start.starts(with: [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]) { return .archive("7z") }
        if start.starts(with: Array("Rar!".utf8)) { return .archive("RAR") }
        if start.starts(with: [0x1F, 0x8B]) {
            let start = inflated(file)
            // A record file that is cut off or damaged is told better as such.
            guard unsafe start.isEmpty || !RecordReader.areRecords(start.span.bytes) else {
                return nil
            }
            if case .tar(let names) = binary(start) {
                let of = names.isEmpty ? "" : " of \(names.joined(separator: ", "))"
                return .compressed("gzip", "a tar archive" + of)
            }
            return .compressed("gzip", binary(start)?.noun)
        }
        guard start.starts(with: [0x50, 0x4B]) else { return nil }
        let names = try? file.withBytes { bytes throws(CheckpointError) in
            (try? ZipDirectory(bytes))?.members.map { String(decoding: $0.name, as: UTF8.self) }
        }
        guard let names, !names.contains(where: { $0.hasSuffix(".npy") }) else {
            return nil
        }
        if names.contains(where: { $0.hasSuffix("data.pkl") }) { return .archive("PyTorch") }
        if names.contains("model.weights.h5") { return .archive("Keras") }
        return .archive(names.isEmpty ? "empty zip" : "zip")
    }

    /// The first bytes of a gzip file, decompressed.
    private static func inflated(_ file: MappedFile) -> [UInt8] {
        let start = try? file.withBytes { bytes throws(CheckpointError) -> [UInt8]? in
            // The header is ten bytes long, unless it holds a name and the like.
            guard bytes.byteCount > 18 else { return nil }
            let head = unsafe bytes.extracting(0..<min(bytes.byteCount, Self.startSize))
                .withUnsafeBytes { unsafe [UInt8]($0) }
            var offset = 10
            if head[3] & 4 != 0 { offset += 2 + Int(head[10]) + Int(head[11]) << 8 }
            for flag in [8, 16] as [UInt8] where head[3] & flag != 0 {
                while offset < head.count, head[offset] != 0 { offset += 1 }
                offset += 1
            }
            if head[3] & 2 != 0 { offset += 2 }
            guard offset < bytes.byteCount else { return nil }
            return DeflatedBytes.start(
                bytes.extracting(offset..<bytes.byteCount),
                Self.startSize
            ).bytes
        }
        return start ?? []
    }

    static func text(_ start: [UInt8]) -> ForeignFile? {
        guard let text = text(of: start) else { return nil }
        let words = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
        if words.hasPrefix("version https://git-lfs.github.com/spec/") {
            let size = words.split(whereSeparator: \.isNewline)
                .first { $0.hasPrefix("size ") }
                .flatMap { Int($0.dropFirst(5)) }
            return .largeFilePointer(byteCount: size)
        }
        let low = words.prefix(64).lowercased()
        if low.hasPrefix("<!doctype html") || low.hasPrefix("<html") { return .webPage }
        if low.hasPrefix("<?xml"), let code = words.firstRange(of: "<Code>") {
            let word = words[code.upperBound...].prefix { $0.isLetter || $0.isNumber }
            return .refusal(String(word))
        }
        if low.hasPrefix("<?xml") { return .other("an XML file") }
        if words.utf8.count < 64, words.hasPrefix("Entry not found") { return .refusal("not found") }
        if words.hasPrefix("{"), words.contains("\"weight_map\"") { return .safeTensorsIndex }
        if words.hasPrefix("node {") || words.hasPrefix("node{") { return .textGraph("graph") }
        if words.hasPrefix("saved_model_schema_version") { return .textGraph("SavedModel") }
        if words.hasPrefix("meta_info_def") || words.hasPrefix("graph_def") {
            return .textGraph("graph with its collections")
        }
        return nil
    }

    /// The bytes as text, where they are one; the last character may be cut off.
    private static func text(of start: [UInt8]) -> Substring? {
        guard !start.isEmpty,
            start.allSatisfy({ $0 >= 0x20 || (0x09...0x0D).contains($0) })
        else { return nil }
        return Substring(String(decoding: start, as: UTF8.self))
    }

    /// What it is, in a few words.
    public var noun: String {
        switch self {
        case .largeFilePointer(let size):
            "a git LFS pointer" + (size.map { " to a file of \($0) bytes" } ?? "")
        case .webPage: "an HTML page"
        case .hdf5: "an HDF5 file"
        case .matlab73: "a MATLAB file of level 7.3"
        case .matlab5: "a MATLAB file of level 5"
        case .matlab4: "a MATLAB file of level 4"
        case .tensorFlowLite: "a TensorFlow Lite model"
        case .other(let noun): noun
        case .refusal(let word): "a file store's refusal (\(word)) in the place of the file"
        case .tar(let names):
            "a tar archive" + (names.isEmpty ? "" : " of \(names.joined(separator: ", "))")
        case .compressed(let program, let inside):
            inside.map { "\($0), compressed by \(program)" } ?? "a file compressed by \(program)"
        case .archive("zip"): "a zip archive that holds no arrays"
        case .archive("empty zip"): "an empty zip archive"
        case .archive(let kind): "a \(kind) archive"
        case .pickle: "a Python pickle, as older PyTorch wrote"
        case .textGraph(let kind): "a \(kind) as text"
        case .safeTensorsIndex: "the index of several safetensors files"
        }
    }

    /// What can be done with it, in a few words; nil where nothing helps.
    public var remedy: String? {
        switch self {
        case .largeFilePointer: "'git lfs pull' fetches it"
        case .webPage, .refusal: "download the file itself"
        case .hdf5:
            "where Keras still runs, save the model as a SavedModel; tf2onnx makes ONNX of it"
        case .matlab73, .matlab4: "MATLAB and Octave save it as level 5 with -v7"
        case .tensorFlowLite: "tf2onnx makes ONNX of it"
        case .tar: "unpack it: tar -xf"
        case .compressed(let program, let inside):
            inside?.hasPrefix("a tar archive") == true
                ? "unpack it: tar -xf"
                : "unpack it: "
                    + ([
                        "bzip2": "bunzip2", "xz": "unxz", "zstd": "unzstd", "lz4": "unlz4",
                        "compress": "uncompress",
                    ][program] ?? "gunzip")
        case .archive("PyTorch"), .pickle:
            "save its tensors as safetensors where PyTorch runs"
        case .archive("Keras"):
            "where Keras still runs, save the model as a SavedModel; tf2onnx makes ONNX of it"
        case .textGraph: "write it in binary form"
        case .archive, .matlab5, .safeTensorsIndex, .other: nil
        }
    }
}

extension ForeignFile: CustomStringConvertible {
    /// What it is and what to do, without a verb in front.
    public var description: String { noun + (remedy.map { "; \($0)" } ?? "") }
}
