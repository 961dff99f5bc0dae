public import Checkpoint
internal import Formats
public import Proto

/// A GraphDef with its weights in it, which takes prepared pictures.
public struct FrozenGraphTarget: ConversionTarget {
    public static let traits: ConversionTraits = [.network, .types]
    public static let ending: String? = ".pb"
    public let job: ConversionJob
    private let network: ConversionNetwork

    public init(_ job: ConversionJob) throws(ConversionError) {
        self.job = job
        network = try job.requiredNetwork()
    }

    public var files: [String] { [job.path] }
    public var graphs: [GraphProof.Place] { [.frozen(job.path)] }

    public func sizes() throws(ConversionError) -> [(path: String, byteCount: Int)] {
        [(job.path, try FrozenGraphWriter.byteCount(network.plan, .prepared, path: job.path))]
    }

    public func write() throws(ConversionError) {
        try FrozenGraphWriter.write(
            network.plan,
            from: job.source,
            .prepared,
            to: job.path,
            replacing: job.isReplacing
        )
    }

    public static func reopen(
        _ path: String,
        files: [String],
        names: Set<Name>
    ) throws(ConversionError) -> [any TensorSource] {
        try reading { () throws(FormatError) in
            [try FrozenGraphReader(path: path, names: names)]
        }
    }
}
