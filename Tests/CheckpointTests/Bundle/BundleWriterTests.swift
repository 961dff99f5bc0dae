import Checkpoint
import Proto
import TestSupport
import Testing

@Suite struct BundleWriterTests {
    /// The index that TensorFlow 2.21 writes for a = [1, 2] and bb = [3].
    static let goldenIndex =
        "00000608011a02080100010f610801120412020802280835593ce535000211626208011204120208012008280435"
        + "efd682c3000000000100000000141ba758000000000100000000c0f2a1b000010263003a000000000100000000"
        + "bc25574b3f084c0e" + String(repeating: "0", count: 72) + "57fb808b247547db"

    @Test("A03: two small tensors give TensorFlow's index, byte for byte")
    func goldenIndex() throws {
        let folder = try TemporaryFolder()
        let writer = try BundleWriter(prefix: folder.path("m"))
        let (a, bb): ([Float], [Float]) = ([1, 2], [3])
        try writer.add("a", .float32, shape: [2], values: a)
        try writer.add("bb", .float32, shape: [1], values: bb)
        try writer.finish()
        #expect(hexadecimal(try folder.bytes("m.index")) == Self.goldenIndex)
        #expect(
            hexadecimal(try folder.bytes("m.data-00000-of-00001")) == "0000803f0000004000004040"
        )
    }

    @Test(
        "checkpoints of TensorFlow 1.14 are written again byte for byte",
        arguments: [
            "dtypes/model.ckpt-1234", "simple-v2/model.ckpt-77", "simple-v2-sharded/model.ckpt-77",
            "partitioned-v2/model.ckpt",
        ]
    )
    func rewritten(name: String) throws {
        let reader = try BundleReader(prefix: Fixture.path("formats/" + name))
        #expect(reader.faults.isEmpty)
        let folder = try TemporaryFolder()
        let writer = try BundleWriter(prefix: folder.path("m"))
        for tensor in reader.tensors.sorted(by: { $0.offset < $1.offset }) {
            if tensor.dataType == .string {
                try writer.add(
                    tensor.name,
                    shape: tensor.shape,
                    strings: try reader.strings(of: tensor)
                )
            } else if tensor.slices.isEmpty {
                let bytes = try reader.bytes(of: tensor).array
                try writer.add(
                    tensor.name,
                    tensor.dataType,
                    shape: tensor.shape,
                    values: bytes
                )
            } else {
                for slice in tensor.slices {
                    let bytes = try reader.bytes(of: tensor, slice: slice).array
                    try writer.add(
                        tensor.name,
                        tensor.dataType,
                        shape: tensor.shape,
                        slice: slice,
                        bytes: unsafe bytes.span.bytes
                    )
                }
            }
        }
        try writer.finish()
        let golden = "formats/" + name
        #expect(try folder.bytes("m.index") == Fixture.bytes(golden + ".index"))
        #expect(
            try folder.bytes("m.data-00000-of-00001")
                == Fixture.bytes(golden + ".data-00000-of-00001")
        )
    }

    @Test("a tensor given in pieces equals one given whole, in any shard")
    func pieces() throws {
        let folder = try TemporaryFolder()
        let writer = try BundleWriter(prefix: folder.path("m"), shardCount: 3)
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try writer.begin("x", .uint8, shape: [3, 1_000_000], shard: 2)
        for start in stride(from: 0, to: bytes.count, by: 700_001) {
            let piece = Array(bytes[start..<min(bytes.count, start + 700_001)])
            try writer.append(unsafe piece.span.bytes)
        }
        try writer.end()
        try writer.add("y", .uint8, shape: [3], values: Array(bytes[..<3]), shard: 1)
        try writer.finish()
        let reader = try BundleReader(prefix: folder.path("m"))
        #expect(reader.shardCount == 3)
        let x = try #require(reader.tensor(named: "x"))
        #expect(x.shard == 2)
        #expect(try reader.bytes(of: x).array == bytes)
    }

    @Test("twenty thousand tensors take three blocks, and every one is found")
    func manyTensors() throws {
        let folder = try TemporaryFolder()
        let writer = try BundleWriter(prefix: folder.path("m"))
        let names = (0..<20_000).map { "layer_\(10_000 + $0)/kernel" }
        for (index, name) in names.enumerated() {
            let value: [Float] = [Float(index)]
            try writer.add(name, .float32, shape: [1], values: value)
        }
        try writer.finish()
        let reader = try BundleReader(prefix: folder.path("m"))
        #expect(reader.tensors.count == names.count)
        for (index, name) in names.enumerated() {
            let tensor = try #require(reader.tensor(named: name))
            #expect(tensor.offset == 4 * index)
        }
    }

    @Test("a name cannot be empty or come twice")
    func names() throws {
        let folder = try TemporaryFolder()
        let prefix = folder.path("m")
        let writer = try BundleWriter(prefix: prefix)
        let one: [Float] = [1]
        try writer.add("a", .float32, shape: [], values: one)
        #expect(
            throws: CheckpointError.unwritableTensor(
                path: prefix,
                tensor: "a",
                reason: "there is a tensor of this name"
            )
        ) { try writer.add("a", .float32, shape: [], values: one) }
        #expect(
            throws: CheckpointError.unwritableTensor(
                path: prefix,
                tensor: "",
                reason: "a name cannot be empty"
            )
        ) { try writer.add("", .float32, shape: [], values: one) }
        #expect(
            throws: CheckpointError.unwritableTensor(
                path: prefix,
                tensor: "b",
                reason: "float32[2] has 8 bytes, given were 4"
            )
        ) { try writer.add("b", .float32, shape: [2], values: one) }
    }

    @Test("a writer that is given up leaves the earlier checkpoint and nothing else")
    func givenUp() throws {
        let folder = try TemporaryFolder()
        let prefix = folder.path("m")
        let one: [Float] = [1]
        do {
            let writer = try BundleWriter(prefix: prefix)
            try writer.add("a", .float32, shape: [], values: one)
            try writer.finish()
        }
        let before = try folder.contents()
        do {
            let writer = try BundleWriter(prefix: prefix)
            try writer.add("other", .float32, shape: [], values: one)
        }
        #expect(try folder.contents() == before)
        #expect(before.keys.sorted() == ["m.data-00000-of-00001", "m.index"])
    }

    @Test("a folder that does not exist cannot be written to")
    func noFolder() {
        #expect(
            throws: CheckpointError.unwritable(
                path: "/nowhere/at/all.data-00000-of-00001",
                reason: "No such file or directory"
            )
        ) { try BundleWriter(prefix: "/nowhere/at/all") }
    }
}
