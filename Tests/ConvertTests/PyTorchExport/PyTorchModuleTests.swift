import Convert
import Engine
import GoldenNetworks
import Networks
import Pictures
import Testing

@Suite
struct PyTorchModuleTests {
    @Test("every architecture has a file of its own, without what it has no use for")
    func texts() throws {
        var texts: Set<String> = []
        for name in GoldenGraph.names {
            let model = try GoldenGraph.load(name).configuration
            let text = try PyTorchModule(
                model,
                preprocessing: Preprocessing(name: "imagenet"),
                weights: "a.safetensors"
            ).text
            texts.insert(text)
            #expect(text.contains("class SelectiveKernel") == model.usesSelectiveKernel)
            #expect(text.contains("class SqueezeExcitation") == model.usesSqueezeExcitation)
            #expect(text.contains("class BigLittle") == (model.version == 2))
            #expect(text.contains("max_pool(x)") == (model.version == 1))
            #expect(text.split(separator: "\n").allSatisfy { $0.count <= 110 })
        }
        #expect(texts.count == GoldenGraph.names.count)
    }

    @Test("the name of the weights cannot leave its quotes")
    func quotes() throws {
        let text = try PyTorchModule(
            ModelConfiguration(),
            preprocessing: Preprocessing(name: "imagenet"),
            weights: "a\"\n\\b"
        ).text
        #expect(text.contains(#"WEIGHTS = "a\"\x0a\\b""#))
    }
}
