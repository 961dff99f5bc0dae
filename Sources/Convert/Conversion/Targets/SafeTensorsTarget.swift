internal import Checkpoint
internal import Formats
internal import Proto

/// A safetensors file.
struct SafeTensorsTarget: ConversionTarget {
    static let traits: ConversionTraits = [.facts, .parameterNames, .types]
    static let ending: String? = ".safetensors"
    let job: ConversionJob

    init(_ job: ConversionJob) { self.job = job }

    func write() throws(ConversionError) {
        try SafeTensorsWriter.write(
            job.plan,
            from: job.source,
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
        try reading { () throws(FormatError) in [try SafeTensorsReader(path: path)] }
    }
}
