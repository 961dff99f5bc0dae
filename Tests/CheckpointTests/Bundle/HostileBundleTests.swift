import Checkpoint
import Foundation
import Proto
import TestSupport
import Testing

/// V2 checkpoints that break one rule each; tests bear the ids of the cases that they stand for.
@Suite struct HostileBundleTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Opens a checkpoint and reads all of it; the first error counts.
    private func read(_ bundle: BundleBytes) throws -> Outcome {
        try folder.write(bundle.data, to: "m.data-00000-of-00001")
        return try read(bundle.table.bytes)
    }

    private func read(_ index: [UInt8]) throws -> Outcome {
        try folder.write(index, to: "m.index")
        return Outcome { () throws(CheckpointError) in try Self.readAll(folder.path("m")) }
    }

    static func readAll(_ prefix: String) throws(CheckpointError) {
        let reader = try BundleReader(prefix: prefix)
        if let fault = reader.faults.first { throw fault }
        for tensor in reader.tensors {
            if tensor.dataType == .string {
                _ = try reader.strings(of: tensor)
            } else {
                _ = try reader.bytes(of: tensor)
            }
        }
    }

    private var index: String { folder.path("m.index") }
    private var data: String { folder.path("m.data-00000-of-00001") }

    private func one(
        _ type: DataType = .float32,
        _ shape: [Int] = [2],
        _ bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8],
        change: (inout BundleEntry) -> Void = { _ in }
    ) -> BundleBytes {
        var bundle = BundleBytes()
        bundle.add("a", type, shape, bytes, change: change)
        return bundle
    }

    private func entryError(_ reason: String) -> Outcome {
        .error(.malformedEntry(path: index, tensor: "a", reason: reason))
    }

    @Test("an untouched checkpoint is read")
    func untouched() throws {
        #expect(try read(one()) == .read)
    }

    @Test("B01, B02: a wrong checksum, and none", arguments: [nil, UInt32(5), 0])
    func checksum(value: UInt32?) throws {
        let right = TableBytes.checksum([1, 2, 3, 4, 5, 6, 7, 8])
        let wrong = value ?? ~right
        #expect(
            try read(one { $0.checksum = wrong })
                == .error(
                    .tensorChecksum(
                        path: data,
                        tensor: "a",
                        offset: 0,
                        stored: wrong,
                        computed: right
                    )
                )
        )
    }

    @Test("B03: sizes that do not fit the shape", arguments: [7, 9, 0])
    func sizes(size: Int64) throws {
        #expect(
            try read(one { $0.size = size })
                == entryError("it has \(size) bytes, but float32[2] needs 8")
        )
    }

    @Test(
        "B03, B04: places that cannot be",
        arguments: [[0, -1], [-8, 8], [Int64.max - 7, 8], [Int64.max, Int64.max]]
    )
    func places(place: [Int64]) throws {
        let (offset, size) = (place[0], place[1])
        let outcome = try read(
            one {
                $0.offset = offset
                $0.size = size
            }
        )
        #expect(outcome == entryError("it has \(size) bytes at byte \(offset)"))
    }

    @Test("B04, B05: bytes behind the end of the data file", arguments: [1, 8, 1 << 40])
    func behindTheEnd(offset: Int64) throws {
        #expect(
            try read(one { $0.offset = offset })
                == .error(
                    .truncatedTensor(
                        path: data,
                        tensor: "a",
                        offset: offset,
                        needed: 8,
                        fileSize: 8
                    )
                )
        )
    }

    @Test("B06: a negative dimension")
    func negativeDimension() throws {
        #expect(
            try read(one { $0.shape = TensorShape([-1]) })
                == entryError("a dimension has -1 elements")
        )
    }

    @Test("B07: too many elements to count")
    func overflow() throws {
        let side = Int64(1) << 32
        #expect(
            try read(one { $0.shape = TensorShape([side, side]) })
                == entryError("its shape [4294967296, 4294967296] has too many elements")
        )
    }

    @Test("B08: a tensor far larger than its file is refused before memory is taken")
    func hugeTensor() throws {
        let outcome = try read(
            one {
                $0.shape = TensorShape([1 << 40])
                $0.size = 1 << 42
            }
        )
        #expect(
            outcome
                == .error(
                    .truncatedTensor(
                        path: data,
                        tensor: "a",
                        offset: 0,
                        needed: 1 << 42,
                        fileSize: 8
                    )
                )
        )
    }

    @Test("B09: an empty tensor with huge dimensions is empty")
    func emptyHuge() throws {
        #expect(try read(one(.float32, [0, 1 << 62, 1 << 62], [])) == .read)
    }

    @Test("B10: 254 dimensions are read, 255 are not")
    func ranks() throws {
        let ones = [Int](repeating: 1, count: 254)
        #expect(try read(one(.uint8, ones, [1])) == .read)
        #expect(
            try read(one(.uint8, ones + [1], [1]))
                == entryError("it has 255 dimensions, more than 254")
        )
    }

    @Test("B11, B12: types that no file has", arguments: [0, 99, 101, -1, 20])
    func types(type: Int32) throws {
        #expect(
            try read(one { $0.dataType = type })
                == entryError("elements of type \(type) cannot be stored")
        )
    }

    @Test("B11: other tensors of the file are readable")
    func otherTensors() throws {
        var bundle = one { $0.dataType = 99 }
        bundle.add("b", .uint8, [1], [42])
        _ = try read(bundle)
        let reader = try BundleReader(prefix: folder.path("m"))
        #expect(reader.faults.count == 1)
        #expect(try reader.bytes(of: #require(reader.tensor(named: "b"))).array == [42])
    }

    @Test("B13: an unknown rank is an error, a missing shape a scalar")
    func ranklessShapes() throws {
        #expect(
            try read(one { $0.shape = TensorShape([], isRankUnknown: true) })
                == entryError("its rank is unknown")
        )
        var bundle = one(.uint8, [], [1])
        // Type 4 and size 1 and the checksum, but no shape.
        bundle.entries[0].1 = [0x08, 4, 0x28, 1, 0x35] + TableBytes.word(TableBytes.checksum([1]))
        #expect(try read(bundle) == .read)
    }

    @Test("B14: shards that do not exist", arguments: [1, -1, Int32.max])
    func shards(shard: Int32) throws {
        #expect(try read(one { $0.shard = shard }) == entryError("it lies in shard \(shard) of 1"))
    }

    @Test("B14, B15, A24: headers that cannot be followed")
    func headers() throws {
        let cases: [([UInt8], String?)] = [
            ([], "the checkpoint states 0 data files"),
            (
                [0x08] + TableBytes.varint(UInt64(bitPattern: -5)),
                "the checkpoint states -5 data files"
            ),
            ([0x08, 1, 0x10, 7], "the checkpoint states byte order 7"),
            (
                [0x08, 1, 0x1A, 2, 0x10, 2],
                "the checkpoint asks for a reader of version 2, this one is 1"
            ),
            ([0x08, 1, 0x1A, 2, 0x18, 1], "the checkpoint refuses readers of version 1"),
            ([0x08, 1, 0x1A, 2, 0x08, 99], nil),
            ([0x08, 1], nil),
        ]
        for (header, reason) in cases {
            var bundle = one()
            bundle.header = header
            let expected = reason.map {
                Outcome.error(.unsupportedBundle(path: index, reason: $0))
            }
            #expect(try read(bundle) == expected ?? .read)
        }
    }

    @Test("B17: garbage in place of messages")
    func garbage() throws {
        var bundle = one()
        bundle.entries[0].1 = [0xFF, 0xFF, 0xFF]
        #expect(
            try read(bundle)
                == .error(
                    .message(
                        path: index,
                        key: "a",
                        .malformed(message: "BundleEntry", offset: 0)
                    )
                )
        )
        bundle.header = [0x0A]
        #expect(
            try read(bundle)
                == .error(
                    .message(
                        path: index,
                        key: "",
                        .malformed(message: "BundleHeader", offset: 0)
                    )
                )
        )
    }

    @Test("A18: unknown fields are passed over, of a field that comes twice the last counts")
    func unknownFields() throws {
        var bundle = one()
        bundle.entries[0].1 = [0x08, 4] + bundle.entries[0].1 + [0x9A, 0x06, 1, 7]
        #expect(try read(bundle) == .read)
    }

    @Test("B18, A25: a missing data file is an error for its own tensors only")
    func missingShard() throws {
        var bundle = BundleBytes()
        bundle.header = BundleHeader.serialized(shardCount: 2)
        bundle.add("a", .uint8, [1], [1])
        bundle.add("b", .uint8, [0], []) {
            $0.shard = 1
            $0.offset = 0
        }
        try folder.write(bundle.table.bytes, to: "m.index")
        try folder.write(bundle.data, to: "m.data-00000-of-00002")
        let reader = try BundleReader(prefix: folder.path("m"))
        #expect(try reader.bytes(of: #require(reader.tensor(named: "a"))).array == [1])
        let b = try #require(reader.tensor(named: "b"))
        #expect(
            throws: CheckpointError.unreadable(
                path: folder.path("m.data-00001-of-00002"),
                reason: "No such file or directory"
            )
        ) { try reader.bytes(of: b) }
    }

    @Test("A15, A26, B19: gaps, junk, shared and overlapping bytes are read")
    func overlaps() throws {
        var bundle = BundleBytes()
        bundle.data = [0, 0]
        bundle.add("a", .uint8, [4], [1, 2, 3, 4])
        bundle.add("b", .uint8, [2], []) {
            $0.offset = 3
            $0.size = 2
            $0.checksum = TableBytes.checksum([2, 3])
        }
        bundle.data += [9, 9, 9]
        #expect(try read(bundle) == .read)
    }

    /// The bytes of a string tensor, with the parts that cases break.
    private func strings(
        _ lengths: [UInt64],
        encoded: [UInt8]? = nil,
        body: [UInt8],
        junk: [UInt8] = [],
        lengthChecksum: UInt32? = nil
    ) -> (bytes: [UInt8], checksum: UInt32) {
        var counted: [UInt8] = []
        for length in lengths {
            let width = length <= UInt64(UInt32.max) ? 4 : 8
            counted += (0..<width).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) }
        }
        let word = TableBytes.word(lengthChecksum ?? TableBytes.checksum(counted))
        let head = encoded ?? lengths.flatMap(TableBytes.varint)
        return (head + word + body + junk, TableBytes.checksum(counted + word + body))
    }

    private func stringBundle(
        _ content: (bytes: [UInt8], checksum: UInt32),
        shape: [Int]
    ) -> BundleBytes {
        one(.string, shape, content.bytes) { $0.checksum = content.checksum }
    }

    @Test("A22: lengths in more bytes than they need")
    func overlongLength() throws {
        let content = strings([1], encoded: [0x81, 0x80, 0x00], body: [7])
        #expect(try read(stringBundle(content, shape: [])) == .read)
    }

    @Test("C01: a wrong checksum of the lengths")
    func lengthChecksum() throws {
        let content = strings([1], body: [7], lengthChecksum: 5)
        let right = TableBytes.checksum([1, 0, 0, 0])
        #expect(
            try read(stringBundle(content, shape: []))
                == .error(
                    .tensorChecksum(
                        path: data,
                        tensor: "a",
                        offset: 0,
                        stored: 5,
                        computed: right
                    )
                )
        )
    }

    @Test("C02, C03: strings longer than their entry", arguments: [127, 1 << 40, UInt64.max])
    func longStrings(length: UInt64) throws {
        let outcome = try read(stringBundle(strings([length], body: [7]), shape: []))
        #expect(
            outcome
                == .error(
                    .malformedEntry(
                        path: data,
                        tensor: "a",
                        reason: "the length of string 0 is malformed"
                    )
                )
        )
    }

    @Test("C05, C06: more strings than bytes")
    func manyStrings() throws {
        for (shape, bytes) in [([1 << 40], [UInt8](repeating: 0, count: 10)), ([3], [])] {
            #expect(
                try read(one(.string, shape, bytes))
                    == .error(
                        .malformedEntry(
                            path: data,
                            tensor: "a",
                            reason: "\(bytes.count) bytes cannot hold \(shape[0]) strings"
                        )
                    )
            )
        }
    }

    @Test("C07: junk inside a string entry")
    func junk() throws {
        let content = strings([1], body: [7], junk: [0])
        #expect(
            try read(stringBundle(content, shape: []))
                == .error(
                    .malformedEntry(
                        path: data,
                        tensor: "a",
                        reason: "its strings take 6 bytes, stated are 7"
                    )
                )
        )
    }

    @Test("C09: lengths of eleven bytes, and lengths that go on behind the entry")
    func badVarints() throws {
        let long = [UInt8](repeating: 0x80, count: 10) + [0]
        for encoded in [long, [0x80, 0x80, 0x80, 0x80, 0x80]] {
            let bytes = encoded == long ? encoded + [0, 0, 0, 0] : encoded
            #expect(
                try read(one(.string, [], bytes))
                    == .error(
                        .malformedEntry(
                            path: data,
                            tensor: "a",
                            reason: "the length of string 0 is malformed"
                        )
                    )
            )
        }
    }

    @Test("C08: variants cannot be taken apart, their bytes are there")
    func variants() throws {
        let bytes: [UInt8] = [3, 0x0A, 1, 0x61, 1, 2, 3, 4]
        #expect(
            try read(one(.variant, [], bytes)) == entryError("variant elements have no fixed size")
        )
        let reader = try BundleReader(prefix: folder.path("m"))
        let tensor = try #require(reader.tensor(named: "a"))
        #expect(try reader.storedBytes(of: tensor, verifies: false).array == bytes)
    }

    @Test("A08: a SavedModel's folder, and its variables' folder")
    func savedModel() throws {
        let variables = folder.path("variables")
        try FileManager.default.createDirectory(
            atPath: variables,
            withIntermediateDirectories: true
        )
        try folder.write(one().table.bytes, to: "variables/variables.index")
        #expect(try CheckpointLocation(folder.path("")).prefix == variables + "/variables")
        #expect(try CheckpointLocation(variables).prefix == variables + "/variables")
    }

    @Test("L01: no flipped byte of a data file goes unnoticed, and no cut")
    func flipped() throws {
        let name = "formats/dtypes/model.ckpt-1234"
        let bytes = try Fixture.bytes(name + ".data-00000-of-00001")
        try folder.write(try Fixture.bytes(name + ".index"), to: "m.index")
        let prefix = folder.path("m")
        func all() throws(CheckpointError) { try Self.readAll(prefix) }
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 0x80
            try folder.write(changed, to: "m.data-00000-of-00001")
            #expect(Outcome(all).isError, "\(place)")
            try folder.write(Array(bytes[..<place]), to: "m.data-00000-of-00001")
            #expect(Outcome(all).isError, "\(place)")
        }
        try folder.write(bytes, to: "m.data-00000-of-00001")
        #expect(Outcome(all) == .read)
    }
}
