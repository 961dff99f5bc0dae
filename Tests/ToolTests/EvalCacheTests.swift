import Foundation
import TestSupport
import Testing

/// `eval --cache-dir` as users run it.
@Suite(.serialized)
struct EvalCacheTests {
    private func eval(_ folder: TemporaryFolder) throws -> Tool.Outcome {
        try EvalTests.eval(
            EvalTests.data + [
                "--preprocessing_type=imagenet_096", "--limit=64", "--batch-size=32", "-j", "1",
                "--cache-dir=\(folder.path("cache"))",
            ]
        )
    }

    @Test(
        "the second start prints the same; a damaged file is named, replaced, and changes nothing"
    )
    func cache() throws {
        let folder = try TemporaryFolder()
        let first = try eval(folder)
        #expect(first.exitCode == 0, "\(first.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("cache"))
        #expect(names.count == 1)
        let path = try folder.path("cache/\(#require(names.first))")
        let number = try inode(path)

        let second = try eval(folder)
        #expect(second.exitCode == 0, "\(second.errors)")
        #expect(EvalTests.figures(second.output) == EvalTests.figures(first.output))
        #expect(try inode(path) == number, "the file was written again")

        var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        bytes[bytes.count - 100] ^= 1
        try Data(bytes).write(to: URL(filePath: path))
        let third = try eval(folder)
        #expect(third.exitCode == 0)
        #expect(EvalTests.figures(third.output) == EvalTests.figures(first.output))
        #expect(third.errors.contains("could not be used and is replaced: a checksum"))
        let fourth = try eval(folder)
        #expect(!fourth.errors.contains("could not be used"))
        #expect(EvalTests.figures(fourth.output) == EvalTests.figures(first.output))
    }

    private func inode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
    }
}
