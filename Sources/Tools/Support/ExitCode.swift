/// What a tool tells its caller when it ends.
///
/// Every tool uses these, and no others.
public enum ExitCode: Int32, CaseIterable, Sendable {
    /// What was asked for has been done.
    case done = 0
    /// The tool worked, and the answer is no: two things differ, a check failed.
    case no = 1
    /// The command line cannot be understood.
    case usage = 2
    /// Something that was to be read or written is missing, corrupt, in the way, or unreadable.
    case file = 3
    /// Checkpoint and model do not fit.
    case mismatch = 4
    /// Stopped by the user.
    case interrupted = 130

    /// What the code says, in half a sentence.
    public var meaning: String {
        switch self {
        case .done: "done"
        case .no: "the answer is no: two things differ, or a check failed"
        case .usage: "the command line cannot be understood"
        case .file: "a file is missing, corrupt, unreadable, or in the way"
        case .mismatch: "checkpoint and model do not fit"
        case .interrupted: "interrupted"
        }
    }
}
