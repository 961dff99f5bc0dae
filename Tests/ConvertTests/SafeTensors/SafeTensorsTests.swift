import Checkpoint
import Convert
import Foundation
import Proto
import TestSupport
import Testing

@Suite
struct SafeTensorsTests {
    /// A file of the given header and data.
    private func file(_ header: String, _ data: [UInt8]) -> [UInt8] {
        let length = UInt64(header.utf8.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) }
            + Array(header.utf8) + data
    }

    private func entry(_ name: String, _ from: Int, _ to: Int, shape: String) -> String {
        #""\#(name)":{"dtype":"U8","shape":[\#(shape)],"data_offsets":[\#(from),\#(to)]}"#
    }

    @Test(
        "a name that is there twice is an error",
        arguments: [("a", "a"), ("a", #"\u0061"#), (#"q\"{,"#, #"q\"{,"#)]
    )
    func repeated(first: String, second: String) throws {
        let folder = try TemporaryFolder()
        let members = [first, second].map { entry($0, 0, 2, shape: "2") }.joined(separator: ",")
        let path = try folder.write(file("{\(members)}", [1, 2]), to: "twice")
        let name = first == "a" ? "a" : #"q"{,"#
        #expect(
            throws: ConversionError.malformedFile(
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
        #expect(try ConversionVerification(plan, of: source, in: reader).identicalCount == 4)

        try CheckpointTarget.write(
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
            (file(" {}", []), 8, "the header is no list of arrays in JSON"),
            (file("{", []), 8, "the header is no list of arrays in JSON"),
            (
                file(String(repeating: "{\"a\":", count: 5000), []), 8,
                "the header is no list of arrays in JSON"
            ),
            (
                file("{\(entry("a", 0, 3, shape: "2"))}", [0, 0, 0]), 8,
                "'a' has 3 bytes, its type and shape need 2"
            ),
            (
                file("{\(entry("a", 0, 9, shape: "9"))}", [0]), 8,
                "the bytes of 'a' are not in the file"
            ),
            (
                file("{\(entry("a", 1, 2, shape: "1"))}", [0, 0]), 8,
                "'a' begins at byte 62, expected 61"
            ),
            (file("{\(entry("a", 0, 1, shape: "1"))}", [0, 0]), 62, "1 bytes belong to no array"),
            (
                file("{\(entry("a", 0, 1, shape: "-1"))}", [0]), 8,
                "'a' has the shape [-1]"
            ),
            (
                file("{\(entry("a", 0, 0, shape: "1099511627776,1099511627776,0"))}", []), 8,
                "the shape of 'a' is too large"
            ),
        ]
        for (bytes, offset, reason) in cases {
            let path = try folder.write(bytes, to: "x")
            #expect(
                throws: ConversionError.malformedFile(path: path, offset: offset, reason: reason)
            ) { try SafeTensorsReader(path: path) }
        }
    }

    @Test("no truncation and no changed byte of a file traps")
    func damaged() throws {
        let folder = try TemporaryFolder()
        let whole = file(
            "{\(entry("a", 0, 2, shape: "2")),\(entry("b", 2, 6, shape: "2,2"))}",
            [1, 2, 3, 4, 5, 6]
        )
        #expect(try SafeTensorsReader(path: folder.write(whole, to: "x")).tensors.count == 2)
        for length in 0..<whole.count {
            let path = try folder.write(Array(whole[..<length]), to: "x")
            #expect(throws: ConversionError.self) { try SafeTensorsReader(path: path) }
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
