internal import Checkpoint
internal import Formats
internal import Proto

/// An npz file.
struct NPZTarget: ConversionTarget {
    static let traits: ConversionTraits = [.parameterNames, .types]
    static let ending: String? = ".npz"
    let job: ConversionJob

    init(_ job: ConversionJob) { self.job = job }

    func write() throws(ConversionError) {
        try NPZWriter.write(
            job.plan,
            from: job.source,
            to: job.path,
            replacing: job.isReplacing
        )
    }

    static func reopen(
        _ path: String,
        files: [String],
        names: Set<Name>
    ) throws(ConversionError) -> [any TensorSource] {
        try reading { () throws(FormatError) in [try NPZReader(path: path)] }
    }
}
