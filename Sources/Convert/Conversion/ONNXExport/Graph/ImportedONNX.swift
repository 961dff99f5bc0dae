internal import Checkpoint
internal import Engine
internal import Formats
internal import Networks
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
        guard !settings.preprocesses else {
            throw .familyOnly(
                format: "an ONNX model that prepares pictures",
                instead: "leave --with-preprocessing out"
            )
        }
        guard !settings.isSizeDynamic else {
            throw .familyOnly(
                format: "an ONNX model for pictures of any size",
                instead: "leave --dynamic-size out"
            )
        }
        let formed: FormedGraph
        do throws(NetworkError) { formed = try graph.formed(size: settings.imageSize) } catch {
            throw .inexpressibleOperations(format: "ONNX", operations: [error.description])
        }
        var export = ONNXGraphExport(formed, layout: settings.layout)
        export.foldsBatchNorms = settings.foldsBatchNorms
        export.constantNames = Dictionary(
            job.plan.items.map { (Name($0.source.name), $0.name) },
            uniquingKeysWith: { first, _ in first }
        )
        self.graph = graph
        self.export = export
        self.job = job
        var model = try export.model()
        model.metadata = job.metadata
        if let side = Self.side(formed) { model.metadata["image_size"] = String(side) }
        self.model = model
        files = ONNXWriter.paths(model, to: job.path, externally: settings.isExternal)
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
            guard let constant = file.constants[Name(initializer.name)],
                constant.shape == initializer.shape, constant.element == initializer.element
            else {
                faults.append("\(initializer.name): missing, or of another shape")
                continue
            }
            let bytes = try initializer.content.bytes(Weights(), shape: initializer.shape)
            let stored = try reading { () throws(FormatError) in try file.bytes(constant) }
            if unsafe stored.buffer.elementsEqual(bytes) { identical += 1 } else {
                faults.append("\(initializer.name): bytes differ")
            }
        }
        let tensors = [TensorProof(identical: identical, faults: faults)]
        guard faults.isEmpty else { return ConversionProof(tensors: tensors) }
        let extents = export.graph.inputs.map { input in input.shape.map { $0 ?? 2 } }
        let answers = try ImportedAnswers(graph, job.plan, from: job.source, extents: extents)
        let orders = export.inputOrders
        let outputs = try answers.compared(with: job.path) { values throws(ReferenceError) in
            var given: [String: ReferenceTensor] = [:]
            for (index, value) in values.enumerated() {
                given[file.inputs[index]] =
                    if let order = orders[index] { try value.transposed(order) } else { value }
            }
            let found = try ONNXInterpreter(file).run(given)
            return try file.outputs.map { name throws(ReferenceError) in
                guard let value = found[name] else { throw ReferenceError("there is no '\(name)'") }
                return value
            }
        }
        return ConversionProof(tensors: tensors, outputs: outputs)
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
