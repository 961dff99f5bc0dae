import Checkpoint
import Proto
import TestSupport
import Testing

/// Table files that break one rule each; tests bear the ids of the cases that they stand for.
@Suite struct HostileTableTests {
    private let folder: TemporaryFolder
    private let header = BundleHeader.serialized(shardCount: 1)

    init() throws {
        folder = try TemporaryFolder()
    }

    private var path: String { folder.path("m.index") }

    private func open(_ bytes: [UInt8]) throws -> Outcome {
        try folder.write(bytes, to: "m.index")
        return Outcome { () throws(CheckpointError) in
            _ = try BundleReader(prefix: folder.path("m"))
        }
    }

    private func open(block contents: [UInt8]) throws -> Outcome {
        let block = TableBytes.Block(contents: contents, indexKey: [0xFF])
        return try open(TableBytes([block]).bytes)
    }

    private func malformed(_ reason: String, at offset: Int = 0) -> Outcome {
        .error(.malformedTable(path: path, offset: offset, reason: reason))
    }

    private var whole: [UInt8] { TableBytes([([], header)]).bytes }

    @Test("E16: a checkpoint without tensors")
    func empty() throws {
        #expect(try open(whole) == .read)
    }

    @Test("E01: files that are no tables")
    func noTables() throws {
        var wrongMagic = whole
        wrongMagic[wrongMagic.count - 1] ^= 1
        for bytes in [[], [UInt8](repeating: 0, count: 47), wrongMagic, whole + [0, 0]] {
            #expect(try open(bytes) == .error(.notATable(path: path)))
        }
        #expect(try open([0, 0] + whole).isError)
    }

