import Checkpoint
import Convert
import Formats
import Foundation
import Proto
import TestSupport
import Testing

@Suite
struct SafeTensorsTests {
    /// A file of the given header and data.
    private static func file(_ header: String, _ data: [UInt8]) -> [UInt8] {
        let length = UInt64(header.utf8.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) }
            + Array(header.utf8) + data
    }

    private static func entry(
        _ name: String,
        _ from: Int,
        _ to: Int,
        shape: String,
        type: String = "U8"
    ) -> String {
        #""\#(name)":{"dtype":"\#(type)","shape":[\#(shape)],"data_offsets":[\#(from),\#(to)]}"#
    }

    @Test(
        "a name that is there twice is an error",
        arguments: [("a", "a"), ("a", #"\u0061"#), (#"q\"{,"#, #"q\"{,"#)]
    )
    func repeated(first: String, second: String) throws {
        let folder = try TemporaryFolder()
        let members = [first, second].map { Self.entry($0, 0, 2, shape: "2") }.joined(
            separator: ","
        )
        let path = try folder.write(Self.file("{\(members)}", [1, 2]), to: "twice")
        let name = first == "a" ? "a" : #"q"{,"#
        #expect(
            throws: FormatError.malformedFile(
                path: path,
                offset: 8,
                reason: "'\(name)' is there twice"
            )
        ) { try SafeTensorsReader(path: path) }
    }

    @Test("NaN payloads, -0.0, denormals and empty tensors come back bit for bit")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let source = try OddNumbers.checkpoint(
            in: folder,
            floats: "w/odd \"é\\",
            scalar: ("scalar", .int16)
        )
        let plan = try ConversionPlan(source.tensors, ConversionRequest())
        try SafeTensorsWriter.write(
            plan,
            from: source,
            to: folder.path("a.safetensors"),
            metadata: ["b": "2", "a": "\n\"1\""],
            replacing: false
        )
        let written = try folder.bytes("a.safetensors")
        let header = written[0..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        #expect((8 + header) % 64 == 0)
        let reader = try SafeTensorsReader(path: folder.path("a.safetensors"))
        #expect(reader.metadata == ["b": "2", "a": "\n\"1\""])
        #expect(try TensorProof(plan, of: source, in: reader).identicalCount == 4)

        try CheckpointWriter.write(
            ConversionPlan(reader.tensors, ConversionRequest()),
            from: reader,
            prefix: folder.path("b")
        )
        #expect(try folder.bytes("a.index") == folder.bytes("b.index"))
        let data = "data-00000-of-00001"
        #expect(try folder.bytes("a.\(data)") == folder.bytes("b.\(data)"))
    }

    @Test("strings are refused by name, and nothing is left behind")
    func strings() throws {
        let folder = try TemporaryFolder()
        let writer = try BundleWriter(prefix: folder.path("a"))
        try writer.add("text", shape: [], strings: [Array("x".utf8)])
        try writer.finish()
        let source = try BundleReader(prefix: folder.path("a"))
        let plan = try ConversionPlan(source.tensors, ConversionRequest())
        #expect(
            throws: ConversionError.unsupported(
                format: "safetensors",
                tensors: ["text: string elements"]
            )
        ) {
            try SafeTensorsWriter.write(
                plan,
                from: source,
                to: folder.path("x"),
                metadata: [:],
                replacing: false
            )
        }
        #expect(try folder.names() == ["a.data-00000-of-00001", "a.index"])
    }

    @Test("what breaks the rules is refused, with the place")
    func malformed() throws {
        let folder = try TemporaryFolder()
        let cases: [([UInt8], Int, String)] = [
            ([1, 2, 3], 0, "3 bytes are no safetensors file"),
            (
                [255, 255, 255, 255, 255, 255, 255, 255, 123], 0,
                "the header is longer than the file or 100 million bytes"
            ),
            (Self.file(" {}", []), 8, "the header is no list of arrays in JSON"),
            (Self.file("{", []), 8, "the header is no list of arrays in JSON"),
            (
                Self.file(String(repeating: "{\"a\":", count: 5000), []), 8,
                "the header is no list of arrays in JSON"
            ),
            (
                Self.file("{\(Self.entry("a", 0, 3, shape: "2"))}", [0, 0, 0]), 8,
                "'a' has 3 bytes, its type and shape need 2"
            ),
            (
                Self.file("{\(Self.entry("a", 0, 9, shape: "9"))}", [0]), 8,
                "the bytes of 'a' are not in the file"
            ),
            (
                Self.file("{\(Self.entry("a", 1, 2, shape: "1"))}", [0, 0]), 8,
                "'a' begins at byte 62, expected 61"
            ),
            (
                Self.file("{\(Self.entry("a", 0, 1, shape: "1"))}", [0, 0]), 62,
                "1 bytes belong to no array"
            ),
            (
                Self.file("{\(Self.entry("a", 0, 1, shape: "-1"))}", [0]), 8,
                "'a' has the shape [-1]"
            ),
            (
                Self.file("{\(Self.entry("a", 0, 0, shape: "1099511627776,1099511627776,0"))}", []),
                8,
                "the shape of 'a' is too large"
            ),
        ]
        for (bytes, offset, reason) in cases {
            let path = try folder.write(bytes, to: "x")
            #expect(
                throws: FormatError.malformedFile(path: path, offset: offset, reason: reason)
            ) { try SafeTensorsReader(path: path) }
        }
    }

    @Test(
        "K07: headers that the format does not allow are refused",
        arguments: [
            "{}{}", "{}\0", "[]", "{\"a\":1}", "{\"__metadata__\":{\"a\":1}}",
            "{\"__metadata__\":1}",
            "{\(Self.entry("a", 0, 1, shape: "1")),\(Self.entry("a", 1, 2, shape: "1"))}",
            "{\(Self.entry("a", 0, 1, shape: "1")),\(Self.entry("b", 0, 1, shape: "1"))}",
            "{\(Self.entry("a", 0, 1, shape: "1.5"))}",
            "{\(Self.entry("a", 0, 1, shape: "\"1\""))}",
            "{\(Self.entry("a", 0, 1, shape: "1", type: "U9"))}",
            "{\(Self.entry("a", 1, 0, shape: "0"))}",
        ]
    )
    func refused(header: String) throws {
        let folder = try TemporaryFolder()
        for count in 0..<4 {
            let path = try folder.write(
                Self.file(header, [UInt8](repeating: 1, count: count)),
                to: "x"
            )
            #expect(throws: FormatError.self) { try SafeTensorsReader(path: path) }
        }
    }

    @Test("K04: names that look like paths, endings or each other stay apart")
    func names() throws {
        let folder = try TemporaryFolder()
        let names = ["../x", "A", "a", "a.npy", "a/b", "/etc/x"]
        let writer = try BundleWriter(prefix: folder.path("a"))
        for (index, name) in names.enumerated() {
            let value = [UInt8(index)]
            try unsafe writer.add(name, .uint8, shape: [1], bytes: value.span.bytes)
        }
        try writer.finish()
        let source = try BundleReader(prefix: folder.path("a"))
        let plan = try ConversionPlan(source.tensors, ConversionRequest())
        let (tensors, archive) = (folder.path("x.safetensors"), folder.path("x.npz"))
        try SafeTensorsWriter.write(
            plan,
            from: source,
            to: tensors,
            metadata: [:],
            replacing: false
        )
        try NPZWriter.write(plan, from: source, to: archive, replacing: false)
        for reader in [try SafeTensorsReader(path: tensors), try NPZReader(path: archive)]
            as [any TensorSource]
        {
            for (index, name) in names.enumerated() {
                let tensor = try #require(reader.tensor(named: name))
                #expect(try reader.bytes(of: tensor, verifies: true).array == [UInt8(index)])
            }
        }
    }

    @Test("K04: the name that means something else is refused")
    func reservedName() throws {
        let folder = try TemporaryFolder()
        let writer = try BundleWriter(prefix: folder.path("a"))
        let value: [UInt8] = [1]
        try unsafe writer.add("__metadata__", .uint8, shape: [1], bytes: value.span.bytes)
        try writer.finish()
        let source = try BundleReader(prefix: folder.path("a"))
        let plan = try ConversionPlan(source.tensors, ConversionRequest())
        let path = folder.path("x")
        #expect(throws: ConversionError.self) {
            try SafeTensorsWriter.write(
                plan,
                from: source,
                to: path,
                metadata: [:],
                replacing: false
            )
        }
        #expect(try !folder.names().contains("x"))
    }

    @Test("K06: a header that no reader takes is refused before anything is written")
    func longHeader() throws {
        let folder = try TemporaryFolder()
        let source = try BundleReader(prefix: Fixture.path("formats/dtypes/model.ckpt-1234"))
        let note = String(repeating: "x", count: 100_000_000)
        #expect(throws: ConversionError.self) {
            try SafeTensorsWriter.write(
                ConversionPlan([], ConversionRequest()),
                from: source,
                to: folder.path("x"),
                metadata: ["note": note],
                replacing: false
            )
        }
        #expect(try folder.names() == [])
    }

    @Test("no truncation and no changed byte of a file traps")
    func damaged() throws {
        let folder = try TemporaryFolder()
        let whole = Self.file(
            "{\(Self.entry("a", 0, 2, shape: "2")),\(Self.entry("b", 2, 6, shape: "2,2"))}",
            [1, 2, 3, 4, 5, 6]
        )
        #expect(try SafeTensorsReader(path: folder.write(whole, to: "x")).tensors.count == 2)
        for length in 0..<whole.count {
            let path = try folder.write(Array(whole[..<length]), to: "x")
            #expect(throws: FormatError.self) { try SafeTensorsReader(path: path) }
        }
        for place in whole.indices {
            for flip: UInt8 in [1, 0x10, 0x80, 0xFF] {
                var bytes = whole
                bytes[place] ^= flip
                let path = try folder.write(bytes, to: "x")
                guard let reader = try? SafeTensorsReader(path: path) else { continue }
                for tensor in reader.tensors {
                    _ = try reader.bytes(of: tensor, verifies: true).array
                }
            }
        }
    }
}
