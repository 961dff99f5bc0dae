import Checkpoint
import Convert
import Engine
import GoldenNetworks
import Networks
import Pictures
import Proto
import Reference
import TestSupport
import Testing

/// An imported network with a plan for all its parameters.
struct ImportedNetwork {
    let graph: InferenceGraph
    let file: WeightFile
    let plan: ConversionPlan

    init(
        _ path: String,
        _ options: ImportOptions = ImportOptions(),
        _ request: ConversionRequest = ConversionRequest()
    ) throws {
        graph = try InferenceGraph(path, options)
        file = WeightFile(graph)
        var request = request
        request.mayBeEmpty = true
        plan = try ConversionPlan(file, request)
    }

    func target(
        _ format: ConversionFormat,
        _ path: String,
        _ settings: TargetSettings = TargetSettings()
    ) throws -> any ConversionTarget {
        let job = ConversionJob(plan, from: file.tensors, nil, graph: graph, to: path, settings)
        return try format.target.init(job)
    }

    /// Writes the network, and proves it unless that takes too long.
    func write(
        _ format: ConversionFormat,
        _ path: String,
        proves: Bool = true
    ) throws -> ConversionProof? {
        let target = try target(format, path)
        try target.write()
        return proves ? try target.prove() : nil
    }
}

/// Foreign networks written as TensorFlow's graphs, and imported again.
@Suite(.serialized)
struct ImportedExportTests {
    /// Networks whose proofs take no more than a few seconds.
    private static let small: Set = [
        "lrn", "tpu-resnet-18", "train-by-hand", "train-layers", "train-phase-placeholder",
    ]

    private func check(_ name: String) throws {
        guard let golden = try GoldenImport.load(name) else { return }
        let folder = try TemporaryFolder()
        let network = try ImportedNetwork(try golden.write(into: folder))
        let expected = try golden.expected("logits.npy")
        let pictures = try golden.tensor()
        for (format, path) in [
            (ConversionFormat.frozen, folder.path("frozen.pb")),
            (.savedModel, folder.path("saved")),
        ] {
            let proof = try network.write(format, path, proves: Self.small.contains(name))
            for output in proof?.outputs ?? [] {
                print("\(name): \(format) \(output.name): \(output.largestRelativeDifference)")
                #expect(output.isPassed, "\(output)")
            }
            let written = try ImportedGraph(path)
            let byReference = try written.logits(pictures)
            let byEngine = try written.translated(size: golden.input_shape[1]).values(
                of: [.logits],
                pictures: pictures,
                batch: 2,
                ExecutionOptions(math: .exact)
            )[0]
            for (way, logits) in [("Reference", byReference), ("engine", byEngine)] {
                let error = logits.largestRowError(from: expected)
                print("\(name): \(format) by \(way): largest relative error \(error)")
                #expect(error <= golden.allowed, "\(name) \(format) \(way): \(error)")
                #expect(logits.rowMaxima == expected.rowMaxima)
            }
        }
    }

    @Test("inference graphs, written and read again", arguments: GoldenImport.inference)
    func inference(name: String) throws { try check(name) }

    @Test("training graphs, written for inference and read again", arguments: GoldenImport.training)
    func training(name: String) throws { try check(name) }

    @Test("SavedModels of TensorFlow 2, written and read again", arguments: GoldenImport.second)
    func second(name: String) throws { try check(name) }

    @Test(
        "a signature of a module comes out as one",
        arguments: [("default", "logits.npy"), ("image_feature_vector", "feature_vector.npy")]
    )
    func module(signature: String, file: String) throws {
        guard let path = GoldenFolder.path("import/hub-module") else { return }
        var options = ImportOptions()
        options.signature = signature
        let network = try ImportedNetwork("\(path)/module", options)
        let folder = try TemporaryFolder()
        let proof = try network.write(.savedModel, folder.path("m"))
        #expect(proof?.outputs.allSatisfy { $0.isPassed } == true)
        let input = try ReferenceTensor(npy: "\(path)/input.npy")
        let expected = try ReferenceTensor(npy: "\(path)/\(file)")
        var again = ImportOptions()
        again.outputTensor = network.graph.outputs.first { $0.name == "default" }?.tensor
        let logits = try ImportedGraph(folder.path("m"), again).logits(input)
        #expect(logits.largestRowError(from: expected) <= 1e-5)
        let source = try GraphSource(folder.path("m"))
        let found = try #require(source.meta.signatures.first)
        #expect(found.name == "serving_default")
        #expect(Array(found.inputs.keys) == ["images"])
        #expect(Set(found.outputs.keys) == Set(network.graph.outputs.map(\.name)))
    }

    @Test(
        "encoded pictures go in where that is asked for",
        arguments: [
            "hub_96", "keras_torch_96", "keras_caffe_96", "slim_vgg_96", "slim_inception_96",
        ]
    )
    func decoding(preprocessing: String) throws {
        guard let path = GoldenFolder.path("import/hub-module") else { return }
        var options = ImportOptions()
        options.signature = "default"
        let network = try ImportedNetwork("\(path)/module", options)
        let folder = try TemporaryFolder()
        var settings = TargetSettings()
        settings.decoding = try Preprocessing(name: preprocessing)
        for (format, name) in [(ConversionFormat.frozen, "g.pb"), (.savedModel, "g")] {
            let target = try network.target(format, folder.path(name), settings)
            try target.write()
            let outputs = try target.prove().outputs
            #expect(!outputs.isEmpty)
            #expect(outputs.allSatisfy { $0.isPassed }, "\(outputs)")
        }
        let meta = try GraphSource(folder.path("g")).meta
        #expect(meta.signatures.first?.inputs.keys.sorted() == ["image_bytes"])
        settings.decoding = try Preprocessing(name: "hub_64")
        #expect(throws: ConversionError.noPictures(side: 64, inputs: ["hub_input/images:0"])) {
            _ = try network.target(.frozen, folder.path("h.pb"), settings)
        }
    }
}