    @Test("E02, L01: no flipped byte of an index goes unnoticed, and no cut")
    func flipped() throws {
        let bytes = try Fixture.bytes("formats/simple-v2/model.ckpt-77.index")
        let names = ["conv/bias", "conv/kernel", "global_step", "ints"]
        for place in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[place] ^= 1 << UInt8(bit)
                if try open(changed) == .read {
                    // The padding of the footer means nothing.
                    #expect((bytes.count - 44..<bytes.count - 8).contains(place), "\(place)")
                    let reader = try BundleReader(prefix: folder.path("m"))
                    #expect(reader.tensors.map(\.name) == names)
                }
            }
            #expect(try open(Array(bytes[..<place])).isError)
        }
    }

    @Test(
        "E03: footers that point anywhere",
        arguments: [
            [1 << 60, 10], [0, 1 << 45], [0, UInt64.max], [UInt64.max - 4, 4], [1 << 33, 1 << 33],
        ]
    )
    func footers(handle: [UInt64]) throws {
        let footer = [0, 8] + handle.flatMap(TableBytes.varint)
        let bytes =
            Array(whole.dropLast(48)) + footer + [UInt8](repeating: 0, count: 40 - footer.count)
            + whole.suffix(8)
        #expect(
            try open(bytes)
                == malformed("the footer points outside the file", at: bytes.count - 48)
        )
        let endless =
            Array(whole.dropLast(48)) + [UInt8](repeating: 0x80, count: 40) + whole.suffix(8)
        #expect(
            try open(endless)
                == malformed("the footer points outside the file", at: endless.count - 48)
        )
    }

    @Test("E04: restart points that cannot be")
    func restarts() throws {
        let entries: [([UInt8], [UInt8])] = [([], header), ([1], [])]
        let cases: [([UInt32], UInt32?, String)] = [
            ([0], 0xFFFF_FFFF, "the block states 4294967295 restart points"),
            ([], 0, "the block states 0 restart points"),
            ([0xFFFF_FFF0], nil, "restart point 0 is at 4294967280"),
            ([4], nil, "restart point 0 is at 4"),
            ([0, 500], nil, "restart point 1 is at 500"),
            ([0, 2], nil, "restart point 1 is not at a whole key"),
        ]
        for (restarts, count, reason) in cases {
            let contents = TableBytes.contents(entries, restarts: restarts, restartCount: count)
            #expect(try open(block: contents) == malformed(reason), "\(restarts)")
        }
    }

    @Test("E06: keys that share more than there is, and entries that do not fit")
    func entries() throws {
        let tail = TableBytes.word(0) + TableBytes.word(1)
        let whole: [UInt8] = [0, 1, 0, 65]
        for broken: [UInt8] in [
            [2, 1, 0, 66], [0, 9, 0, 66], [0, 1, 9, 66],
            [0] + TableBytes.varint(1 << 32) + [0, 66],
            [0, 1] + TableBytes.varint(UInt64.max) + [66],
            [0] + TableBytes.varint(0xFFFF_FFFF) + TableBytes.varint(0xFFFF_FFFF) + [66],
        ] {
            #expect(
                try open(block: whole + broken + tail)
                    == malformed("entry 1 does not fit into the block")
            )
        }
    }

    @Test("E08: a block of three bytes")
    func tinyBlock() throws {
        #expect(
            try open(block: [0, 0, 0]) == malformed("the block has no restart points")
        )
    }

    @Test("E10: keys out of order, twice, or above the index's")
    func order() throws {
        let a: ([UInt8], [UInt8]) = ([65], [])
        let b: ([UInt8], [UInt8]) = ([66], [])
        for entries in [[([], header), b, a], [([], header), a, a]] {
            #expect(
                try open(block: TableBytes.contents(entries))
                    == malformed("the keys are not in strictly increasing order")
            )
        }
        let block = TableBytes.Block(
            contents: TableBytes.contents([([], header), b]),
            indexKey: [65]
        )
        #expect(
            try open(TableBytes([block]).bytes)
                == malformed("the index has a smaller key than the block")
        )
    }

    @Test("E11: an index without a header")
    func noHeader() throws {
        #expect(
            try open(TableBytes([([65], [])]).bytes)
                == .error(
                    .unsupportedBundle(path: path, reason: "the index has no bundle header")
                )
        )
    }

    @Test("E12, E13: block types and compressed blocks that cannot be")
    func compression() throws {
        let cases: [([UInt8], UInt8, String)] = [
            ([0, 0, 0, 0], 2, "blocks of type 2 are unknown"),
            ([0, 0, 0, 0], 1, "the compressed block is damaged"),
            (
                TableBytes.varint(0xFFFF_FFFF) + [1, 2, 3], 1,
                "the compressed block states an impossible length"
            ),
            // A copy from before the beginning, and a literal that goes on behind the end.
            ([8, 0x01, 0x01], 1, "the compressed block is damaged"),
            ([8, 0xF0, 0xFF, 1], 1, "the compressed block is damaged"),
        ]
        for (contents, type, reason) in cases {
            let block = TableBytes.Block(contents: contents, indexKey: [0xFF], type: type)
            let outcome = try open(TableBytes([block]).bytes)
            guard case .error(.malformedTable(_, 0, let found)) = outcome else {
                Issue.record("\(outcome)")
                continue
            }
            #expect(found == reason || found == "the compressed block states an impossible length")
        }
    }

    @Test("E14: handles into the footer, at the index, and twice at one block")
    func handles() throws {
        let contents = TableBytes.contents([([], header)])
        let size = UInt64(contents.count)
        func table(_ handles: [[UInt8]?]) -> [UInt8] {
            TableBytes(
                handles.enumerated().map { index, handle in
                    TableBytes.Block(
                        contents: contents,
                        indexKey: [UInt8(index + 1)],
                        handle: handle
                    )
                }
            ).bytes
        }
        let first = TableBytes.varint(0) + TableBytes.varint(size)
        #expect(try open(table([first, first])) == malformed("two blocks overlap"))
        let index = contents.count + 5 + 8 + 5
        let outside = table([TableBytes.varint(UInt64(index) + 30) + [40]])
        #expect(try open(outside) == malformed("the index points outside the file", at: index))
        let itself = table([TableBytes.varint(UInt64(index)) + [8]])
        #expect(try open(itself) == malformed("two blocks overlap", at: index))
    }

    @Test("E15: bytes behind a handle are allowed")
    func extraBytes() throws {
        let contents = TableBytes.contents([([], header)])
        let handle = [0] + TableBytes.varint(UInt64(contents.count)) + [1, 2, 3]
        let block = TableBytes.Block(contents: contents, indexKey: [1], handle: handle)
        #expect(try open(TableBytes([block]).bytes) == .read)
    }

    @Test("keys that grow in memory but not in the file are refused")
    func keyBomb() throws {
        let long = [UInt8](repeating: 65, count: 100_000)
        var contents: [UInt8] = [0, 0] + TableBytes.varint(UInt64(header.count)) + header
        contents += [0] + TableBytes.varint(100_000) + [0] + long
        for value in 0..<3_000 {
            let shared = 100_000 + value
            contents += TableBytes.varint(UInt64(shared)) + [1, 0, 66]
        }
        contents += TableBytes.word(0) + TableBytes.word(1)
        #expect(
            try open(block: contents) == malformed("the keys are too large for the file")
        )
    }

    @Test("L03: folders, pipes and devices are no files")
    func notFiles() throws {
        for path in ["/dev/zero", folder.root] {
            let reason =
                path == folder.root ? "it is a directory" : "it is not a regular file"
            #expect(throws: CheckpointError.unreadable(path: path, reason: reason)) {
                try MappedFile(path: path)
            }
        }
    }
}
