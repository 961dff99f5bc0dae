import Formats
import Checkpoint
import Convert
import ToolSupport

/// What is asked of the tensors of a file that is no checkpoint: values, statistics, differences, a check.
struct ArrayView {
    private let path: String
    private let options: ParsedOptions
    private let diagnostics: Diagnostics

    init(path: String, _ options: ParsedOptions, _ diagnostics: Diagnostics) {
        self.path = path
        self.options = options
        self.diagnostics = diagnostics
    }

    /// Options that need the tensors themselves, and not only what the file lists.
    private static let asking: [any DeclaredOption] = [
        InspectOptions.tensor, InspectOptions.verify, InspectOptions.diff, InspectOptions.stats,
        InspectOptions.filter, InspectOptions.sort, InspectOptions.flat,
    ]

    /// Answers; nil where nothing of this was asked for.
    func run() throws -> ExitCode? {
        guard Self.asking.contains(where: { options.isGiven($0) }) else { return nil }
        let tensors = try OpenTensors(path, options, diagnostics)
        if let answer = try tensors.answer() { return answer }
        for array in tensors.unread {
            diagnostics.warning("'\(array.name)' \(array.reason)")
        }
        let listing = try TensorListing(
            try ToolError.about(nil) { try CheckpointSummary(tensors.source) },
            tensors.source,
            options
        )
        if listing.isEmpty, options[InspectOptions.filter] != nil {
            diagnostics.note("no tensor's name matches the filter")
        }
        try StandardOutput.write(
            options[RunOptions.json]
                ? document("tensors", tensors.path, listing.members) : listing.text
        )
        return listing.hasUnreadable ? .file : .done
    }
}
