import Checkpoint
import Foundation
import Proto
import TestSupport
import Testing

@Suite struct BundleReaderTests {
    /// `name -> [type, shape, bytes or strings in hexadecimal]`.
    static func expected() throws -> [String: (type: String, shape: [Int], strings: [String])] {
        let data = try Data(contentsOf: Fixture.url("formats/dtypes/expected.json"))
        let object = try JSONSerialization.jsonObject(with: data) as? [String: [Any]]
        func flat(_ value: Any) -> [String] {
            (value as? [Any])?.flatMap(flat) ?? [value as? String ?? "?"]
        }
        return try #require(object).mapValues { row in
            (row[0] as? String ?? "?", row[1] as? [Int] ?? [-1], flat(row[2]))
        }
    }

    @Test("A01, A02: every type, strings, scalars and empty tensors are as TensorFlow wrote them")
    func everyType() throws {
        let reader = try BundleReader(prefix: Fixture.path("formats/dtypes/model.ckpt-1234"))
        let expected = try Self.expected()
        #expect(Set(reader.tensors.map(\.name)) == Set(expected.keys))
        for (name, value) in expected {
            let tensor = try #require(reader.tensor(named: name))
            #expect(tensor.dataType.name == value.type, "\(name)")
            #expect(tensor.shape == value.shape, "\(name)")
            if tensor.dataType == .string {
                #expect(try reader.strings(of: tensor).map(hexadecimal) == value.strings)
            } else {
                #expect(
                    [hexadecimal(try reader.bytes(of: tensor).array)] == value.strings,
                    "\(name)"
                )
            }
        }
    }

    @Test("A07, A23: a moving average beside its variable; truths that are neither 0 nor 1")
    func plainTensors() throws {
        let folder = try TemporaryFolder()
        let writer = try BundleWriter(prefix: folder.path("m"))
        let average = "a/ExponentialMovingAverage"
        let (one, two): ([Float], [Float]) = ([1], [2])
        let truths: [UInt8] = [0, 1, 2, 255]
        try writer.add("a", .float32, shape: [1], values: one)
        try writer.add(average, .float32, shape: [1], values: two)
        try writer.add("b", .bool, shape: [4], values: truths)
        try writer.finish()
        let reader = try BundleReader(prefix: folder.path("m"))
        #expect(reader.tensors.map(\.name) == ["a", average, "b"])
        let tensor = try #require(reader.tensor(named: average))
        #expect(floats(try reader.bytes(of: tensor).array) == two)
        let kept = try #require(reader.tensor(named: "b"))
        #expect(try reader.bytes(of: kept).array == truths)
    }

    static let parts: [String] = ["partitioned-v1/model.ckpt", "partitioned-v2/model.ckpt"]

    @Test("partitioned variables are put together", arguments: parts)
    func partitioned(path: String) throws {
        let source = try CheckpointLocation(Fixture.path("formats/" + path)).open()
        for (name, shape) in [("p/table", [10, 4]), ("q/wide", [3, 7])] {
            let tensor = try #require(source.tensor(named: name))
            #expect(tensor.shape == shape)
            let values = (0..<shape.reduce(1, *)).map { Float($0) }
            #expect(floats(try source.bytes(of: tensor, verifies: true).array) == values)
        }
    }

    @Test(
        "F02: one checkpoint in five forms, by every path that means it",
        arguments: [
            "simple-v1/model.ckpt-77", "simple-v1", "simple-v1-sharded",
            "simple-v1-sharded/model.ckpt-77", "simple-v1-sharded/model.ckpt-77-?????-of-00001",
            "simple-v1-sharded/model.ckpt-77-00000-of-00001", "simple-v2-sharded", "simple-v2/",
            "simple-v2/checkpoint", "simple-v2/model.ckpt-77.meta",
            "simple-v2/model.ckpt-77.index", "simple-v2/model.ckpt-77.data-00000-of-00001",
        ]
    )
    func forms(path: String) throws {
        let reference = try BundleReader(prefix: Fixture.path("formats/simple-v2/model.ckpt-77"))
        let source = try CheckpointLocation(Fixture.path("formats/" + path)).open()
        #expect(source.tensors.map(\.name) == ["conv/bias", "conv/kernel", "global_step", "ints"])
        for (tensor, other) in zip(source.tensors, reference.tensors) {
            #expect(tensor.dataType == other.dataType)
            #expect(tensor.shape == other.shape)
            #expect(
                try source.bytes(of: tensor, verifies: true).array
                    == reference.bytes(of: other).array
            )
        }
    }

    @Test("tensors lie at odd addresses and in shards beyond five digits (A16, A19)")
    func oddPlaces() throws {
        let folder = try TemporaryFolder()
        var bundle = BundleBytes()
        bundle.header = BundleHeader.serialized(shardCount: 100_001)
        let bytes = (0..<100).map { UInt8($0) }
        bundle.data = [9, 9, 9]
        bundle.add("a", .float32, [5, 5], bytes) { $0.shard = 100_000 }
        try folder.write(bundle.table.bytes, to: "m.index")
        try folder.write(bundle.data, to: "m.data-100000-of-100001")
        let reader = try BundleReader(prefix: folder.path("m"))
        #expect(try reader.bytes(of: #require(reader.tensor(named: "a"))).array == bytes)
    }

    @Test("A12: compressed blocks, alone and beside plain ones", arguments: [true, false])
    func snappy(first: Bool) throws {
        let folder = try TemporaryFolder()
        var bundle = BundleBytes()
        for index in 0..<50 {
            bundle.add("tensor/\(100 + index)", .uint8, [2], [UInt8(index), 7])
        }
        let entries = [([], bundle.header)] + bundle.entries
        let blocks = [entries[..<20], entries[20...]].enumerated().map { number, part in
            TableBytes.Block(
                contents: TableBytes.contents(Array(part)),
                indexKey: part.last?.0 ?? [],
                isCompressed: first || number == 1
            )
        }
        try folder.write(TableBytes(blocks).bytes, to: "m.index")
        try folder.write(bundle.data, to: "m.data-00000-of-00001")
        let reader = try BundleReader(prefix: folder.path("m"))
        #expect(reader.tensors.count == 50)
        let last = try #require(reader.tensor(named: "tensor/149"))
        #expect(try reader.bytes(of: last).array == [49, 7])
    }

    @Test("A13: big-endian bytes are turned, their checksum is of the file's bytes")
    func bigEndian() throws {
        let folder = try TemporaryFolder()
        var bundle = BundleBytes()
        bundle.header += [0x10, 0x01]
        bundle.add("c", .complex64, [1], [0x3F, 0x80, 0, 0, 0x40, 0, 0, 0])
        bundle.add("f", .float32, [1], [0x3F, 0x80, 0, 0])
        bundle.add("h", .float16, [2], [1, 2, 3, 4])
        try folder.write(bundle.table.bytes, to: "m.index")
        try folder.write(bundle.data, to: "m.data-00000-of-00001")
        let reader = try BundleReader(prefix: folder.path("m"))
        #expect(reader.isBigEndian)
        let values = try reader.tensors.map { try reader.bytes(of: $0).array }
        #expect(values == [[0, 0, 0x80, 0x3F, 0, 0, 0, 0x40], [0, 0, 0x80, 0x3F], [2, 1, 4, 3]])
    }

    @Test("A20, A21: names are bytes, shown escaped where they are no text")
    func names() throws {
        let folder = try TemporaryFolder()
        var bundle = BundleBytes()
        bundle.add("é", .uint8, [1], [1])
        bundle.add("a\0b", .uint8, [1], [2])
        bundle.add(String(repeating: "n", count: 70_000), .uint8, [1], [3])
        bundle.add("z", .uint8, [1], [4])
        bundle.entries[3].0 = [0xFF, 0xFE]
        try folder.write(bundle.table.bytes, to: "m.index")
        try folder.write(bundle.data, to: "m.data-00000-of-00001")
        let reader = try BundleReader(prefix: folder.path("m"))
        #expect(
            reader.tensors.map(\.name) == [
                "a\\x00b", String(repeating: "n", count: 70_000), "é", "\\xff\\xfe",
            ]
        )
        #expect(try reader.tensors.map { try reader.bytes(of: $0).array } == [[2], [3], [1], [4]])
    }

    private func floats(_ bytes: [UInt8]) -> [Float] {
        stride(from: 0, to: bytes.count, by: 4).map { start in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << (8 * $1) })
        }
    }
}
