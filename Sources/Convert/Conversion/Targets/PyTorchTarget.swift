internal import Checkpoint
internal import Formats
internal import Proto

/// A Python file that defines a network for PyTorch, with its weights beside it.
struct PyTorchTarget: ConversionTarget {
    static let traits: ConversionTraits = [
        .network, .facts, .parameterNames, .parameterNamesOnly, .types,
    ]
    static let ending: String? = ".py"
    let job: ConversionJob
    private let network: ConversionNetwork

    init(_ job: ConversionJob) throws(ConversionError) {
        self.job = job
        network = try job.requiredNetwork(
            of: "PyTorch's text",
            instead: "--to onnx, frozen and saved-model hold any"
        )
    }

    var files: [String] { PyTorchWriter.paths(job.path) }

    func write() throws(ConversionError) {
        try PyTorchWriter.write(
            job.plan,
            from: job.source,
            network.configuration,
            network.preprocessing,
            to: job.path,
            metadata: job.metadata,
            replacing: job.isReplacing
        )
    }

    static func reopen(
        _ path: String,
        files: [String],
        names: Set<Name>
    ) throws(ConversionError) -> [any TensorSource] {
        try reading { () throws(FormatError) in
            [try SafeTensorsReader(path: PyTorchWriter.paths(path)[0])]
        }
    }
}
