import Checkpoint
import Convert
import Engine
import Formats
import Foundation
import Networks
import Proto
import TestSupport
import Testing

@Suite
struct CertificateTests {
    private let folder: TemporaryFolder
    private let target: String
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        target = folder.path("result/tiny")
        path = folder.path("tiny.json")
        try folder.makeFolder("result")
    }

    /// Converts the tiny checkpoint to another, and certifies it.
    private func certify() throws {
        let source = try WeightFile(Fixture.path("tiny/model"))
        var request = ConversionRequest()
        request.keepsTrainingState = false
        request.weightType = .bfloat16
        request.renames = ["s|^resnet_model/|net/|"]
        let plan = try ConversionPlan(source.tensors.tensors, request)
        try CheckpointWriter.write(plan, from: source.tensors, prefix: target)
        let identified = try IdentifiedModel(CheckpointInventory(source.tensors))
        var model = identified.configuration
        model.antiAliasesConvolutions = true
        let network = try NetworkPlan(FamilyNetwork(model, imageSize: 96), plan)
        let certificate = try Certificate(
            tool: "1.2.3",
            path: path,
            source: source,
            plan: plan,
            format: "tf",
            target: target,
            files: CheckpointWriter.paths(prefix: target, shardCount: 1),
            result: BundleReader(prefix: target),
            network: Certificate.NetworkFacts(network, model, .raw, graph: nil)
        )
        try certificate.write(to: path, replacing: false)
        #expect(try Certificate(path: path) == certificate)
    }

    private func check(
        source: String? = nil,
        target: String? = nil,
        at path: String? = nil
    ) throws -> CertificateCheck {
        let path = path ?? self.path
        return try CertificateCheck(
            Certificate(path: path),
            path: path,
            source: source,
            target: target
        ) { [try BundleReader(prefix: $0)] }
    }

    @Test("a certificate says all of a conversion, and holds")
    func whole() throws {
        try certify()
        let certificate = try Certificate(path: path)
        #expect(certificate.result.path == "result/tiny")
        #expect(certificate.result.files.map(\.ending) == [".data-00000-of-00001", ".index"])
        #expect(certificate.tensors.count == 496)
        #expect(certificate.leftOut.count == 307)
        let bias = try #require(certificate.tensors.first { $0.name == "net/dense/bias" })
        #expect(bias.source == "resnet_model/dense/bias")
        #expect(bias.dtype == "bfloat16" && bias.sourceDtype == "float32" && bias.shape == [11])
        #expect(certificate.network?.logits.map(\.count) == [11, 11])
        let check = try check()
        #expect(check.faults == [])
        #expect(check.isPassed)
        #expect(check.logits?.largestDifference == 0)
    }

    @Test(
        "it holds where certificate and result were moved together, or where one says where they are"
    )
    func moved() throws {
        try certify()
        // Deeper, so that the way to the source is another one.
        let other = try TemporaryFolder()
        let deep = other.path("far/away")
        try FileManager.default.createDirectory(atPath: deep, withIntermediateDirectories: true)
        for name in ["result", "tiny.json"] {
            try FileManager.default.moveItem(atPath: folder.path(name), toPath: "\(deep)/\(name)")
        }
        let there = try check(at: "\(deep)/tiny.json")
        #expect(there.isPassed)
        #expect(there.findings[0].contains("so it is not checked"))
        try FileManager.default.moveItem(
            atPath: "\(deep)/tiny.json",
            toPath: folder.path("tiny.json")
        )
        let gone = try check()
        #expect(
            gone.faults == [".data-00000-of-00001", ".index"].map { "\(target)\($0): missing" }
        )
        let named = try check(
            source: Fixture.path("tiny/model/model.ckpt-2000"),
            target: "\(deep)/result/tiny"
        )
        #expect(named.isPassed)
        #expect(named.findings.count == 4)
    }

    @Test("a changed byte is named by its file")
    func changed() throws {
        try certify()
        let data = "result/tiny.data-00000-of-00001"
        var bytes = try folder.bytes(data)
        bytes[1000] ^= 1
        try folder.write(bytes, to: data)
        #expect(
            try check().faults == [
                "\(target).data-00000-of-00001: other bytes than the certificate's"
            ]
        )
        try folder.write(bytes + [0], to: data)
        #expect(
            try check().faults == [
                "\(target).data-00000-of-00001: \(bytes.count + 1) bytes, the certificate says \(bytes.count)"
            ]
        )
    }

    @Test(
        "a changed certificate is contradicted by the files",
        arguments: [
            (#""dtype" : "bfloat16""#, #""dtype" : "float16""#, "the certificate says float16"),
            ("net/dense/bias", "net/dense/bios", "net/dense/bios: missing"),
            (#""bl_alpha" : 2"#, #""bl_alpha" : 3"#, "the network lacks it"),
            (
                #""image_size" : 96"#, #""image_size" : 99999"#,
                "the certificate's network is not known"
            ),
            (#""no_downsample" : false"#, #""no_downsample" : true"#, "is allowed"),
        ]
    )
    func forged(old: String, new: String, expected: String) throws {
        try certify()
        let text = try folder.text("tiny.json")
        let range = try #require(text.range(of: old))
        try folder.write(text.replacingCharacters(in: range, with: new), to: "tiny.json")
        let faults = try check().faults
        #expect(faults.contains { $0.contains(expected) }, "\(faults)")
    }

    @Test(
        "what is no certificate is said to be none",
        arguments: ["", "{}", "[1]", #"{"schema":"reassemble.certificate"}"#]
    )
    func malformed(text: String) throws {
        try folder.write(text, to: "tiny.json")
        #expect(
            throws: ConversionError.format(
                .malformedFile(path: path, offset: 0, reason: "it is no certificate")
            )
        ) { try Certificate(path: path) }
    }
}
