public import Checkpoint
internal import Formats
public import Proto

/// A Python file that defines a network for PyTorch, with its weights beside it.
public struct PyTorchTarget: ConversionTarget {
    public static let traits: ConversionTraits = [
        .network, .facts, .parameterNames, .parameterNamesOnly, .types,
    ]
    public static let ending: String? = ".py"
    public let job: ConversionJob
    private let network: ConversionNetwork

    public init(_ job: ConversionJob) throws(ConversionError) {
        self.job = job
        network = try job.requiredNetwork()
    }

    public var files: [String] { PyTorchWriter.paths(job.path) }

    public func write() throws(ConversionError) {
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

    public static func reopen(
        _ path: String,
        files: [String],
        names: Set<Name>
    ) throws(ConversionError) -> [any TensorSource] {
        try reading { () throws(FormatError) in
            [try SafeTensorsReader(path: PyTorchWriter.paths(path)[0])]
        }
    }
}
