internal import Checkpoint
internal import Engine
internal import Pictures
internal import Proto

/// An ONNX model, with its weights in a file beside it where they are too large.
struct ONNXTarget: ConversionTarget {
    static let traits: ConversionTraits = [.network, .facts]
    static let ending: String? = ".onnx"
    let job: ConversionJob
    let files: [String]
    private let content: Content

    private enum Content {
        case family(ONNXExport, Weights)
        case imported(ImportedONNX)
    }

    init(_ job: ConversionJob) throws(ConversionError) {
        self.job = job
        if let graph = job.graph {
            let imported = try ImportedONNX(graph, job)
            files = imported.files
            content = .imported(imported)
            return
        }
        let network = try job.requiredNetwork()
        let settings = job.settings
        var export = ONNXExport(
            network.configuration,
            imageSize: network.preprocessing.imageSize
        )
        export.isSizeDynamic = settings.isSizeDynamic
        export.layout = settings.layout
        export.foldsBatchNorms = settings.foldsBatchNorms
        if settings.preprocesses { export.preprocessing = network.preprocessing }
        export.name(network.plan)
        files = try ONNXWriter.paths(export, to: job.path, externally: settings.isExternal)
        content = .family(export, try network.plan.weights(from: job.source))
    }

    func write() throws(ConversionError) {
        switch content {
        case .imported(let imported): try imported.write()
        case .family(let export, let weights):
            var metadata = job.metadata
            metadata["image_size"] = String(export.imageSize)
            try ONNXWriter.write(
                export,
                weights,
                to: job.path,
                metadata: metadata,
                externally: job.settings.isExternal,
                replacing: job.isReplacing
            )
        }
    }

    func prove() throws(ConversionError) -> ConversionProof {
        switch content {
        case .imported(let imported): return try imported.prove()
        case .family(let export, let weights):
            let proof = try ONNXProof(path: job.path, export, weights)
            return ConversionProof(tensors: [proof.weights], logits: proof.logits)
        }
    }

    /// Nothing: an ONNX model's kernels are arranged otherwise.
    static func reopen(
        _ path: String,
        files: [String],
        names: Set<Name>
    ) -> [any TensorSource] { [] }
}
