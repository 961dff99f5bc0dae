internal import Checkpoint
internal import Engine
internal import Formats
internal import Networks
internal import Pictures
internal import Proto
internal import Reference

/// An imported network as an ONNX model: what is planned, written and proved.
struct ImportedONNX {
    private let graph: InferenceGraph
    private let export: ONNXGraphExport
    private let job: ConversionJob
    private let model: ONNXModel
    /// The model, and the weights where they do not fit in it.
    let files: [String]

    /// Plans a model.
    ///
    /// - Throws: ``ConversionError/familyOnly(format:instead:)``,
    ///   ``ConversionError/inexpressibleOperations(format:operations:)``.
    init(_ graph: InferenceGraph, _ job: ConversionJob) throws(ConversionError) {
        let settings = job.settings
        let formed: FormedGraph
        do throws(NetworkError) {
            let size = settings.decoding?.imageSize ?? settings.imageSize
            formed =
                settings.isSizeDynamic
                ? try graph.formedForAnySize(size) : try graph.formed(size: size)
        } catch {
            throw .inexpressibleOperations(format: "ONNX", operations: [error.description])
        }
        var export = ONNXGraphExport(formed, layout: settings.layout)
        export.foldsBatchNorms = settings.foldsBatchNorms
        if settings.preprocesses, let decoding = settings.decoding {
            try ONNXTranslator.check(decoding)
            export.preparation = (try Self.picturesIndex(formed, decoding.imageSize), decoding)
        }
        export.constantNames = Dictionary(
            job.plan.items.map { (Name($0.source.name), $0.name) },
            uniquingKeysWith: { first, _ in first }
        )
        self.graph = graph
        self.export = export
        self.job = job
        var model = try export.model()
        model.metadata.merge(job.metadata) { own, _ in own }
        if let side = Self.side(formed) { model.metadata["image_size"] = String(side) }
        self.model = model
        files = ONNXWriter.paths(model, to: job.path, externally: settings.isExternal)
    }

    /// The input that takes float32 pictures of three channels and this side.
    private static func picturesIndex(
        _ graph: FormedGraph,
        _ side: Int
    ) throws(ConversionError) -> Int {
        let found = graph.inputs.indices.filter { index in
            let input = graph.inputs[index]
            guard input.type == .float32, input.shape.count == 4 else { return false }
            return [[side, side, 3], [3, side, side]].contains(Array(input.shape[1...]))
        }
        guard found.count == 1, let index = found.first else {
            throw .noPictures(side: side, inputs: graph.inputs.map(\.name))
        }
        return index
    }

    /// The side of the pictures, if they are squares.
    private static func side(_ graph: FormedGraph) -> Int? {
        guard graph.inputs.count == 1, let shape = graph.inputs.first?.shape, shape.count == 4,
            let rows = shape[1] == 3 ? shape[2] : shape[1]
        else { return nil }
        return rows == (shape[1] == 3 ? shape[3] : shape[2]) ? rows : nil
    }

    /// Writes the model.
    func write() throws(ConversionError) {
        try ONNXWriter.write(
            model,
            to: job.path,
            externally: job.settings.isExternal,
            replacing: job.isReplacing
        )
    }

    /// Compares the constants of the file with the network's, and what both make of the same inputs.
    func prove() throws(ConversionError) -> ConversionProof {
        let file = try reading { () throws(FormatError) in try ONNXFile(path: job.path) }
        var identical = 0
        var faults: [String] = []
        for initializer in model.initializers where initializer.isWeight {
            guard let constant = file.constants[ByteName(initializer.name)],
                constant.shape == initializer.shape, constant.element == initializer.element
            else {
                faults.append("\(initializer.name): missing, or of another shape")
                continue
            }
            let bytes = try initializer.content.bytes(Weights(), shape: initializer.shape)
            let stored = try reading { () throws(FormatError) in try file.bytes(constant) }
            if unsafe stored.buffer.elementsEqual(bytes) {
                identical += 1
            } else {
                faults.append("\(initializer.name): bytes differ")
            }
        }
        let tensors = [TensorProof(identical: identical, faults: faults)]
        guard faults.isEmpty else { return ConversionProof(tensors: tensors) }
        var outputs = try comparisons(file, sample: nil)
        if job.settings.isSizeDynamic {
            // Other pictures, neither square nor of the first size.
            let others = try comparisons(file, sample: 2)
            outputs = zip(outputs, others).map { OutputComparison.isBetter($0, $1) ? $1 : $0 }
        }
        return ConversionProof(tensors: tensors, outputs: outputs)
    }
}

extension ImportedONNX {
    /// What the file and the graph make of the same inputs.
    ///
    /// - Parameters:
    ///   - file: The model.
    ///   - sample: Whose extents of those that were tried the inputs have, but for the number of pictures; nil: the first's.
    /// - Returns: A comparison for each output.
    /// - Throws: ``ConversionError`` where either cannot be computed.
    private func comparisons(
        _ file: ONNXFile,
        sample: Int?
    ) throws(ConversionError) -> [OutputComparison] {
        let extents = export.graph.inputs.map { input in
            let tried = export.graph.form(input.place)?.shapes ?? []
            let shape = tried.indices.contains(sample ?? 0) ? tried[sample ?? 0] : []
            return zip(input.shape, shape).enumerated().map { axis, pair in
                pair.0 ?? (axis == 0 ? sample == nil ? 2 : 1 : pair.1)
            }
        }
        var given: (index: Int, values: ReferenceTensor)?
        var image: ReferenceTensor?
        if let preparation = export.preparation {
            let pictures = try FixedDecodedPictures(
                preparation.preprocessing,
                count: extents[preparation.index][0]
            )
            let isFirst = extents[preparation.index][3] != 3
            do throws(ReferenceError) {
                let prepared = pictures.prepared
                given = (
                    preparation.index,
                    isFirst ? try prepared.transposed(ONNXTranslator.planarOrder) : prepared
                )
            } catch {
                throw ConversionError(error, of: job.path)
            }
            image = pictures.decoded
        }
        let answers = try ImportedAnswers(
            graph,
            job.plan,
            from: job.source,
            given: given,
            extents: extents
        )
        let orders = export.inputOrders
        return try answers.compared(with: job.path) { values throws(ReferenceError) in
            var feeds: [ByteName: ReferenceTensor] = [:]
            for (index, value) in values.enumerated() {
                feeds[file.inputs[index]] =
                    if let image, index == export.preparation?.index {
                        image
                    } else if let order = orders[index] {
                        try value.transposed(order)
                    } else { value }
            }
            let found = try ONNXInterpreter(file).run(feeds)
            return try file.outputs.map { name throws(ReferenceError) in
                guard let value = found[name] else { throw ReferenceError("there is no '\(name)'") }
                return value
            }
        }
    }
}

extension ONNXModel.Initializer {
    /// Whether its values are a network's, and not made up for an operator.
    fileprivate var isWeight: Bool {
        switch content {
        case .bytes: false
        default: true
        }
    }
}
