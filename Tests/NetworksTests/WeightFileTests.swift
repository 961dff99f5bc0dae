import Checkpoint
import Networks
import TestSupport
import Testing

@Suite("A file of weights")
struct WeightFileTests {
    @Test(
        "every format is opened by what is in it",
        arguments: [
            ("formats/simple-v1/model.ckpt-77", "V1 checkpoint", "its bytes"),
            ("formats/simple-v2/model.ckpt-77", "V2 checkpoint", "its index"),
        ]
    )
    func formats(path: String, kind: String, subject: String) throws {
        let file = try WeightFile(Fixture.path(path))
        #expect(file.kind == kind)
        #expect(file.place.digestSubject == subject)
        #expect(file.path == Fixture.path(path))
        #expect(!file.tensors.tensors.isEmpty)
        #expect(file.faults.isEmpty)
        let digested = subject == "its index" ? Fixture.path(path) + ".index" : Fixture.path(path)
        let bytes = try MappedFile(path: digested)
        #expect(try file.place.digest() == bytes.withBytes { SHA256.hex(of: $0) })
    }

    @Test("the digest of a sharded V1 checkpoint covers its files")
    func shards() throws {
        let file = try WeightFile(Fixture.path("formats/simple-v1-sharded"))
        #expect(file.kind == "V1 checkpoint")
        #expect(file.files.count == 1)
        var digest = SHA256()
        for path in file.files { try MappedFile(path: path).withBytes { digest.update($0) } }
        #expect(try file.place.digest() == SHA256.hex(digest.finish()))
    }

    @Test("a file that holds no weights is refused by name")
    func records() throws {
        let path = Fixture.path("formats/records.plain")
        #expect(throws: NetworkError.noWeights(path: path)) { try WeightFile(path) }
    }
}
