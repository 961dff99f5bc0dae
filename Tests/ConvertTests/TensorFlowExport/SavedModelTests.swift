import Checkpoint
import Convert
import Networks
import Pictures
import Proto
import TestSupport
import Testing

@Suite
struct SavedModelTests {
    private func write(
        _ small: SmallNetwork,
        _ input: ServingInput,
        _ folder: TemporaryFolder
    ) throws -> String {
        let path = SavedModelWriter.folders(folder.root, timestamp: 7, [input])[0]
        try SavedModelWriter.write(
            small.network,
            from: small.source,
            input,
            to: path,
            replacing: false
        )
        return path
    }

    @Test("a model whose channels come first computes the same")
    func channelsFirst() throws {
        for isFlat in [false, true] {
            var configuration = PublishedModel.assembleResNet50.configuration
            (configuration.width, configuration.classes) = (8, 11)
            if isFlat { configuration.pooling = .flatten }
            let small = try SmallNetwork(configuration)
            var plan = small.network
            plan.order = .channelsFirst
            let folder = try TemporaryFolder()
            let preprocessing = try Preprocessing(name: "imagenet", imageSize: 64)
            for input in [ServingInput.encoded(preprocessing), .prepared] {
                let path = SavedModelWriter.folders(
                    folder.root,
                    timestamp: 7,
                    [input],
                    .channelsFirst
                )[0]
                #expect(path == "\(folder.root)/channels_first/\(input.folder)/7")
                try SavedModelWriter.write(
                    plan,
                    from: small.source,
                    input,
                    to: path,
                    replacing: false
                )
                let bytes = try folder.bytes("channels_first/\(input.folder)/7/saved_model.pb")
                let model = try unsafe SavedModel(bytes.span.bytes)
                let nodes = try #require(model.metaGraphs.first?.graph?.nodes)
                let formats = nodes.filter { $0.operation != "BiasAdd" }
                    .compactMap { $0["data_format"] }
                #expect(!formats.isEmpty)
                #expect(formats.allSatisfy { $0 == .bytes(Array("NCHW".utf8)) })
                let proof = try GraphProof.compare(
                    .savedModel(path, input),
                    plan,
                    from: small.source
                )
                #expect(proof.isPassed, "\(proof.largestRelativeDifference)")
            }
        }
    }

    @Test("the published exporter's folders, signatures and tensors")
    func published() throws {
        let small = try SmallNetwork()
        let folder = try TemporaryFolder()
        let preprocessing = try Preprocessing(name: "imagenet", imageSize: 64)
        for (input, place, key, shape) in [
            (ServingInput.encoded(preprocessing), "binary_input", "image_bytes", [-1]),
            (.prepared, "preprocessed_input", "input", [-1, 64, 64, 3]),
        ] as [(ServingInput, String, String, [Int64])] {
            let path = try write(small, input, folder)
            #expect(path == "\(folder.root)/channels_last/\(place)/7")
            let bytes = try folder.bytes("channels_last/\(place)/7/saved_model.pb")
            let model = try unsafe SavedModel(bytes.span.bytes)
            #expect(model.schemaVersion == 1)
            let graph = try #require(model.metaGraphs.first)
            #expect(graph.tags == ["serve"])
            #expect(graph.signatures.map(\.name) == ["predict", "serving_default"])
            for signature in graph.signatures {
                #expect(signature.method == "tensorflow/serving/predict")
                #expect(signature.inputs.keys.sorted() == [key])
                #expect(signature.inputs[key]?.name == "input_tensor:0")
                #expect(signature.inputs[key]?.shape.dimensions == shape)
                #expect(
                    signature.outputs.mapValues(\.name) == [
                        "classes": "ArgMax:0", "probabilities": "softmax_tensor:0",
                        "probabilities_sigmoid": "sigmoid_tensor:0",
                    ]
                )
            }
            let variables = try graph.variables()
            let expected = small.network.names.variables.sorted {
                $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
            }
            #expect(variables.map(\.name) == expected.map { "\($0.name):0" })
            #expect(variables.map(\.isTrainable) == expected.map(\.isTrainable))
            #expect(variables.filter { !$0.isResource }.isEmpty)
            let names = Set(try #require(graph.graph).nodes.map(\.name))
            #expect(variables.allSatisfy { names.contains($0.initializer) })
            let reader = try BundleReader(prefix: "\(path)/variables/variables")
            let verification = try TensorProof(
                small.network.plan,
                of: small.source,
                in: reader
            )
            #expect(verification.faults == [])
        }
    }

