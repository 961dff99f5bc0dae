internal import Checkpoint

/// What a tool says to its user beside its results: lines on standard error, each after its name.
public struct Diagnostics: Sendable {
    private let tool: String
    private let sink: @Sendable (String) -> Void

    /// The lines of one tool.
    public init(tool: String) {
        self.init(tool: tool) { text in
            if !Ranks.isSilent { StandardError.write(text) }
        }
    }

    package init(tool: String, to sink: @escaping @Sendable (String) -> Void) {
        self.tool = tool
        self.sink = sink
    }

    /// `tool: sentence`, for each line of the sentence; characters that a terminal would obey are shown as `\x1b`.
    public func line(_ sentence: String) {
        let lines = sentence.printableLines.split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        sink(lines.map { "\(tool): \($0)\n" }.joined())
    }

    /// Something worth knowing.
    public func note(_ sentence: String) {
        line("note: \(sentence)")
    }

    /// Something that is likely not what was meant.
    public func warning(_ sentence: String) {
        line("warning: \(sentence)")
    }

    /// What made the tool give up.
    public func error(_ error: any Error) { self.error(error, by: "") }

    /// What made the tool give up, and at which rank.
    func error(_ error: any Error, by speaker: String) {
        line(speaker + ToolError.sentence(of: error))
    }
}
