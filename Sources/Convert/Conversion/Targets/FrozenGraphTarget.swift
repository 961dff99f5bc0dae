internal import Checkpoint
internal import Formats
internal import Proto

/// A GraphDef with its weights in it, which takes prepared pictures.
struct FrozenGraphTarget: ConversionTarget {
    static let traits: ConversionTraits = [.network, .types]
    static let ending: String? = ".pb"
    let job: ConversionJob
    private let network: ConversionNetwork

    init(_ job: ConversionJob) throws(ConversionError) {
        self.job = job
        network = try job.requiredNetwork()
    }

    var graphs: [GraphProof.Place] { [.frozen(job.path)] }

    func sizes() throws(ConversionError) -> [(path: String, byteCount: Int)] {
        [(job.path, try FrozenGraphWriter.byteCount(network.plan, .prepared, path: job.path))]
    }

    func write() throws(ConversionError) {
        try FrozenGraphWriter.write(
            network.plan,
            from: job.source,
            .prepared,
            to: job.path,
            replacing: job.isReplacing
        )
    }

    static func reopen(
        _ path: String,
        files: [String],
        names: Set<Name>
    ) throws(ConversionError) -> [any TensorSource] {
        try reading { () throws(FormatError) in
            [try FrozenGraphReader(path: path, names: names)]
        }
    }
}
