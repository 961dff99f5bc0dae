public import Checkpoint
internal import Engine
internal import Pictures
public import Proto

/// An ONNX model, with its weights in a file beside it where they are too large.
public struct ONNXTarget: ConversionTarget {
    public static let traits: ConversionTraits = [.network, .facts]
    public static let ending: String? = ".onnx"
    public let job: ConversionJob
    public let files: [String]
    private let export: ONNXExport
    private let weights: Weights

    public init(_ job: ConversionJob) throws(ConversionError) {
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

    public func write() throws(ConversionError) {
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

    public func prove() throws(ConversionError) -> ConversionProof {
        let proof = try ONNXProof(path: job.path, export, weights)
        return ConversionProof(tensors: [proof.weights], logits: proof.logits)
    }

    /// Nothing: an ONNX model's kernels are arranged otherwise.
    public static func reopen(
        _ path: String,
        files: [String],
        names: Set<Name>
    ) -> [any TensorSource] { [] }
}
