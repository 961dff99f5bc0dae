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
    private let export: ONNXExport
    private let weights: Weights

    init(_ job: ConversionJob) throws(ConversionError) {
        self.job = job
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
        self.export = export
        files = try ONNXWriter.paths(export, to: job.path, externally: settings.isExternal)
        weights = try network.plan.weights(from: job.source)
    }

    func write() throws(ConversionError) {
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

    func prove() throws(ConversionError) -> ConversionProof {
        let proof = try ONNXProof(path: job.path, export, weights)
        return ConversionProof(tensors: [proof.weights], logits: proof.logits)
    }

    /// Nothing: an ONNX model's kernels are arranged otherwise.
    static func reopen(
        _ path: String,
        files: [String],
        names: Set<Name>
    ) -> [any TensorSource] { [] }
}
