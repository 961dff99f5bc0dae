import Checkpoint
import Convert
import Engine
import Formats
import Foundation
import GoldenNetworks
import Networks
import Proto
import TestSupport
import Testing

@Suite
struct TimmNamesTests {
    @Test(
        "every variable of every architecture has a name of its own",
        arguments: GoldenGraph.names
    )
    func unique(name: String) throws {
        let golden = try GoldenGraph.load(name)
        let network = try FamilyNetwork(golden.configuration, imageSize: golden.image_size)
        let names = TimmNames(network).byVariable
        #expect(Set(names.keys) == Set(golden.variables.map(\.name)))
        #expect(Set(names.values).count == names.count)
    }

    @Test("a ResNet-50 has timm's names")
    func vanilla() throws {
        let names = TimmNames(try FamilyNetwork(ModelConfiguration(), imageSize: 224)).byVariable
        #expect(names["resnet_model/conv2d/kernel"] == "conv1.weight")
        #expect(names["resnet_model/batch_normalization/moving_variance"] == "bn1.running_var")
        #expect(names["resnet_model/conv2d_1/kernel"] == "layer1.0.downsample.0.weight")
        #expect(names["resnet_model/conv2d_2/kernel"] == "layer1.0.conv1.weight")
        #expect(names["resnet_model/batch_normalization_52/gamma"] == "layer4.2.bn3.weight")
        #expect(names["resnet_model/dense/bias"] == "fc.bias")
    }

    @Test("weights come home from PyTorch's names byte for byte", arguments: GoldenGraph.names)
    func roundTrip(name: String) throws {
        let golden = try GoldenGraph.load(name)
        var configuration = golden.configuration
        configuration.width = 16
        configuration.classes = 11
        let network = try FamilyNetwork(configuration, imageSize: 224)
        let folder = try TemporaryFolder()
        let writer = try BundleWriter(prefix: folder.path("a"))
        for variable in VariableNames(network).variables.sorted(by: {
            $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
        }) {
            // Bit patterns of any kind.
            var bytes: [UInt8] = []
            var state = UInt32(
                truncatingIfNeeded: variable.name.utf8.reduce(7) { $0 &* 31 &+ Int($1) }
            )
            for _ in 0..<variable.shape.reduce(4, *) {
                state = state &* 1_664_525 &+ 1_013_904_223
                bytes.append(UInt8(state >> 24))
            }
            try unsafe writer.add(
                variable.name,
                .float32,
                shape: variable.shape,
                bytes: bytes.span.bytes
            )
        }
        try writer.finish()
        let source = try BundleReader(prefix: folder.path("a"))
        var request = ConversionRequest()
        request.parameterNames = TimmNames(network).byVariable
        let plan = try ConversionPlan(source.tensors, request)
        let path = folder.path("a.safetensors")
        try SafeTensorsWriter.write(plan, from: source, to: path, metadata: [:], replacing: false)
        let written = try SafeTensorsReader(path: path)
        #expect(try TensorProof(plan, of: source, in: written).faults.isEmpty)
        let classifier = try #require(written.tensor(named: "fc.weight"))
        #expect(classifier.shape[0] == 11)

        let back = try WeightFile(path)
        #expect(back.notes.count == 1)
        let home = try ConversionPlan(back.tensors.tensors, ConversionRequest())
        try CheckpointWriter.write(home, from: back.tensors, prefix: folder.path("b"))
        for ending in ["index", "data-00000-of-00001"] {
            #expect(try folder.bytes("b.\(ending)") == folder.bytes("a.\(ending)"))
        }
    }
}
