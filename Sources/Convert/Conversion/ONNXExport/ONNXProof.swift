internal import Checkpoint
public import Engine
internal import Formats
internal import Networks
internal import Pictures
internal import Proto
internal import Reference

/// The proof of an ONNX model: what was read back from its file against what it was made of.
public struct ONNXProof: Sendable {
    /// The comparison of the weights; none are compared where they are folded into each other.
    public let weights: TensorProof
    /// The logits of the model, computed by the plain interpreter, against the engine's.
    public let logits: LogitComparison

    /// Whether weights and logits are what they should be.
    public var isPassed: Bool { weights.faults.isEmpty && logits.isPassed }

    /// The pictures that are computed.
    static let pictureCount = 2

    /// Reads a model back, compares its weights, and computes the fixed pictures in two ways.
    ///
    /// - Parameters:
    ///   - path: The model.
    ///   - export: What it was to be.
    ///   - weights: What it was made of.
    /// - Throws: ``ConversionError``.
    public init(
        path: String,
        _ export: ONNXExport,
        _ weights: Weights
    ) throws(ConversionError) {
        let file = try reading { () throws(FormatError) in try ONNXFile(path: path) }
        let network: FamilyNetwork
        do throws(GraphError) {
            network = try FamilyNetwork(export.configuration, imageSize: export.imageSize)
        } catch {
            throw .graph(error)
        }
        var identical = 0
        var faults: [String] = []
        // The kernel behind a flattened picture is in another order.
        if !export.foldsBatchNorms, export.configuration.pooling != .flatten {
            for variable in VariableNames(network).variables {
                let name = export.variableNames[variable.name] ?? variable.name
                guard let constant = file.constants[ByteName(name)],
                    let tensor = weights[variable.parameter.key]
                else {
                    faults.append("\(name): missing")
                    continue
                }
                let isKernel = variable.shape.count == 4
                let shape =
                    isKernel ? KernelLayout.outputsFirst(variable.shape) : variable.shape
                guard constant.shape == shape, constant.element == .float32 else {
                    faults.append("\(name): \(constant.shape), expected \(shape)")
                    continue
                }
                let stored = try reading { () throws(FormatError) in try file.bytes(constant) }
                let bytes =
                    unsafe isKernel
                    ? KernelLayout.outputsLast(stored.buffer, shape: shape, width: 4)
                    : stored.array
                if unsafe tensor.values.withUnsafeBytes({ unsafe $0.elementsEqual(bytes) }) {
                    identical += 1
                } else {
                    faults.append("\(name): bytes differ")
                }
            }
        }
        self.weights = TensorProof(identical: identical, faults: faults)
        logits = try Self.compare(file, export, network.graph, weights)
    }

    private static func compare(
        _ file: ONNXFile,
        _ export: ONNXExport,
        _ graph: Graph,
        _ weights: Weights
    ) throws(ConversionError) -> LogitComparison {
        let size = export.imageSize
        func computable<Result>(
            _ body: () throws(ReferenceError) -> Result
        ) throws(ConversionError) -> Result {
            do throws(ReferenceError) { return try body() } catch {
                throw ConversionError(error, of: file.path)
            }
        }
        let pictures = try FixedInput(export)
        let found = try computable { () throws(ReferenceError) in
            try ONNXInterpreter(file).run([
                ByteName(pictures.name): pictures.isPlanar
                    ? try pictures.given.transposed([0, 3, 1, 2]) : pictures.given
            ])
        }
        guard let logits = found["logits"] else {
            throw .uncomputable(path: file.path, node: "logits", reason: "there are none")
        }
        let planar = try computable { () throws(ReferenceError) in
            try pictures.prepared.transposed([0, 3, 1, 2])
        }
        let expected: [Float]
        do throws(EngineError) {
            let executor = try Executor(
                graph,
                weights: weights,
                batch: pictureCount,
                options: ExecutionOptions(math: .exact)
            )
            unsafe executor.withInput { input in
                _ = unsafe input.update(fromContentsOf: planar.values)
            }
            try executor.run()
            expected = executor.logits
        } catch {
            throw .engine(error)
        }
        guard logits.values.count == expected.count else {
            throw .uncomputable(
                path: file.path,
                node: "logits",
                reason: "the shape is \(logits.shape) for pictures of \(size) pixels"
            )
        }
        return LogitComparison(
            expected,
            logits.values,
            classes: export.configuration.classes
        )
    }
}

/// The fixed pictures as a model takes them, and as they are for the network behind its preparation.
private struct FixedInput {
    let name: String
    let isPlanar: Bool
    let given: ReferenceTensor
    let prepared: ReferenceTensor

    init(_ export: ONNXExport) throws(ConversionError) {
        let size = export.imageSize
        let count = ONNXProof.pictureCount
        guard let preprocessing = export.preprocessing else {
            name = "input"
            isPlanar = export.layout == .nchw
            given = FixedPictures.values(count, height: size, width: size)
            prepared = given
            return
        }
        name = "image"
        isPlanar = false
        let pictures = try FixedDecodedPictures(preprocessing, count: count)
        given = pictures.decoded
        prepared = pictures.prepared
    }
}
