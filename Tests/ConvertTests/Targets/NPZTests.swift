import Checkpoint
import Convert
import Formats
import Foundation
import Proto
import TestSupport
import Testing

@Suite
struct NPZTests {
    private func checkpoint(in folder: TemporaryFolder) throws -> BundleReader {
        try OddNumbers.checkpoint(in: folder, floats: "w/odd é", scalar: ("half", .float16))
    }

    private func write(_ source: BundleReader, in folder: TemporaryFolder) throws -> String {
        let plan = try ConversionPlan(source.tensors, ConversionRequest())
        let path = folder.path("a.npz")
        try NPZWriter.write(plan, from: source, to: path, replacing: false)
        return path
    }

    @Test("a checkpoint goes to npz and home again byte for byte, elements at multiples of 64")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let source = try checkpoint(in: folder)
        let path = try write(source, in: folder)
        let reader = try NPZReader(path: path)
        #expect(reader.tensors.map(\.name) == source.tensors.map(\.name))
        #expect(reader.tensors.allSatisfy { $0.offset % 64 == 0 })
        let there = try ConversionPlan(source.tensors, ConversionRequest())
        #expect(
            try TensorProof(there, of: source, in: reader).identicalCount == 4
        )
        let plan = try ConversionPlan(reader.tensors, ConversionRequest())
        try CheckpointWriter.write(plan, from: reader, prefix: folder.path("b"))
        for ending in ["index", "data-00000-of-00001"] {
            #expect(try folder.bytes("b.\(ending)") == folder.bytes("a.\(ending)"))
        }
    }

    @Test("what NumPy cannot hold is listed")
    func unsupported() throws {
        let folder = try TemporaryFolder()
        let writer = try BundleWriter(prefix: folder.path("a"))
        let word: [UInt8] = [0, 1]
        try unsafe writer.add("brain", .bfloat16, shape: [1], bytes: word.span.bytes)
        try writer.finish()
        let source = try BundleReader(prefix: folder.path("a"))
        #expect(
            throws: ConversionError.unsupported(
                format: "npz",
                tensors: ["brain: bfloat16 elements"]
            )
        ) { try write(source, in: folder) }
        #expect(!(try folder.names().contains("a.npz")))
    }

    @Test("a changed element does not match its checksum")
    func damagedElement() throws {
        let folder = try TemporaryFolder()
        let path = try write(checkpoint(in: folder), in: folder)
        var bytes = try folder.bytes("a.npz")
        let entry = try #require(try NPZReader(path: path).tensor(named: "w/odd é"))
        bytes[Int(entry.offset)] ^= 1
        try Data(bytes).write(to: URL(filePath: path))
        let reader = try NPZReader(path: path)
        #expect(
            throws: CheckpointError.malformedEntry(
                path: path,
                tensor: "w/odd é",
                reason: "its bytes do not match their checksum"
            )
        ) { try reader.bytes(of: entry, verifies: true) }
    }

    @Test("K10: more arrays than the directory's short count can tell")
    func manyArrays() throws {
        let folder = try TemporaryFolder()
        let writer = try BundleWriter(prefix: folder.path("a"))
        for index in 0..<66_000 {
            let value = [Float(index)]
            try unsafe writer.add("t\(index)", .float32, shape: [], bytes: value.span.bytes)
        }
        try writer.finish()
        let reader = try NPZReader(path: write(BundleReader(prefix: folder.path("a")), in: folder))
        #expect(reader.tensors.count == 66_000)
        let last = try #require(reader.tensor(named: "t65999"))
        let bytes = try reader.bytes(of: last, verifies: true).array
        #expect(unsafe bytes.withUnsafeBytes { unsafe $0.load(as: Float.self) } == 65_999)
        #expect(try ArchiveOutline(path: folder.path("a.npz")).arrays.count == 66_000)
    }

    @Test(
        "K11: arrays of objects, shapes that do not fit, a name that comes twice",
        arguments: [
            ("'<f4'", "'|O8'"), ("(2, 3)", "(-2,3)"), ("(2, 3)", "(9, 9)"), ("(2, 3)", "(2, 3 "),
            ("descr", "descx"), ("z.npy", "w.npy"),
        ]
    )
    func refused(text: String, change: String) throws {
        let folder = try TemporaryFolder()
        let writer = try BundleWriter(prefix: folder.path("a"))
        let values = [Float](repeating: 1, count: 6)
        for name in ["w", "z"] {
            try unsafe writer.add(name, .float32, shape: [2, 3], bytes: values.span.bytes)
        }
        try writer.finish()
        let path = try write(BundleReader(prefix: folder.path("a")), in: folder)
        var bytes = try folder.bytes("a.npz")
        for place in bytes.ranges(of: Array(text.utf8)) {
            bytes.replaceSubrange(place, with: change.utf8)
        }
        try Data(bytes).write(to: URL(filePath: path))
        #expect(throws: FormatError.self) { try NPZReader(path: path) }
    }

    @Test("a file cut off or changed anywhere is an error, or reads as a file")
    func hostile() throws {
        let folder = try TemporaryFolder()
        _ = try write(checkpoint(in: folder), in: folder)
        let bytes = try folder.bytes("a.npz")
        let path = folder.path("x.npz")
        func read(_ bytes: [UInt8]) throws {
            try Data(bytes).write(to: URL(filePath: path))
            guard let reader = try? NPZReader(path: path) else { return }
            for tensor in reader.tensors { _ = try? reader.bytes(of: tensor, verifies: true) }
        }
        for length in 0..<bytes.count {
            try Data(bytes[..<length]).write(to: URL(filePath: path))
            #expect(throws: FormatError.self) { try NPZReader(path: path) }
        }
        for place in bytes.indices {
            for flip in [0x01, 0x80, 0xFF] as [UInt8] {
                var changed = bytes
                changed[place] ^= flip
                try read(changed)
            }
        }
    }
}
