import Checkpoint
import Data
import TestSupport
import Testing

@Suite("A set of record files")
struct RecordSetTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func faults(_ names: [String], _ patterns: [String] = ["v*"]) throws -> [String] {
        for name in names {
            let writer = try RecordWriter(path: folder.path(name))
            try writer.write(unsafe [UInt8](name.utf8).span.bytes)
            try writer.finish()
        }
        return try RecordSet(folder: folder.root, patterns: patterns).faults
    }

    private func numbers(_ indices: some Sequence<Int>, of count: Int, _ stem: String = "v")
        -> [String]
    {
        indices.map { "\(stem)-0000\($0)-of-0000\(count)" }
    }

    @Test("is whole where every number is there once")
    func whole() throws {
        #expect(try faults(numbers(0..<4, of: 4) + ["v.tfrecord", "other-00001-of-00009"]) == [])
        #expect(
            try RecordSet(folder: folder.root, patterns: ["v-*", "v*"]).files.count == 5
        )
    }

    @Test("lacks numbers, but not files that are there and not chosen")
    func missing() throws {
        let names = numbers([0, 3], of: 5)
        #expect(try faults(names) == ["v: 3 of 5 files are missing: number 1, 2, 4"])
        #expect(try faults(numbers(0..<5, of: 5), ["v-0000[01]*"]) == [])
    }

    @Test("has one division, and no number beyond it")
    func divisions() throws {
        #expect(
            try faults(numbers(0..<2, of: 2) + numbers(0..<3, of: 3))
                == ["v: files of several divisions lie side by side: -of-2, -of-3"]
        )
        let other = try TemporaryFolder()
        for name in ["w-00000-of-00001", "w-00001-of-00001"] {
            let writer = try RecordWriter(path: other.path(name))
            try writer.write(unsafe [1].span.bytes)
            try writer.finish()
        }
        #expect(
            try RecordSet(folder: other.root, patterns: ["w*"]).faults
                == ["w-00001-of-00001: its number is beyond the 1 files of its set"]
        )
    }

    @Test(
        "holds copies",
        arguments: [
            ("v-00000-of-00001", "v-00000-of-00001 (1)"),
            ("v-00000-of-00001", "v-00000-of-00001.gz"), ("v.tfrecord", "v.tfrecord.gz"),
            ("v.tfrecord", "v (2).tfrecord"), ("v.tfrecord", "v.tfrecord~"),
            ("v-a", "v-a copy"), ("v.tfrecord", "v - Copy.tfrecord"),
        ]
    )
    func copies(first: String, second: String) throws {
        let found = try faults([first, second])
        #expect(found.count == 1)
        #expect(found.first?.contains("likely the same records") == true)
        #expect(found.first?.contains(second) == true)
    }

    @Test("holds files without records, plain and compressed")
    func empty() throws {
        try folder.write("", to: "v-0")
        try RecordWriter(path: folder.path("v-1"), compression: .gzip).finish()
        try folder.write("", to: "v-00000-of-00001")
        #expect(try faults(["v-2"]) == ["there is no picture in v-00000-of-00001"])
        #expect(
            try RecordSet(folder: folder.root, patterns: ["v*"]).doubts
                == ["there is no picture in v-0, v-1"]
        )
    }

    @Test("is not looked for where there is no folder")
    func nowhere() {
        #expect(throws: DataError.missingFolder("/nowhere")) {
            try RecordSet(folder: "/nowhere", patterns: ["*"])
        }
    }
}
