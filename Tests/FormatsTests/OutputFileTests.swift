import Formats
import Foundation
import TestSupport
import Testing

@Suite("A file that is written whole")
struct OutputFileTests {
    @Test("does not replace what appeared while it was written")
    func race() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a")
        var file = try OutputFile(path, replacing: false)
        try file.write("new")
        try folder.write("other", to: "a")
        do {
            try file.commit()
            Issue.record("the other file was replaced")
        } catch {
            #expect(error == FormatError.exists(path: path))
        }
        #expect(try folder.text("a") == "other")
    }

    @Test("keeps the permissions of the file that it replaces, and the link to it")
    func replaced() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("old", to: "a")
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        let link = folder.path("link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        var file = try OutputFile(link, replacing: true)
        try file.write("new")
        try file.commit()
        #expect(try folder.text("a") == "new")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == path)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o640)
        #expect(try folder.names() == ["a", "link"])
    }

    @Test("goes straight to a device")
    func device() throws {
        var file = try OutputFile("/dev/null", replacing: false)
        try file.write("text")
        try file.commit()
    }

    @Test("says that a device is full")
    func full() throws {
        var file = try OutputFile("/dev/full", replacing: false)
        let reason = "No space left on device"
        do {
            try file.write("text")
            Issue.record("a full device took bytes")
        } catch {
            let expected = FormatError.unwritable(path: "/dev/full", reason: reason)
            #expect(error == expected)
        }
    }
}
