public import Checkpoint
internal import Formats
public import Proto

/// A safetensors file.
public struct SafeTensorsTarget: ConversionTarget {
    public static let traits: ConversionTraits = [.facts, .parameterNames, .types]
    public static let ending: String? = ".safetensors"
    public let job: ConversionJob

    public init(_ job: ConversionJob) { self.job = job }

    public var files: [String] { [job.path] }

    public func write() throws(ConversionError) {
        try SafeTensorsWriter.write(
            job.plan,
            from: job.source,
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
        try reading { () throws(FormatError) in [try SafeTensorsReader(path: path)] }
    }
}
