import Checkpoint
import TestSupport
import Testing

import Formats

@Suite("A tar archive")
struct TarArchiveTests {
    @Test("lists its files in each of the three forms", arguments: ["ustar", "gnu", "pax"])
    func forms(form: String) throws {
        let path = Fixture.path("imagenet/\(form).tar")
        let file = try MappedFile(path: path)
        let archive = try TarArchive(file, named: path)
        let long =
            [("l", 60), ("m", 60), ("n", 40)].map { String(repeating: $0, count: $1) }
            .joined(separator: "/") + ".JPEG"
        #expect(
            archive.entries.map { "\($0.name)" } == [
                "folder/short.JPEG", long, "empty.JPEG", "n00000010.tar",
            ]
        )
        #expect(archive.others.map { "\($0)" } == ["link"])
        #expect(archive.entries.map(\.range.count).prefix(3) == [5, 513, 0])
        let bytes = try Fixture.bytes("imagenet/\(form).tar")
        #expect(Array(bytes[archive.entries[0].range]) == Array("short".utf8))
        let inner = try TarArchive(file, in: archive.entries[3].range, named: "inner")
        #expect(inner.entries.map { "\($0.name)" } == ["n00000010_1.JPEG", "n00000010_2.JPEG"])
        #expect(inner.entries.map { String(decoding: bytes[$0.range], as: UTF8.self) } == ["first", "second"])
    }

    @Test("that is cut off or changed is refused or read, and never traps", arguments: ["gnu", "pax"])
    func hostile(form: String) throws {
        let bytes = try Fixture.bytes("imagenet/\(form).tar")
        for length in stride(from: 0, to: min(bytes.count, 6000), by: 7) {
            _ = try? TarArchive(Array(bytes.prefix(length)), named: "x")
        }
        for place in 0..<min(bytes.count, 6000) {
            var changed = bytes
            changed[place] ^= 0xFF
            let archive = try? TarArchive(changed, named: "x")
            for entry in archive?.entries ?? [] { #expect(entry.range.upperBound <= bytes.count) }
        }
    }

    @Test("with a file that is longer than the archive says so")
    func short() throws {
        let bytes = try Fixture.bytes("imagenet/ustar.tar")
        #expect(
            throws: FormatError.malformedFile(
                path: "x",
                offset: 512,
                reason: "a file of 5 bytes is cut off"
            )
        ) { try TarArchive(Array(bytes.prefix(1025)), named: "x") }
        #expect(
            throws: FormatError.malformedFile(
                path: "x",
                offset: 0,
                reason: "this is no header of a tar archive"
            )
        ) { try TarArchive([UInt8](repeating: 65, count: 512), named: "x") }
    }
}