    @Test(
        "what is given decoded pictures gives the engine's logits, in every way of preparing them",
        arguments: ["imagenet", "imagenet_224_256a", "reid", "inception_331"]
    )
    func encoded(name: String) throws {
        let small = try SmallNetwork()
        let folder = try TemporaryFolder()
        let input = ServingInput.encoded(try Preprocessing(name: name, imageSize: 64))
        let path = try write(small, input, folder)
        let comparison = try GraphProof.compare(
            .savedModel(path, input),
            small.network,
            from: small.source
        )
        #expect(comparison.isPassed, "\(comparison)")
    }

    @Test("another restored value is found")
    func restoring() throws {
        let small = try SmallNetwork()
        let folder = try TemporaryFolder()
        let path = try write(small, .prepared, folder)
        let place = "channels_last/preprocessed_input/7/saved_model.pb"
        var bytes = try folder.bytes(place)
        // The list of names that are restored: two variables of the same shape change places.
        let first = Array("resnet_model/stage4/batch_normalization_1/beta".utf8)
        let second = Array("resnet_model/stage4/batch_normalization_4/beta".utf8)
        let list = Array("save/RestoreV2/tensor_names".utf8)
        let start = try #require(bytes.firstRange(of: list)?.upperBound)
        let one = try #require(bytes[start...].firstRange(of: first))
        let other = try #require(bytes[start...].firstRange(of: second))
        bytes.replaceSubrange(one, with: second)
        bytes.replaceSubrange(other, with: first)
        try folder.write(bytes, to: place)
        let comparison = try GraphProof.compare(
            .savedModel(path, .prepared),
            small.network,
            from: small.source
        )
        #expect(!comparison.isPassed)
    }

    @Test(
        "a folder that is there is replaced only when that is asked for, and nothing else is left"
    )
    func replacing() throws {
        let small = try SmallNetwork()
        let folder = try TemporaryFolder()
        let path = try write(small, .prepared, folder)
        #expect(throws: ConversionError.exists(path: path)) {
            try write(small, .prepared, folder)
        }
        try folder.write("old", to: "channels_last/preprocessed_input/7/note")
        try SavedModelWriter.write(
            small.network,
            from: small.source,
            .prepared,
            to: path,
            replacing: true
        )
        let models = try TemporaryFolder.names(
            at: "\(folder.root)/channels_last/preprocessed_input"
        )
        #expect(models == ["7"])
        #expect(try TemporaryFolder.names(at: path) == ["saved_model.pb", "variables"])
    }

    @Test("a .meta file restores every tensor of its checkpoint under its own name")
    func meta() throws {
        let small = try SmallNetwork()
        let folder = try TemporaryFolder()
        let path = MetaGraphWriter.path(prefix: folder.path("model.ckpt"))
        for network in [small.network, nil] {
            try MetaGraphWriter.write(small.network.plan, network, to: path, replacing: true)
            let bytes = try folder.bytes("model.ckpt.meta")
            let meta = try unsafe MetaGraph(bytes.span.bytes)
            #expect(meta.saver?.restoreOperation == "save/restore_all")
            #expect(meta.saver?.fileNameTensor == "save/Const:0")
            #expect(meta.saver?.version == 2)
            let names = Set(try meta.variables().map { String($0.name.dropLast(2)) })
            #expect(names == Set(small.source.tensors.map(\.name)))
            let nodes = try #require(meta.graph).nodes
            #expect(nodes.contains { $0.name == "softmax_tensor" } == (network != nil))
        }
    }
}
