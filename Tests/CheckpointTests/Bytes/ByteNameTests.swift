import Checkpoint
import Foundation
import TestSupport
import Testing

@Suite("A name")
struct ByteNameTests {
    @Test("is its bytes, however it looks")
    func equality() {
        let (one, two) = ("caf\u{E9}", "cafe\u{301}")
        #expect(one == two)
        #expect(ByteName(one) != ByteName(two))
        #expect(Set([ByteName(one), ByteName(two)]).count == 2)
        // A letter that Swift takes for another.
        #expect(ByteName("\u{212A}") != ByteName("K"))
    }

    @Test("is sorted as Python and TensorFlow sort it")
    func order() {
        let names = ["n", "e\u{301}a", "f", "\u{E9}", "Z", "e"]
        #expect(
            names.sortedByBytes().map { Array($0.utf8) }
                == ["Z", "e", "e\u{301}a", "f", "n", "\u{E9}"].map { Array($0.utf8) }
        )
    }

    @Test(
        "ends behind its last slash",
        arguments: [
            ("a/b.jpg", "b.jpg"), ("b", "b"), ("/a/b//", "b"), ("/", ""), ("", ""),
            ("a/\u{301}b", "\u{301}b"),
        ]
    )
    func lastComponent(name: String, end: String) {
        #expect(ByteName(name).lastComponent == ByteName(end))
    }

    @Test(
        "shows what is no text, and what would steer a terminal",
        arguments: [
            ([0x63, 0xE9], #"c\xE9"#), ([0xFF, 0xFE], #"\xFF\xFE"#),
            (Array("\u{E9}\u{1F600}".utf8), "\u{E9}\u{1F600}"), ([0x1B, 0x5B], #"\x1B["#),
            (Array("a\u{202E}b\n".utf8), #"a\xE2\x80\xAEb\x0A"#), ([0xE2, 0x82], #"\xE2\x82"#),
            ([], ""),
        ] as [([UInt8], String)]
    )
    func description(bytes: [UInt8], shown: String) {
        #expect("\(ByteName(bytes))" == shown)
    }

    @Test("of a file need not be UTF-8, and keeps its place in a listing")
    func listing() throws {
        let folder = try TemporaryFolder()
        try folder.makeFolder("b")
        for name in [".hidden", "e\u{301}a", "n"] { try folder.write("", to: name) }
        try folder.makeFolder("d")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("link"),
            withDestinationPath: folder.path("d")
        )
        let path = Array(folder.root.utf8CString.dropLast()) + [0x2F, CChar(bitPattern: 0xFF), 0]
        close(unsafe open(path, O_CREAT | O_WRONLY, 0o600))
        let entries = try BytePath(folder.root).entries()
        #expect(
            entries.map(\.name.bytes)
                == ["b", "d", "e\u{301}a", "link", "n"].map { Array($0.utf8) } + [[0xFF]]
        )
        #expect(entries.map(\.isFolder) == [true, true, false, true, false, false])
        unsafe unlink(path)
        #expect(
            throws: CheckpointError.unreadable(
                path: "/nowhere",
                reason: "No such file or directory"
            )
        ) { try BytePath("/nowhere").entries() }
    }
}
