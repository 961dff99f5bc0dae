import Networks
import Formats
import Checkpoint
import Convert
import ToolSupport

/// Tensors that are looked at, with where they lie and what was asked for.
struct OpenTensors {
    /// The path that stands for the files.
    let path: String
    let source: any TensorSource
    /// Arrays beside them that cannot be read.
    var unread: [UnreadArray] = []
    let options: ParsedOptions
    let diagnostics: Diagnostics
}

extension OpenTensors {
    /// Opens what a path means, if it holds tensors: a checkpoint, or a file of arrays or with constants in it.
    ///
    /// - Throws: `ToolError` with `ExitCode.file`, also for a file of another kind.
    init(_ path: String, _ options: ParsedOptions, _ diagnostics: Diagnostics) throws {
        let file = try ToolError.about(nil) { try ArrayFile(path) }
        for note in file.notes { diagnostics.note(note) }
        self.init(
            path: file.path,
            source: file.tensors,
            unread: file.unread,
            options: options,
            diagnostics: diagnostics
        )
    }

    /// What an option asks for instead of a listing; nil where a listing is asked for.
    func answer() throws -> ExitCode? {
        if let name = options[InspectOptions.tensor] { return try TensorView(self).run(name) }
        if let prefix = options[InspectOptions.salvage] {
            return try VerificationView(self).salvage(to: prefix)
        }
        if options[InspectOptions.verify] { return try VerificationView(self).run() }
        if let other = options[InspectOptions.diff] { return try ComparisonView(self).run(other) }
        return nil
    }
}
