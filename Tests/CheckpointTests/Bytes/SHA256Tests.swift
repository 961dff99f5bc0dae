import CSHA256
import Checkpoint
import TestSupport
import Testing

@Suite struct SHA256Tests {
    /// The examples that NIST publishes with FIPS 180-4.
    static let examples: [(String, String)] = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
    ]

    @Test("the published examples", arguments: examples)
    func published(text: String, digest: String) {
        let found = unsafe SHA256.hex(of: Array(text.utf8).span.bytes)
        #expect(found == digest)
    }

    @Test("a million letters a, in pieces of every size around a block")
    func million() {
        let letters = [UInt8](repeating: 0x61, count: 1_000_000)
        for piece in [1, 63, 64, 65, 127, 128, 1000, 1_000_000] {
            var digest = SHA256()
            for start in stride(from: 0, to: letters.count, by: piece) {
                let end = min(start + piece, letters.count)
                unsafe digest.update(letters.span.extracting(start..<end).bytes)
            }
            #expect(
                SHA256.hex(digest.finish())
                    == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
                "pieces of \(piece)"
            )
        }
    }

    @Test(
        "a file's digest is that of its bytes, whatever its length",
        arguments: [0, 1, (1 << 20) - 1, 1 << 20, (1 << 21) + 63]
    )
    func file(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 11) }
        let folder = try TemporaryFolder()
        let path = try folder.write(bytes, to: "bytes")
        var digest = SHA256()
        try digest.update(MappedFile(path: path))
        let expected = unsafe SHA256.hex(of: bytes.span.bytes)
        #expect(SHA256.hex(digest.finish()) == expected)
    }

    @Test("the processor's instructions and plain arithmetic agree")
    func portable() {
        let bytes = (0..<64 * 9).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 31 &+ $0 >> 3) }
        let start: [UInt32] = (0..<8).map { UInt32($0) &* 0x9E37_79B9 }
        var (fast, plain) = (start, start)
        unsafe csha256_blocks(&fast, bytes, 9)
        unsafe csha256_blocks_portable(&plain, bytes, 9)
        #expect(fast == plain)
        #expect(fast != start)
    }
}
