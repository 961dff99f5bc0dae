import Formats
import ToolSupport

/// For which files an option means something.
enum Applicability: String {
    case checkpoint = "checkpoints"
    case records = "record files"
    case events = "event files"
    case example = "Examples"
    case outline = "graphs and arrays"

    init(_ kind: FileKind) {
        switch kind {
        case .checkpoint: self = .checkpoint
        case .savedModel(_, let variables): self = variables == nil ? .outline : .checkpoint
        case .records: self = .records
        case .events: self = .events
        case .example: self = .example
        case .safeTensors, .numPyArchive, .numPyArray, .onnx, .graph, .metaGraph: self = .outline
        }
    }

    /// Every option that does not mean something for all files.
    private static var uses: [(option: any DeclaredOption, files: [Applicability])] {
        [
            (InspectOptions.flat, [.checkpoint]), (InspectOptions.filter, [.checkpoint]),
            (InspectOptions.sort, [.checkpoint]), (InspectOptions.stats, [.checkpoint]),
            (InspectOptions.tensor, [.checkpoint]), (InspectOptions.slice, [.checkpoint]),
            (InspectOptions.npy, [.checkpoint]), (InspectOptions.salvage, [.checkpoint]),
            (InspectOptions.diff, [.checkpoint]), (InspectOptions.absolute, [.checkpoint]),
            (InspectOptions.relative, [.checkpoint]),
            (InspectOptions.full, [.checkpoint, .records, .example]),
            (InspectOptions.verify, [.checkpoint, .records, .events]),
            (InspectOptions.html, [.checkpoint, .records, .outline]),
            (InspectOptions.record, [.records]), (InspectOptions.image, [.records]),
            (InspectOptions.output, [.records]),
        ]
    }

    /// Refuses options that would do nothing.
    ///
    /// - Throws: `ToolError` for an option that is not for such files, `UsageError` for options that exclude each other.
    func check(_ options: ParsedOptions, path: String) throws {
        for (option, files) in Self.uses where options.isGiven(option) && !files.contains(self) {
            throw ToolError(
                .usage,
                file: path,
                "\(options.spelling(of: option)) is for "
                    + files.map(\.rawValue).joined(separator: ", ")
                    + "; this is one of the \(rawValue)"
            )
        }
        for part in [InspectOptions.slice, InspectOptions.npy] as [any DeclaredOption]
        where options.isGiven(part) && !options.isGiven(InspectOptions.tensor) {
            throw UsageError("\(options.spelling(of: part)) needs --tensor")
        }
        let modes: [any DeclaredOption] = [
            InspectOptions.tensor, InspectOptions.salvage, InspectOptions.verify,
            InspectOptions.diff, InspectOptions.record, InspectOptions.image, InspectOptions.html,
        ]
        let given = modes.filter { options.isGiven($0) }
        guard given.count < 2 else {
            throw UsageError(
                given.map { options.spelling(of: $0) }.joined(separator: " and ")
                    + " exclude each other"
            )
        }
    }
}
