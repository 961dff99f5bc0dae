import Checkpoint
import Convert
import Engine
import Networks
import Pictures
import ToolSupport

/// A conversion to an ONNX model.
struct ONNXConversion {
    /// The files that it writes.
    let paths: [String]
    private let export: ONNXExport
    private let weights: Weights
    private let metadata: [String: String]
    private let target: String
    private let isExternal: Bool
    private let isReplacing: Bool

    /// - Throws: ``ToolError`` with ``ExitCode/usage`` or ``ExitCode/mismatch``.
    init(
        _ network: ConversionNetwork,
        _ plan: ConversionPlan,
        _ input: ConversionInput,
        _ target: String,
        _ options: ParsedOptions
    ) throws {
        guard options[ConvertOptions.type] ?? .float32 == .float32 else {
            throw ToolError(.usage, "an ONNX model computes in float32; leave --dtype out")
        }
        var export = ONNXExport(
            network.network.configuration,
            imageSize: network.preprocessing.imageSize
        )
        export.isSizeDynamic = options[ConvertOptions.dynamicSize]
        export.layout = options[ConvertOptions.layout]
        export.foldsBatchNorms = options[ConvertOptions.fold]
        if options[ConvertOptions.preprocesses] {
            guard !export.isSizeDynamic else {
                throw ToolError(
                    .usage,
                    "--with-preprocessing cuts pictures to one size; leave --dynamic-size out"
                )
            }
            export.preprocessing = network.preprocessing
        }
        export.name(network.plan)
        let external = options[ConvertOptions.externalData]
        paths = try ToolError.about(nil, exitCode: .usage) {
            try ONNXWriter.paths(export, to: target, externally: external)
        }
        weights = try ToolError.about(nil) {
            try Weights(
                network.plan.names,
                from: input.file.tensors,
                set: options[ConvertOptions.weights]
            )
        }
        var metadata = input.metadata
        metadata["image_size"] = String(network.preprocessing.imageSize)
        self.metadata = metadata
        self.export = export
        self.target = target
        isExternal = external
        isReplacing = options[RunOptions.force]
    }

    func write() throws {
        try ONNXWriter.write(
            export,
            weights,
            to: target,
            metadata: metadata,
            externally: isExternal,
            replacing: isReplacing
        )
    }

    func verify() throws -> ONNXProof {
        try ONNXProof(path: target, export, weights)
    }
}
