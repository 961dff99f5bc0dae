import Checkpoint
import Proto
import TestSupport
import Testing

/// Partitioned variables, right and wrong; tests bear the ids of the cases that they stand for.
@Suite struct HostileSliceTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private var index: String { folder.path("m.index") }

    private func slice(_ extents: (Int64, Int64?)...) -> TensorSlice {
        TensorSlice(extents.map { TensorSlice.Extent(start: $0.0, length: $0.1) })
    }

    /// A tensor `a` of 4x3 in the listed parts, of which those in `stored` have entries.
    private func bundle(
        _ listed: [TensorSlice],
        stored: [TensorSlice]? = nil,
        type: DataType = .uint8,
        partType: DataType? = nil
    ) -> BundleBytes {
        var bundle = BundleBytes()
        bundle.add("a", type, [4, 3], []) {
            $0.slices = listed
            $0.offset = 77
            $0.shard = 1
        }
        var seen: Set<TensorSlice> = []
        for part in stored ?? listed where seen.insert(part).inserted {
            let shape = zip(part.extents, [4, 3]).map { Int($0.length ?? Int64($1)) }
            guard shape.allSatisfy({ (0...4).contains($0) }) else { continue }
            let count = shape.reduce(1, *) * (type.byteCount ?? 1)
            let first = UInt8(truncatingIfNeeded: bundle.data.count)
            bundle.add(
                "x",
                partType ?? type,
                shape,
                (0..<count).map { first + UInt8($0) }
            )
            bundle.entries[bundle.entries.count - 1].0 =
                SliceKey(name: Array("a".utf8), slice: part).bytes
        }
        return bundle
    }

    private func read(_ bundle: BundleBytes) throws -> (outcome: Outcome, bytes: [UInt8]) {
        try folder.write(bundle.data, to: "m.data-00000-of-00001")
        try folder.write(bundle.table.bytes, to: "m.index")
        let reader = try BundleReader(prefix: folder.path("m"))
        let tensor = try #require(reader.tensor(named: "a"))
        var bytes: [UInt8] = []
        let outcome = Outcome { () throws(CheckpointError) in
            bytes = try reader.bytes(of: tensor).array
        }
        return (outcome, bytes)
    }

    private func error(_ reason: String) -> Outcome {
        .error(.malformedEntry(path: index, tensor: "a", reason: reason))
    }

    @Test(
        "the encoding of numbers in keys",
        arguments: [
            (0, "80"), (1, "81"), (63, "bf"), (64, "c040"), (8191, "dfff"), (8192, "e02000"),
            ((1 << 20) - 1, "efffff"), (1 << 20, "f0100000"), (1 << 27, "f808000000"),
            (1 << 34, "fc0400000000"), (1 << 41, "fe020000000000"), (1 << 48, "ff01000000000000"),
            ((1 << 55) - 1, "ff7fffffffffffff"), (1 << 55, "ff8080000000000000"),
            (1 << 62, "ffc04000000000000000"), (-1, "7f"),
        ] as [(Int64, String)]
    )
    func numbers(value: Int64, expected: String) {
        let key = SliceKey(name: [], slice: slice((value, 0))).bytes
        #expect(hexadecimal(key) == "0000010101" + expected + "80")
    }

    @Test("the encoding of names in keys")
    func encodedNames() {
        let zero = SliceKey(name: [0x61, 0, 0x62], slice: TensorSlice([])).bytes
        #expect(hexadecimal(zero) == "006100ff62000100")
        let full = SliceKey(name: [0x61, 0xFF, 0, 0xFF], slice: TensorSlice([])).bytes
        #expect(hexadecimal(full) == "0061ff0000ffff00000100")
    }

    @Test("parts in rows and columns, stored as they are listed, garbage in the whole's own place")
    func parts() throws {
        let rows = [slice((0, 1), (0, 3)), slice((1, 3), (0, nil))]
        #expect(try read(bundle(rows)).bytes == (0..<12).map { UInt8($0) })
        let columns = [slice((0, nil), (0, 1)), slice((0, nil), (1, 2))]
        #expect(try read(bundle(columns)).bytes == [0, 4, 5, 1, 6, 7, 2, 8, 9, 3, 10, 11])
    }

    @Test("D09: any type of elements in parts", arguments: [DataType.float16, .uint16, .int4])
    func types(type: DataType) throws {
        let rows = [slice((0, 2), (0, 3)), slice((2, 2), (0, 3))]
        #expect(try read(bundle(rows, type: type)).bytes.count == 12 * (type.byteCount ?? 0))
    }

    @Test("D10: one part that is the whole")
    func whole() throws {
        #expect(try read(bundle([slice((0, 4), (0, 3))])).outcome == .read)
        #expect(try read(bundle([slice((0, nil), (0, nil))])).outcome == .read)
    }

    @Test("D01: a part that is listed but not there")
    func missing() throws {
        let rows = [slice((0, 2), (0, nil)), slice((2, 2), (0, nil))]
        #expect(
            try read(bundle(rows, stored: [rows[0]])).outcome
                == error("its slice 2,2:- is missing")
        )
    }

    @Test("D02, D03, D04: gaps, overlaps and parts that come twice")
    func partitions() throws {
        let first = slice((0, 2), (0, 3))
        #expect(
            try read(bundle([first, slice((3, 1), (0, 3))])).outcome
                == error("its slices hold 9 of 12 elements")
        )
        #expect(
            try read(bundle([first, slice((1, 3), (0, 3))])).outcome
                == error("its slices 0,2:0,3 and 1,3:0,3 overlap")
        )
        #expect(
            try read(bundle([first, first])).outcome
                == error("its slices 0,2:0,3 and 0,2:0,3 overlap")
        )
    }

    @Test("D05, D06: parts that are not inside")
    func outside() throws {
        let far = Int64.max
        for part in [
            slice((0, 4)), slice((0, 4), (0, 3), (0, 1)), slice((0, 5), (0, 3)),
            slice((-1, 2), (0, 3)), slice((1, 4), (0, 3)), slice((far, far), (0, 3)),
            slice((0, far), (0, 3)), slice((0, -1), (0, 3)),
        ] {
            #expect(
                try read(bundle([part])).outcome == error("its slice \(part) is not inside [4, 3]")
            )
        }
    }

    @Test("D07: parts of another type")
    func otherType() throws {
        let part = slice((0, nil), (0, nil))
        #expect(
            try read(bundle([part], partType: .int8)).outcome
                == error("its slice -:- has another type or shape")
        )
    }

    @Test("the parts of a tensor of strings are put together")
    func strings() throws {
        let words = (0..<12).map { Array("word \($0)".utf8) }
        let parts = [slice((0, 4), (0, 1)), slice((0, 2), (1, 2)), slice((2, 2), (1, 2))]
        let places = [[0, 3, 6, 9], [1, 2, 4, 5], [7, 8, 10, 11]]
        let shapes = [[4, 1], [2, 2], [2, 2]]
        // Each part written as a tensor of its own gives the bytes; their entries are then named as parts.
        let writer = try BundleWriter(prefix: folder.path("parts"))
        for (index, part) in places.enumerated() {
            try writer.add("p\(index)", shape: shapes[index], strings: part.map { words[$0] })
        }
        try writer.finish()
        let written = try BundleReader(prefix: folder.path("parts"))
        var bundle = BundleBytes()
        bundle.data = try folder.bytes("parts.data-00000-of-00001")
        bundle.add("a", .string, [4, 3], []) { $0.slices = parts }
        for (index, part) in parts.enumerated() {
            let entry = try #require(written.tensor(named: "p\(index)"))
            bundle.add("x", .string, shapes[index], []) {
                $0.offset = entry.offset
                $0.size = entry.byteCount
                $0.checksum = entry.checksum
            }
            bundle.entries[bundle.entries.count - 1].0 =
                SliceKey(name: Array("a".utf8), slice: part).bytes
        }
        try folder.write(bundle.data, to: "m.data-00000-of-00001")
        try folder.write(bundle.table.bytes, to: "m.index")
        let reader = try BundleReader(prefix: folder.path("m"))
        let tensor = try #require(reader.tensor(named: "a"))
        #expect(try reader.strings(of: tensor) == words)
        // Without one of the parts there is nothing to put together.
        bundle.entries.removeLast()
        try folder.write(bundle.table.bytes, to: "m.index")
        let lacking = try BundleReader(prefix: folder.path("m"))
        let again = try #require(lacking.tensor(named: "a"))
        #expect(
            throws: CheckpointError.malformedEntry(
                path: index,
                tensor: "a",
                reason: "its slice \(parts[2]) is missing"
            )
        ) { try lacking.strings(of: again) }
    }

    @Test("D11: a part that no tensor lists is not shown as a tensor")
    func unlisted() throws {
        var unlisted = bundle([slice((0, nil), (0, nil))])
        unlisted.entries.removeFirst()
        try folder.write(unlisted.table.bytes, to: "m.index")
        #expect(try BundleReader(prefix: folder.path("m")).tensors.isEmpty)
    }

    @Test("D12: a tensor in very many parts takes no longer than its size", .timeLimit(.minutes(5)))
    func manyParts() throws {
        // A million parts; a debug build takes its time with a sixty-fourth of that.
        #if DEBUG
            let side = 128
        #else
            let side = 1024
        #endif
        let writer = try BundleWriter(prefix: folder.path("m"))
        for row in 0..<Int64(side) {
            for column in 0..<Int64(side) {
                let value = [UInt8(truncatingIfNeeded: row ^ column)]
                try writer.add(
                    "a",
                    .uint8,
                    shape: [side, side],
                    slice: slice((row, 1), (column, 1)),
                    bytes: unsafe value.span.bytes
                )
            }
        }
        try writer.finish()
        let reader = try BundleReader(prefix: folder.path("m"))
        let bytes = try reader.bytes(of: #require(reader.tensor(named: "a"))).array
        #expect(
            bytes.enumerated().allSatisfy { $1 == UInt8(truncatingIfNeeded: $0 / side ^ $0 % side) }
        )
    }
}
