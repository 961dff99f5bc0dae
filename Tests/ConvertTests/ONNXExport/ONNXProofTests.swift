import Checkpoint
import Convert
import Engine
import Formats
import Foundation
import GoldenNetworks
import Networks
import Pictures
import Reference
import TestSupport
import Testing

/// The proof of a model, on a small network.
@Suite
struct ONNXProofTests {
    private let export: ONNXExport
    private let weights: Weights

    init() throws {
        var configuration = ModelConfiguration()
        configuration.version = 2
        configuration.width = 8
        configuration.classes = 7
        configuration.usesSelectiveKernel = true
        configuration.antiAliasesConvolutions = true
        export = ONNXExport(configuration, imageSize: 64)
        let network = try FamilyNetwork(configuration, imageSize: 64)
        weights = .filled(VariableNames(network))
    }

    private func write(
        _ export: ONNXExport,
        externally: Bool = false,
        in folder: TemporaryFolder
    ) throws -> String {
        let path = folder.path("model.onnx")
        try ONNXWriter.write(
            export,
            weights,
            to: path,
            metadata: ["num_classes": "7"],
            externally: externally,
            replacing: false
        )
        return path
    }

    @Test("every form of a model is what it was made of", arguments: [false, true], [false, true])
    func forms(isFolded: Bool, isExternal: Bool) throws {
        let folder = try TemporaryFolder()
        var export = export
        export.foldsBatchNorms = isFolded
        let path = try write(export, externally: isExternal, in: folder)
        #expect(
            try folder.names() == (isExternal ? ["model.onnx", "model.onnx.data"] : ["model.onnx"])
        )
        let proof = try ONNXProof(path: path, export, weights)
        #expect(proof.isPassed, "\(proof)")
        let network = try FamilyNetwork(export.configuration, imageSize: 64)
        let count = VariableNames(network).variables.count
        #expect(proof.weights.identicalCount == (isFolded ? 0 : count))
        #expect(try ONNXFile(path: path).metadata == ["num_classes": "7"])
    }

    @Test("the same model is the same bytes")
    func deterministic() throws {
        let (one, other) = (try TemporaryFolder(), try TemporaryFolder())
        _ = try write(export, in: one)
        _ = try write(export, in: other)
        #expect(try one.contents() == other.contents())
    }

    @Test("other sizes than that of the proof are computed by a model of any size")
    func dynamic() throws {
        let folder = try TemporaryFolder()
        var export = export
        export.isSizeDynamic = true
        export.configuration.pooling = .generalizedMean
        let path = try write(export, in: folder)
        export.imageSize = 96
        #expect(try ONNXProof(path: path, export, weights).isPassed)
        export.configuration.pooling = .flatten
        #expect(throws: ConversionError.self) { try export.model() }
    }

    @Test("max-pools of any size pad odd and even extents", arguments: [64, 70, 75, 97])
    func oddSizes(size: Int) throws {
        let folder = try TemporaryFolder()
        var export = ONNXExport(ModelConfiguration(), imageSize: 64)
        export.configuration.width = 4
        export.configuration.usesResNetD = true
        export.isSizeDynamic = true
        let network = try FamilyNetwork(export.configuration, imageSize: 64)
        let weights = Weights.filled(VariableNames(network))
        let path = folder.path("any.onnx")
        try ONNXWriter.write(export, weights, to: path, metadata: [:], replacing: false)
        export.imageSize = size
        #expect(try ONNXProof(path: path, export, weights).isPassed)
    }

    @Test("a flattened picture meets its kernel in the right order", arguments: [0, 8])
    func flattened(embedding: Int) throws {
        let folder = try TemporaryFolder()
        var export = export
        export.configuration.pooling = .flatten
        export.configuration.embeddingSize = embedding
        let network = try FamilyNetwork(export.configuration, imageSize: 64)
        let weights = Weights.filled(VariableNames(network))
        let path = folder.path("flat.onnx")
        try ONNXWriter.write(export, weights, to: path, metadata: [:], replacing: false)
        #expect(try ONNXProof(path: path, export, weights).logits.isPassed)
    }

    @Test(
        "pictures are prepared in the graph as outside of it",
        arguments: [
            "imagenet_064", "imagenet_064a", "reid", "inception_331", "slim_inception", "slim_vgg",
            "keras_tf", "keras_caffe", "keras_torch", "hub", "efficientnet", "raw",
        ]
    )
    func preprocessing(name: String) throws {
        let folder = try TemporaryFolder()
        var export = export
        let preprocessing = try Preprocessing(name: name, imageSize: 64)
        export.preprocessing = preprocessing
        let path = try write(export, in: folder)
        #expect(try ONNXProof(path: path, export, weights).isPassed)

        // The preparation alone, which is the same to the bit.
        let bytes = FixedPictures.bytes(1, height: 91, width: 133)
        let size = PictureSize(width: 133, height: 91)
        let expected = try preprocessing.prepare(Picture(size: size, pixels: bytes))
        let input = try ReferenceTensor([1, 91, 133, 3], bytes.map { Float($0) })
        let prepared = try ONNXInterpreter(ONNXFile(path: path))
            .run(["image": input], until: "stem/input")
        #expect(try prepared.transposed([0, 2, 3, 1]).values == expected)
    }

    @Test(
        "other ways to resize are the same in the graph, or refused",
        arguments: Pictures.ResizeRule.allCases,
        PreprocessingParts.CropMode.allCases
    )
    func parts(rule: Pictures.ResizeRule, mode: PreprocessingParts.CropMode) throws {
        let folder = try TemporaryFolder()
        var export = export
        var parts = PreprocessingParts()
        (parts.rule, parts.cropMode, parts.cropShare) = (rule, mode, 0.8)
        let preprocessing = try Preprocessing(name: "hub", imageSize: 64, parts: parts)
        export.preprocessing = preprocessing
        guard ![.area, .bicubicHalfPixel].contains(rule) else {
            #expect(throws: ConversionError.self) { try export.model() }
            return
        }
        let path = try write(export, in: folder)
        for (height, width) in [(91, 133), (50, 40)] {
            let bytes = FixedPictures.bytes(1, height: height, width: width)
            let size = PictureSize(width: width, height: height)
            let expected = try preprocessing.prepare(Picture(size: size, pixels: bytes))
            let input = try ReferenceTensor([1, height, width, 3], bytes.map { Float($0) })
            let prepared = try ONNXInterpreter(ONNXFile(path: path))
                .run(["image": input], until: "stem/input")
            #expect(try prepared.transposed([0, 2, 3, 1]).values == expected)
        }
    }

    @Test("a weight of another value is found")
    func changed() throws {
        let folder = try TemporaryFolder()
        let path = try write(export, in: folder)
        var bytes = try folder.bytes("model.onnx")
        bytes[bytes.count - 5] ^= 0x20
        try Data(bytes).write(to: URL(filePath: path))
        let proof = try ONNXProof(path: path, export, weights)
        #expect(proof.weights.faults == ["resnet_model/dense/bias: bytes differ"])
        #expect(!proof.isPassed)
    }

    @Test(
        "K09: weights that lie in another folder are not looked for",
        arguments: ["../el.onnx.data", "/tmp/.onnx.data", "model\0onnx.data", "sub/l.onnx.data"]
    )
    func elsewhere(location: String) throws {
        let folder = try TemporaryFolder()
        let path = try write(export, externally: true, in: folder)
        var bytes = try folder.bytes("model.onnx")
        for place in bytes.ranges(of: Array("model.onnx.data".utf8)) {
            bytes.replaceSubrange(place, with: location.utf8)
        }
        try Data(bytes).write(to: URL(filePath: path))
        let error = #expect(throws: FormatError.self) { try ONNXFile(path: path) }
        let reason = location.contains("\0") ? "zero byte" : "no place for it"
        #expect("\(try #require(error))".contains(reason))
    }

    @Test("a damaged model is an error, wherever it is cut")
    func damaged() throws {
        let folder = try TemporaryFolder()
        let whole = try write(export, externally: true, in: folder)
        let bytes = try folder.bytes("model.onnx")
        let path = folder.path("cut.onnx")
        for length in stride(from: 0, to: bytes.count, by: 97) {
            try Data(bytes[..<length]).write(to: URL(filePath: path))
            _ = try? ONNXFile(path: path)
        }
        for place in stride(from: 0, to: min(bytes.count, 60_000), by: 53) {
            var changed = bytes
            changed[place] ^= 0x81
            try Data(changed).write(to: URL(filePath: path))
            _ = try? ONNXFile(path: path)
        }
        try Data().write(to: URL(filePath: whole + ".data"))
        #expect(throws: FormatError.self) { try ONNXFile(path: whole) }
    }
}
