public import Checkpoint
internal import Engine
internal import Pictures
internal import Proto
internal import Reference

/// The proof of a written graph: what it computes of fixed pictures, read back and computed by plain arithmetic, against
/// the engine.
public enum GraphProof {
    /// Where a graph was written to.
    public enum Place: Sendable {
        /// A file.
        case frozen(String)
        /// The folder of a model, with what it is given.
        case savedModel(String, ServingInput)

        fileprivate var path: String {
            switch self {
            case .frozen(let path): path
            case .savedModel(let folder, _): folder
            }
        }
    }

    /// The pictures that are computed.
    static let pictureCount = 2

    /// Compares the logits.
    ///
    /// - Parameters:
    ///   - place: Where the graph lies.
    ///   - network: What it was to be.
    ///   - source: What its weights were made of.
    /// - Returns: the engine's logits against the graph's.
    /// - Throws: ``ConversionError``.
    public static func compare(
        _ place: Place,
        _ network: NetworkPlan,
        from source: any TensorSource
    ) throws(ConversionError) -> LogitComparison {
        let graph: WrittenGraph
        let prepared: ReferenceTensor
        let found: ReferenceTensor
        do {
            switch place {
            case .frozen(let path):
                graph = try WrittenGraph(frozen: path)
                prepared = fixedPictures(network)
                found = try logits(graph, [Name(ServingGraph.inputName): prepared])
            case .savedModel(let folder, .prepared):
                graph = try WrittenGraph(savedModel: folder)
                prepared = fixedPictures(network)
                found = try logits(graph, [Name(ServingGraph.inputName): prepared])
            case .savedModel(let folder, .encoded(let preprocessing)):
                graph = try WrittenGraph(savedModel: folder)
                let pictures = decodedPictures(preprocessing, count: pictureCount)
                prepared = try concatenated(
                    try pictures.map { try preprocessing.prepare($0) },
                    network
                )
                let own = try pictures.map { try prepare($0, graph).values }
                let collected = graph.nodes.first { $0.operation == "TensorArrayGatherV3" }
                found = try logits(graph, [Name(collected?.name ?? ""): concatenated(own, network)])
            }
        } catch let error as ConversionError {
            throw error
        } catch let error as ReferenceError {
            throw ConversionError(error, of: place.path)
        } catch {
            throw .uncomputable(path: place.path, node: "input", reason: "\(error)")
        }
        let expected = try engineLogits(network, source, prepared)
        let classes = expected.count / pictureCount
        guard found.shape == [pictureCount, classes] else {
            throw .uncomputable(
                path: place.path,
                node: "logits",
                reason: "the shape is \(found.shape)"
            )
        }
        return LogitComparison(expected, found.values, classes: classes)
    }

    /// What the engine makes of prepared pictures with the weights as they are written.
    static func engineLogits(
        _ network: NetworkPlan,
        _ source: any TensorSource,
        _ pictures: ReferenceTensor
    ) throws(ConversionError) -> [Float] {
        try logits(network.graph, network.weights(from: source), pictures)
    }

    /// What the engine makes of prepared pictures, `[picture, height, width, 3]`.
    static func logits(
        _ graph: Graph,
        _ weights: Weights,
        _ pictures: ReferenceTensor
    ) throws(ConversionError) -> [Float] {
        guard let planar = try? pictures.transposed([0, 3, 1, 2]), pictures.shape[0] > 0 else {
            preconditionFailure("pictures have four dimensions, not \(pictures.shape)")
        }
        do throws(EngineError) {
            let executor = try Executor(
                graph,
                weights: weights,
                batch: pictures.shape[0],
                options: ExecutionOptions(math: .exact)
            )
            unsafe executor.withInput { input in
                _ = unsafe input.update(fromContentsOf: planar.values)
            }
            try executor.run()
            return executor.logits
        } catch {
            throw .engine(error)
        }
    }

    /// The fixed pictures as a network takes them.
    static func fixedPictures(_ network: NetworkPlan) -> ReferenceTensor {
        let shape = network.graph.input
        return FixedPictures.values(pictureCount, height: shape.height, width: shape.width)
    }

    private static func logits(
        _ graph: WrittenGraph,
        _ given: [Name: ReferenceTensor]
    ) throws(ReferenceError) -> ReferenceTensor {
        // What the published results are made of.
        let results = graph.interpreter.node(named: ServingGraph.outputs[1].node)
        return try graph.interpreter.value(of: results?.inputs.first ?? "", given: given)
    }

    /// Fixed pictures that are neither square nor of the network's size.
    static func decodedPictures(_ preprocessing: Preprocessing, count number: Int) -> [Picture] {
        let side = preprocessing.imageSize
        let size = PictureSize(width: side + side / 7, height: side + side / 3)
        let bytes = FixedPictures.bytes(number, height: size.height, width: size.width)
        guard number > 0 else { return [] }
        let count = bytes.count / number
        return (0..<number).map {
            Picture(size: size, pixels: Array(bytes[($0 * count)..<(($0 + 1) * count)]))
        }
    }

    /// What the body of the graph's loop makes of one decoded picture.
    static func prepare(
        _ picture: Picture,
        _ graph: WrittenGraph
    ) throws -> ReferenceTensor {
        let decoded = try ReferenceTensor(
            [picture.size.height, picture.size.width, 3],
            picture.pixels.map { Float($0) }
        )
        let decoder = graph.nodes.first { $0.operation == "DecodeJpeg" }
        let collector = graph.nodes.first { $0.operation == "TensorArrayWriteV3" }
        guard let decoder, let collector, collector.inputs.count == 4 else {
            throw ReferenceError("the graph decodes no pictures")
        }
        return try graph.interpreter.value(
            of: collector.inputs[2],
            given: [Name(decoder.name): decoded]
        )
    }

    private static func concatenated(
        _ pictures: [[Float]],
        _ network: NetworkPlan
    ) throws(ReferenceError) -> ReferenceTensor {
        let shape = network.graph.input
        return try ReferenceTensor(
            [pictures.count, shape.height, shape.width, shape.channels],
            pictures.flatMap { $0 }
        )
    }
}
