import Checkpoint
import Proto
import TestSupport
import Testing

/// V1 checkpoints, right and wrong; tests bear the ids of the cases that they stand for.
@Suite struct LegacyTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// A V1 checkpoint built by hand.
    struct File {
        var version: [UInt8] = [0x08, 1]
        var tensors: [[UInt8]] = []
        var records: [([UInt8], [UInt8])] = []

        /// Adds a tensor that is stored whole, with these fields of its values' message.
        mutating func add(
            _ name: String,
            _ type: Int32,
            shape: [Int64],
            values: [UInt8],
            slices: [TensorSlice]? = nil,
            recordName: String? = nil
        ) {
            let whole = TensorSlice(shape.map { _ in TensorSlice.Extent(start: 0, length: nil) })
            var meta = WireWriter()
            meta.bytes(Array(name.utf8), field: 1)
            meta.bytes(TensorShape(shape).serialized, field: 2)
            meta.varint(UInt64(bitPattern: Int64(type)), field: 3)
            for slice in slices ?? [whole] { meta.bytes(slice.serialized, field: 4) }
            tensors.append(meta.output)
            for slice in slices ?? [whole] {
                var data = WireWriter()
                data.bytes(Array((recordName ?? name).utf8), field: 1)
                data.bytes(slice.serialized, field: 2)
                data.bytes(values, field: 3)
                var record = WireWriter()
                record.bytes(data.output, field: 2)
                records.append(
                    (SliceKey(name: Array(name.utf8), slice: slice).bytes, record.output)
                )
            }
        }

        func bytes(isCompressed: Bool = false) -> [UInt8] {
            var meta = WireWriter()
            for tensor in tensors { meta.bytes(tensor, field: 1) }
            meta.bytes(version, field: 2)
            var first = WireWriter()
            first.bytes(meta.output, field: 1)
            let sorted = records.sorted { $0.0.lexicographicallyPrecedes($1.0) }
            return TableBytes([([], first.output)] + sorted, isCompressed: isCompressed).bytes
        }
    }

    private var path: String { folder.path("m") }

    private func read(_ file: File, isCompressed: Bool = false) throws -> (Outcome, [[UInt8]]) {
        try folder.write(file.bytes(isCompressed: isCompressed), to: "m")
        var values: [[UInt8]] = []
        let outcome = Outcome { () throws(CheckpointError) in
            let reader = try LegacyReader(path: path)
            for tensor in reader.tensors {
                if tensor.dataType == .string {
                    values += try reader.strings(of: tensor)
                } else {
                    values.append(try reader.bytes(of: tensor).array)
                }
            }
        }
        return (outcome, values)
    }

    private func packed(_ field: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [field << 3 | 2, UInt8(bytes.count)] + bytes
    }

    @Test("F01, F04: every type that V1 holds", arguments: [false, true])
    func types(isCompressed: Bool) throws {
        var file = File()
        let minusOne = [UInt8](repeating: 0xFF, count: 9) + [1]
        file.add("a", 1, shape: [1], values: packed(5, [0, 0, 0x80, 0x3F]))
        file.add("b", 3, shape: [2], values: packed(7, minusOne + [2]))
        file.add("c", 19, shape: [1], values: packed(13, [0x80, 0x78]))
        file.add("d", 10, shape: [2], values: packed(11, [1, 0]))
        file.add("e", 8, shape: [1], values: packed(9, [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40]))
        file.add("f", 9, shape: [], values: packed(10, minusOne))
        file.add("g", 4, shape: [2], values: packed(7, [7, 0xFF, 1]))
        file.add("h", 7, shape: [2], values: packed(8, [65]) + packed(8, []))
        file.add("i", 1, shape: [0, 3], values: [])
        file.add("j", 2, shape: [1], values: packed(6, [0, 0, 0, 0, 0, 0, 0xF0, 0x3F]))
        // Floats one by one, as old writers put them.
        file.add("k", 1, shape: [2], values: [0x2D, 1, 0, 0, 0, 0x2D, 2, 0, 0, 0])
        let (outcome, values) = try read(file, isCompressed: isCompressed)
        #expect(outcome == .read)
        let ff = [UInt8](repeating: 0xFF, count: 8)
        #expect(
            values == [
                [0, 0, 0x80, 0x3F], [0xFF, 0xFF, 0xFF, 0xFF, 2, 0, 0, 0], [0, 0x3C], [1, 0],
                [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40], ff, [7, 0xFF], [65], [], [],
                [0, 0, 0, 0, 0, 0, 0xF0, 0x3F], [1, 0, 0, 0, 2, 0, 0, 0],
            ]
        )
    }

    @Test("F06, I11: values in the wrong field, too few, too many, out of range")
    func wrongValues() throws {
        let one: [UInt8] = [0, 0, 0x80, 0x3F]
        let cases: [(Int32, [Int64], [UInt8])] = [
            (1, [2], packed(4, one + one)), (1, [2], packed(6, one + one)),
            (1, [2], packed(5, one)), (1, [1], packed(5, one + one)),
            (1, [2], packed(5, one + one) + packed(7, [1])), (6, [1], packed(7, [0xAC, 2])),
            (19, [1], packed(13, [0x80, 0xF8, 4])), (8, [1], packed(9, one)),
        ]
        for (type, shape, values) in cases {
            var file = File()
            file.add("a", type, shape: shape, values: values)
            let count = shape.reduce(1, *)
            #expect(
                try read(file).0
                    == .error(
                        .malformedEntry(
                            path: path,
                            tensor: "a",
                            reason: "a part does not hold \(count) values of its type"
                        )
                    )
            )
        }
    }

    @Test("F07: shapes that cannot be, and one far larger than its values")
    func shapes() throws {
        for (shape, reason) in [
            ([-2], "a dimension has -2 elements"),
            ([1 << 32, 1 << 32], "its shape [4294967296, 4294967296] has too many elements"),
            ([1 << 20, 1 << 20], "a part does not hold 1099511627776 values of its type"),
        ] as [([Int64], String)] {
            var file = File()
            file.add("a", 1, shape: shape, values: packed(5, [0, 0, 0, 0]))
            #expect(
                try read(file).0
                    == .error(.malformedEntry(path: path, tensor: "a", reason: reason))
            )
        }
    }

    @Test("F08: parts that are not inside, come twice, or have another rank")
    func parts() throws {
        let inside = TensorSlice([.init(start: 0, length: 1)])
        for slices in [
            [TensorSlice([.init(start: 1, length: 2)])], [inside, inside],
            [TensorSlice([.init(start: 0, length: 1), .init(start: 0, length: 1)])],
        ] {
            var file = File()
            file.add("a", 4, shape: [2], values: packed(7, [1]), slices: slices)
            if slices.count == 2 { file.records.removeLast() }
            guard case .error(.malformedEntry(_, "a", _)) = try read(file).0 else {
                Issue.record("\(slices)")
                continue
            }
        }
    }

    @Test("F09, F11: values that are missing, or another's")
    func missingValues() throws {
        var file = File()
        file.add("a", 4, shape: [1], values: packed(7, [1]))
        file.records.removeAll()
        #expect(
            try read(file).0
                == .error(
                    .malformedEntry(path: path, tensor: "a", reason: "its slice - is missing")
                )
        )
        var other = File()
        other.add("a", 4, shape: [1], values: packed(7, [1]), recordName: "b")
        #expect(
            try read(other).0
                == .error(
                    .malformedEntry(
                        path: path,
                        tensor: "a",
                        reason: "the values of its slice - are another's"
                    )
                )
        )
    }

    @Test("F10: no list, garbage in its place, a version that is too new, unknown types")
    func lists() throws {
        func open(_ bytes: [UInt8]) throws -> Outcome {
            try folder.write(bytes, to: "m")
            return Outcome { () throws(CheckpointError) in _ = try LegacyReader(path: path) }
        }
        #expect(
            try open(TableBytes([([65], [])]).bytes)
                == .error(
                    .unsupportedBundle(path: path, reason: "the checkpoint has no list of tensors")
                )
        )
        #expect(
            try open(TableBytes([([], [0x0A])]).bytes)
                == .error(
                    .message(
                        path: path,
                        key: "",
                        .malformed(message: "SavedTensorSlices", offset: 0)
                    )
                )
        )
        var file = File()
        file.version = [0x10, 5]
        #expect(
            try open(file.bytes())
                == .error(
                    .unsupportedBundle(
                        path: path,
                        reason: "the checkpoint asks for a reader of version 5, this one is 1"
                    )
                )
        )
        var unknown = File()
        unknown.add("a", 77, shape: [1], values: [])
        #expect(
            try open(unknown.bytes())
                == .error(
                    .malformedEntry(
                        path: path,
                        tensor: "a",
                        reason: "elements of type 77 cannot be stored"
                    )
                )
        )
    }

    @Test("F12: the index of a V2 checkpoint is no V1 checkpoint")
    func index() throws {
        let path = Fixture.path("formats/simple-v2/model.ckpt-77.index")
        #expect(
            throws: CheckpointError.unsupportedBundle(
                path: path,
                reason: "this is the index of a V2 checkpoint; use its prefix"
            )
        ) { try LegacyReader(path: path) }
    }

    @Test("F13: a length of 2 GiB in a few bytes")
    func length() throws {
        var file = File()
        file.add("a", 1, shape: [1], values: [0x2A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07])
        guard case .error(.message(_, "a", .malformed)) = try read(file).0 else {
            Issue.record("a record that goes on behind its end was read")
            return
        }
    }

    @Test("L01: no flipped byte of a V1 checkpoint goes unnoticed, and no cut")
    func flipped() throws {
        let bytes = try Fixture.bytes("formats/partitioned-v1/model.ckpt")
        func values() throws(CheckpointError) -> [[UInt8]] {
            let reader = try LegacyReader(path: path)
            var values: [[UInt8]] = []
            for tensor in reader.tensors { values.append(try reader.bytes(of: tensor).array) }
            return values
        }
        try folder.write(bytes, to: "m")
        let right = try values()
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 0x10
            try folder.write(changed, to: "m")
            var found: [[UInt8]]?
            let outcome = Outcome { () throws(CheckpointError) in found = try values() }
            #expect(outcome.isError || found == right, "\(place)")
            try folder.write(Array(bytes[..<place]), to: "m")
            #expect(Outcome { () throws(CheckpointError) in _ = try values() }.isError)
        }
    }
}
