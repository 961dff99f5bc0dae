import Checkpoint
import Foundation
import TestSupport
import Testing

@Suite struct BytePathTests {
    private let folder: TemporaryFolder
    private let root: BytePath

    init() throws {
        folder = try TemporaryFolder()
        root = BytePath(folder.root)
    }

    @Test("files of any names are written, listed in the order of bytes, and read")
    func anyName() throws {
        let names: [[UInt8]] = [[0xFF], [0x61], [0x61, 0xE9, 0x0A], [0x41], [0xC3, 0xA9]]
        for name in names { try root.appending(ByteName(name)).write(name) }
        try root.appending(ByteName(".hidden")).write([1])
        let entries = try root.entries()
        #expect(
            entries.map(\.name.bytes) == [
                [0x41], [0x61], [0x61, 0xE9, 0x0A], [0xC3, 0xA9], [0xFF],
            ]
        )
        for entry in entries {
            #expect(!entry.isFolder && !entry.isLink)
            let path = root.appending(entry.name)
            #expect(path.isFile)
            #expect(try path.contents(most: 3) == entry.name.bytes)
        }
    }

    @Test("folders are made once, and links are told")
    func folders() throws {
        let inner = root.appending(ByteName("inner"))
        try inner.makeFolder()
        try inner.makeFolder()
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("link"),
            withDestinationPath: folder.path("inner")
        )
        let entries = try root.entries()
        #expect(entries.map(\.isFolder) == [true, true])
        #expect(entries.map(\.isLink) == [false, true])
        #expect(!inner.isFile)
        #expect(inner.folder == root)
        #expect(BytePath("plain").folder == BytePath("."))
    }

    @Test("a file is replaced as a whole, and nothing is left beside it")
    func replaced() throws {
        let file = root.appending(ByteName("file"))
        try file.write([1, 2, 3])
        try file.write([])
        #expect(try file.contents(most: 0).isEmpty)
        #expect(file.end(1) == nil)
        try file.write([4, 5, 6])
        #expect(file.end(2) == [5, 6])
        #expect(file.end(4) == nil)
        #expect(root.end(0) == nil)
        #expect(try folder.names() == ["file"])
    }

    @Test("what cannot be is an error that shows the name")
    func errors() throws {
        let missing = root.appending(ByteName([0xE9]))
        let shown = "\(folder.root)/\\xE9"
        let reason = "No such file or directory"
        #expect(throws: CheckpointError.unreadable(path: shown, reason: reason)) {
            try missing.contents(most: 1)
        }
        #expect(throws: CheckpointError.unreadable(path: shown, reason: reason)) {
            try missing.entries()
        }
        let below = missing.appending(ByteName("x"))
        #expect(throws: CheckpointError.unwritable(path: "\(shown)/x", reason: reason)) {
            try below.write([1])
        }
        #expect(throws: CheckpointError.unwritable(path: "\(shown)/x", reason: reason)) {
            try below.makeFolder()
        }
        let file = root.appending(ByteName("file"))
        try file.write([1, 2, 3])
        #expect(
            throws: CheckpointError.unreadable(path: "\(file)", reason: "it has more than 2 bytes")
        ) {
            try file.contents(most: 2)
        }
        #expect(
            throws: CheckpointError.unreadable(path: "\(root)", reason: "it is not a regular file")
        ) {
            try root.contents(most: 2)
        }
    }
}
