import Proto
import Checkpoint
import Convert
import Formats
import TestSupport
import Testing

@Suite
struct InspectFileTests {
    @Test(
        "files are known by their content",
        arguments: [
            ("formats/records.plain", .records), ("formats/records.gzip", .records),
            ("formats/records.zlib", .records), ("formats/example.pb", .example),
            ("formats/events/events.out.tfevents.1795386102.host", .events),
            ("inspect/arrays.npz", .numPyArchive), ("inspect/two.safetensors", .safeTensors),
            ("numpy/float32.npy", .numPyArray),
            ("formats/simple-v2/model.ckpt-77.meta", .metaGraph),
        ] as [(String, FileKind)]
    )
    func kinds(path: String, kind: FileKind) throws {
        #expect(try FileKind(Fixture.path(path)) == kind)
        // A name says nothing.
        let folder = try TemporaryFolder()
        guard kind != .metaGraph else { return }
        let copy = try folder.write(try Fixture.bytes(path), to: "x.data")
        #expect(try FileKind(copy) == kind)
    }

    @Test(
        "checkpoints are found by all their names",
        arguments: ["", "/checkpoint", "/model.ckpt-77"]
    )
    func checkpoints(ending: String) throws {
        let path = Fixture.path("formats/simple-v2")
        guard case .checkpoint(let location) = try FileKind(path + ending) else {
            Issue.record("no checkpoint")
            return
        }
        #expect(location.prefix == path + "/model.ckpt-77")
    }

    @Test("safetensors list their arrays")
    func safeTensors() throws {
        let outline = try SafeTensorsOutline(path: Fixture.path("inspect/two.safetensors"))
        #expect(outline.arrays.map(\.name) == ["a.weight", "b"])
        #expect(outline.arrays.map(\.shape) == [[2, 3], [2]])
        #expect(outline.arrays.map(\.byteCount) == [24, 8])
        #expect(outline.metadata == ["format": "pt"])
    }

    @Test("NumPy's archives list their arrays")
    func archive() throws {
        let outline = try ArchiveOutline(path: Fixture.path("inspect/arrays.npz"))
        #expect(outline.arrays.map(\.name) == ["kernel", "step"])
        #expect(outline.arrays.map(\.type) == ["<f4", "<i8"])
        #expect(outline.arrays.map(\.shape) == [[2, 3], []])
    }

    @Test("compressed arrays have types and shapes too, and no place")
    func packedArchive() throws {
        let outline = try ArchiveOutline(path: Fixture.path("inspect/packed.npz"))
        #expect(outline.arrays.map(\.name) == ["kernel", "step"])
        #expect(outline.arrays.map(\.type) == ["<f4", "<i8"])
        #expect(outline.arrays.map(\.shape) == [[64, 3], []])
        #expect(outline.arrays.map(\.offset) == [nil, nil])
    }

    @Test("a record file that is cut off in its first record is one of records")
    func cutRecords() throws {
        let folder = try TemporaryFolder()
        let bytes = try Fixture.bytes("tiny/data/validation-00000-of-00004")
        #expect(try FileKind(folder.write(Array(bytes.prefix(900)), to: "r")) == .records)
    }

    @Test(
        "cut or changed outlines are errors or lists, and never trap",
        arguments: [
            "inspect/two.safetensors", "inspect/arrays.npz", "inspect/packed.npz",
            "numpy/float32.npy",
        ]
    )
    func hostile(path: String) throws {
        let bytes = try Fixture.bytes(path)
        let folder = try TemporaryFolder()
        func read(_ bytes: [UInt8]) throws {
            let copy = try folder.write(bytes, to: "x")
            _ = try? SafeTensorsOutline(path: copy)
            _ = try? ArchiveOutline(path: copy)
            _ = try? ArchiveOutline.array(path: copy)
            _ = try? FileKind(copy)
        }
        for count in 0..<min(bytes.count, 600) { try read(Array(bytes[0..<count])) }
        for place in 0..<min(bytes.count, 600) {
            var changed = bytes
            changed[place] ^= 0xFF
            try read(changed)
        }
    }

    @Test("records are counted, with their keys and labels")
    func records() throws {
        let path = Fixture.path("tiny/data/validation-00000-of-00004")
        let summary = try RecordSummary(path: path)
        #expect(summary.count == 250)
        #expect(summary.labels.values.reduce(0, +) == 250)
        #expect(summary.labels.keys.min() == 1)
        #expect(summary.keys["image/encoded"]?.records == 250)
        #expect(summary.keys["image/class/label"]?.type == "int64")
        #expect(summary.faults == [])
        let plain = try RecordSummary(path: Fixture.path("formats/records.plain"))
        #expect((plain.count, plain.otherCount, plain.byteCount) == (5, 5, 71018))
    }

    @Test("a damaged record is told and left behind")
    func damagedRecord() throws {
        var bytes = try Fixture.bytes("formats/records.plain")
        bytes[16 + 12] ^= 1
        let folder = try TemporaryFolder()
        let summary = try RecordSummary(path: try folder.write(bytes, to: "r"))
        #expect(summary.count == 4)
        #expect(
            summary.faults == [
                .malformedRecord(
                    path: folder.path("r"),
                    record: 1,
                    offset: 16,
                    reason: "the record's checksum is wrong"
                )
            ]
        )
    }
}
