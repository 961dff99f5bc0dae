import Checkpoint
import Convert
import Networks
import Proto
import TestSupport
import Testing

/// What a checkpoint's graphs say of it.
@Suite struct InspectObjectTests {
    private func message(_ fields: [(UInt64, [UInt8])]) -> [UInt8] {
        var writer = WireWriter()
        for (number, bytes) in fields { writer.bytes(bytes, field: number) }
        return writer.output
    }

    /// A reference to an object, or an optimiser's slot: numbers and a name.
    private func reference(_ numbers: [(UInt64, UInt64)], _ name: String) -> [UInt8] {
        var writer = WireWriter()
        for (field, number) in numbers { writer.varint(number, field: field) }
        writer.bytes(Array(name.utf8), field: 2)
        return writer.output
    }

    private func value(_ key: String) -> [UInt8] {
        message([(1, Array("VARIABLE_VALUE".utf8)), (3, Array(key.utf8))])
    }

    @Test("J03: objects, slots, and the keys that the checkpoint lacks")
    func objects() throws {
        let ending = "/.ATTRIBUTES/VARIABLE_VALUE"
        let graph = message([
            (
                1,
                message([
                    (1, reference([(1, 1)], "layer")), (1, reference([(1, 2)], "optimizer")),
                    (1, reference([(1, 9)], "nothing")),
                ])
            ),
            (1, message([(1, reference([(1, 3)], "kernel"))])),
            (1, message([(3, reference([(1, 3), (3, 4)], "momentum"))])),
            (1, message([(2, value("layer/kernel" + ending))])),
            (1, message([(2, value("gone" + ending))])),
        ])
        let folder = try TemporaryFolder()
        let writer = try BundleWriter(prefix: folder.path("m"))
        let one: [Float] = [1]
        try writer.add(CheckpointObjects.graphTensor, shape: [], strings: [graph])
        try unsafe writer.add("layer/kernel" + ending, .float32, shape: [1], bytes: one.span.bytes)
        try unsafe writer.add("lonely", .float32, shape: [1], bytes: one.span.bytes)
        try writer.finish()
        let found = try #require(try CheckpointObjects(BundleReader(prefix: folder.path("m"))))
        #expect(found.objectCount == 5)
        #expect(
            found.values.map(\.path) == [
                "layer/kernel", "layer/kernel/.OPTIMIZER_SLOT/optimizer/momentum",
            ]
        )
        #expect(found.values.map(\.isSlot) == [false, true])
        #expect(found.missing.map(\.key) == ["gone" + ending])
        #expect(found.unnamed == ["lonely"])
        #expect(found.danglingReferences == [9])
    }

    @Test("J05: garbage in place of the graph of objects is an error, and none is none")
    func garbage() throws {
        let folder = try TemporaryFolder()
        let writer = try BundleWriter(prefix: folder.path("m"))
        try writer.add(CheckpointObjects.graphTensor, shape: [], strings: [[0x0A, 0xFF]])
        try writer.finish()
        let name = CheckpointObjects.graphTensor
        #expect(
            throws: CheckpointError.message(
                path: name,
                key: name,
                .malformed(message: "TrackableObjectGraph", offset: 0)
            )
        ) { try CheckpointObjects(BundleReader(prefix: folder.path("m"))) }
        let plain = try BundleReader(prefix: Fixture.path("formats/simple-v2/model.ckpt-77"))
        #expect(try CheckpointObjects(plain) == nil)
    }

    @Test("a graph's variables are those of its checkpoint; others are missing, added, misshapen")
    func variables() throws {
        let path = "formats/simple-v2/model.ckpt-77"
        let bytes = try Fixture.bytes(path + ".meta")
        let meta = try MetaGraph(unsafe bytes.span.bytes)
        let variables = try GraphVariables(meta)
        #expect(
            variables.variables.map(\.name).sorted() == [
                "conv/bias", "conv/kernel", "global_step", "ints",
            ]
        )
        #expect(variables.variables.first { $0.name == "conv/kernel" }?.shape == [3, 3, 4, 8])
        let own = try BundleReader(prefix: Fixture.path(path))
        #expect(variables.differences(from: own).isEmpty)

        let folder = try TemporaryFolder()
        let writer = try BundleWriter(prefix: folder.path("m"))
        let values = [Float](repeating: 0, count: 6)
        try unsafe writer.add("conv/bias", .float32, shape: [6], bytes: values.span.bytes)
        try unsafe writer.add("other", .float32, shape: [6], bytes: values.span.bytes)
        try writer.finish()
        let found = variables.differences(from: try BundleReader(prefix: folder.path("m")))
        #expect(Set(found.missing.map(\.name)) == ["conv/kernel", "global_step", "ints"])
        #expect(found.unexpected == ["other"])
        #expect(
            found.misshapen == [.init(name: "conv/bias", found: [6], expected: [8])]
        )
    }
}
