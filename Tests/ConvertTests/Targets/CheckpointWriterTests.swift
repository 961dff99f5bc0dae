import Checkpoint
import Convert
import TestSupport
import Testing

@Suite
struct CheckpointWriterTests {
    @Test("data files of an earlier checkpoint with more of them go away, and no others")
    func shards() throws {
        let folder = try TemporaryFolder()
        let source = try BundleReader(prefix: Fixture.path("tiny/model/model.ckpt-2000"))
        let plan = try ConversionPlan(source.tensors, ConversionRequest())
        let prefix = folder.path("a")
        try CheckpointWriter.write(plan, from: source, prefix: prefix, shardCount: 3)
        for name in ["a.data-notes", "a.data-00000-of-00001-old", "ab.data-00001-of-00003"] {
            _ = try folder.write("kept", to: name)
        }
        try CheckpointWriter.write(plan, from: source, prefix: prefix)
        #expect(
            try folder.names() == [
                "a.data-00000-of-00001", "a.data-00000-of-00001-old", "a.data-notes", "a.index",
                "ab.data-00001-of-00003",
            ]
        )
        let reader = try BundleReader(prefix: prefix)
        #expect(try TensorProof(plan, of: source, in: reader).identicalCount == 803)
    }
}
