import Checkpoint
import Convert
import Networks
import Proto
import TestSupport
import Testing

@Suite
struct InspectCheckTests {
    /// Two tensors of floats, one of strings.
    private func write(_ prefix: String, second: [Float] = [1, 2, 3]) throws {
        let writer = try BundleWriter(prefix: prefix)
        let first: [Float] = [1, 2, 3, 4]
        try unsafe writer.add("a/kernel", .float32, shape: [2, 2], bytes: first.span.bytes)
        try unsafe writer.add("b", .float32, shape: [second.count], bytes: second.span.bytes)
        try writer.add("s", shape: [2], strings: [[1], []])
        try writer.finish()
    }

    @Test("a whole checkpoint has no faults", arguments: [1, 3])
    func whole(threads: Int) throws {
        let reader = try BundleReader(prefix: Fixture.path("tiny/model/model.ckpt-2000"))
        let found = CheckpointVerification(reader, threads: threads)
        #expect(found.faults == [])
        #expect(found.gaps == [])
        #expect(found.intact == reader.tensors.map(\.name))
        #expect(found.byteCount == reader.tensors.reduce(0) { $0 + $1.byteCount })
    }

    @Test("a changed byte costs one tensor, and the rest can be salvaged")
    func damaged() throws {
        let folder = try TemporaryFolder()
        let prefix = folder.path("m")
        try write(prefix)
        var data = try folder.bytes("m.data-00000-of-00001")
        data[17] ^= 1
        try folder.write(data, to: "m.data-00000-of-00001")
        let reader = try BundleReader(prefix: prefix)
        let found = CheckpointVerification(reader, threads: 2)
        #expect(found.faults.map(\.tensor) == ["b"])
        #expect(found.faults.map(\.offset) == [16])
        #expect(found.intact == ["a/kernel", "s"])
        #expect(found.lost == ["b"])
        let salvage = try CheckpointSalvage(reader, to: folder.path("saved"))
        #expect(salvage.saved == ["a/kernel", "s"])
        #expect(salvage.lost.map(\.name) == ["b"])
        let saved = try BundleReader(prefix: folder.path("saved"))
        #expect(CheckpointVerification(saved).intact == ["a/kernel", "s"])
        let strings = try saved.strings(of: try #require(saved.tensor(named: "s")))
        #expect(strings == [[1], []])
    }

    @Test("salvage keeps the parts of partitioned tensors")
    func parts() throws {
        let folder = try TemporaryFolder()
        let location = try CheckpointLocation(Fixture.path("formats/partitioned-v2"))
        let reader = try BundleReader(prefix: location.prefix)
        let salvage = try CheckpointSalvage(reader, to: folder.path("saved"))
        #expect(salvage.lost.isEmpty)
        let saved = try BundleReader(prefix: folder.path("saved"))
        #expect(saved.tensors.map(\.slices) == reader.tensors.map(\.slices))
        #expect(CheckpointComparison(reader, saved).differences == [])
    }

    @Test("bytes without an owner are a gap, and no fault")
    func gap() throws {
        let folder = try TemporaryFolder()
        try write(folder.path("m"))
        let data = try folder.bytes("m.data-00000-of-00001")
        try folder.write(data + [0, 0, 0], to: "m.data-00000-of-00001")
        let found = CheckpointVerification(try BundleReader(prefix: folder.path("m")))
        #expect(found.isIntact)
        #expect(found.gaps.map(\.offset) == [Int64(data.count)])
    }

    @Test("a missing data file is one fault, whatever it costs")
    func missing() throws {
        let folder = try TemporaryFolder()
        try write(folder.path("m"))
        let other = try TemporaryFolder()
        try other.write(try folder.bytes("m.index"), to: "m.index")
        let found = CheckpointVerification(try BundleReader(prefix: other.path("m")))
        #expect(found.lost == ["a/kernel", "b", "s"])
        #expect(found.faults.count == 1)
        #expect(found.faults.last?.shard == 0)
    }

    @Test("a comparison tells what became of each tensor")
    func comparison() throws {
        let folder = try TemporaryFolder()
        try write(folder.path("one"))
        try write(folder.path("two"), second: [1, 2, 7])
        try write(folder.path("three"), second: [1])
        func compare(_ other: String, absolute: Double = 0) throws -> CheckpointComparison {
            CheckpointComparison(
                try BundleReader(prefix: folder.path("one")),
                try BundleReader(prefix: folder.path(other)),
                absolute: absolute
            )
        }
        #expect(try compare("one").differences == [])
        #expect(try compare("one").same == [.weight: 2, .other: 1])
        let changed = try compare("two").differences
        #expect(changed.map(\.name) == ["b"])
        let relative = 4 / 14.0.squareRoot()
        #expect(changed.map(\.change) == [.changed(largest: 4, relative: relative)])
        #expect(try compare("two", absolute: 4).differences == [])
        #expect(try compare("three").differences.map(\.change) == [.reshaped(from: [3], to: [1])])
    }

    @Test("a V1 and a V2 checkpoint of the same variables are the same")
    func versions() throws {
        let old = try CheckpointLocation(Fixture.path("formats/simple-v1")).open()
        let new = try CheckpointLocation(Fixture.path("formats/simple-v2")).open()
        let found = CheckpointComparison(old, new)
        #expect(found.differences == [])
        #expect(found.same.values.reduce(0, +) == 4)
    }
}
