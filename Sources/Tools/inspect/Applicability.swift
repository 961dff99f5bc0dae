import Formats
import ToolSupport

/// For which files an option means something.
enum Applicability: String {
    case checkpoint = "checkpoints"
    case records = "record files"
    case events = "event files"
    case example = "Examples"
    case arrays = "files of arrays and graphs with constants"
    case outline = "graphs"

    init(_ kind: FileKind) {
        switch kind {
        case .checkpoint: self = .checkpoint
        case .savedModel(_, let variables): self = variables == nil ? .outline : .checkpoint
        case .records: self = .records
        case .events: self = .events
        case .example: self = .example
        case .safeTensors, .safeTensorsIndex, .numPyArchive, .numPyArray, .onnx, .graph:
            self = .arrays
        case .metaGraph: self = .outline
        }
    }

    /// The files that hold tensors.
    private static let tensors: [Applicability] = [.checkpoint, .arrays]

    /// Every option that does not mean something for all files.
    private static var uses: [(option: any DeclaredOption, files: [Applicability])] {
        [
            (InspectOptions.flat, tensors), (InspectOptions.filter, tensors),
            (InspectOptions.sort, tensors), (InspectOptions.stats, tensors),
            (InspectOptions.tensor, tensors), (InspectOptions.slice, tensors),
            (InspectOptions.npy, tensors), (InspectOptions.salvage, [.checkpoint]),
            (InspectOptions.diff, tensors), (InspectOptions.absolute, tensors),
            (InspectOptions.relative, tensors),
            (InspectOptions.full, tensors + [.records, .example]),
            (InspectOptions.verify, tensors + [.records, .events]),
            (InspectOptions.html, tensors + [.records, .outline]),
            (InspectOptions.csv, [.events]),
            (InspectOptions.fetch, tensors + [.outline]),
            (InspectOptions.by, tensors + [.outline]), (InspectOptions.plan, tensors + [.outline]),
            (GraphOptions.feed, tensors + [.outline]),
            (InspectOptions.checkpoint, tensors + [.outline]),
            (GraphOptions.tags, tensors + [.outline]),
            (GraphOptions.signature, tensors + [.outline]),
            (InspectOptions.record, [.records]), (InspectOptions.image, [.records]),
            (InspectOptions.output, [.records]),
        ]
    }

    /// How to see more of such a file; nil where the user has asked for something already.
    func more(_ options: ParsedOptions) -> String? {
        let ways: [any DeclaredOption] = Self.uses.map(\.option)
        guard !options[RunOptions.json], !ways.contains(where: { options.isGiven($0) }) else {
            return nil
        }
        return switch self {
        case .checkpoint:
            "more: --tensor NAME prints one, --stats looks at values, --verify at checksums, "
                + "--diff OTHER compares, --html FILE draws"
        case .records:
            "more: --record N shows one, --image N -o FILE saves its picture, --verify reads all, "
                + "--html FILE shows pictures"
        case .arrays:
            "more: --tensor NAME prints one, --stats looks at values, --diff OTHER compares"
        case .outline: "more: --plan tells how it runs, --html FILE draws it"
        case .events: "more: --csv FILE writes the scalars as a table"
        case .example: nil
        }
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
        let asksGraph =
            options.isGiven(InspectOptions.fetch) || options.isGiven(InspectOptions.plan)
        for part in [GraphOptions.feed, InspectOptions.checkpoint, GraphOptions.tags]
            as [any DeclaredOption] + [GraphOptions.signature]
        where options.isGiven(part) && !asksGraph {
            throw UsageError("\(options.spelling(of: part)) needs --fetch or --plan")
        }
        for part in [InspectOptions.by, EngineOptions.math] as [any DeclaredOption]
        where options.isGiven(part) && !options.isGiven(InspectOptions.fetch) {
            throw UsageError("\(options.spelling(of: part)) needs --fetch")
        }
        let modes: [any DeclaredOption] = [
            InspectOptions.fetch, InspectOptions.plan,
            InspectOptions.tensor, InspectOptions.salvage, InspectOptions.verify,
            InspectOptions.diff, InspectOptions.record, InspectOptions.image, InspectOptions.html,
            InspectOptions.csv,
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
