public import Checkpoint
internal import Formats
public import Proto

/// An npz file.
public struct NPZTarget: ConversionTarget {
    public static let traits: ConversionTraits = [.parameterNames, .types]
    public static let ending: String? = ".npz"
    public let job: ConversionJob

    public init(_ job: ConversionJob) { self.job = job }

    public var files: [String] { [job.path] }

    public func write() throws(ConversionError) {
        try NPZWriter.write(
            job.plan,
            from: job.source,
            to: job.path,
            replacing: job.isReplacing
        )
    }

    public static func reopen(
        _ path: String,
        files: [String],
        names: Set<Name>
    ) throws(ConversionError) -> [any TensorSource] {
        try reading { () throws(FormatError) in [try NPZReader(path: path)] }
    }
}
