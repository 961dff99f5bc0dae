/// What one step of a plan did, and how long it took.
public struct StepMeasurement: Sendable {
    /// The node that it computed.
    public let node: String
    /// The kind of layer.
    public let kind: String
    /// The code that ran: oneDNN's name, or `kernel` for our own.
    public let implementation: String
    /// Multiplications and additions.
    public let operations: Int
    /// When it began, counted from the beginning of the run.
    public let start: Duration
    /// The time it took.
    public let duration: Duration
    /// Who did it: 0 for the thread that runs the plan and those that help it, 1 for the one that adds up over ranks.
    public var thread = 0

    /// The time in seconds.
    public var seconds: Double { duration / .seconds(1) }
    /// Thousand millions of operations a second.
    public var gigaflops: Double { seconds > 0 ? Double(operations) / seconds / 1e9 : 0 }
}

/// One step of a plan, and the memory that it writes.
public struct PlannedStep: Sendable {
    /// The node that it computes.
    public let node: String
    /// The kind of layer.
    public let kind: String
    /// The code that runs: oneDNN's name, or `kernel` for our own.
    public let implementation: String
    /// Where its output lies in the arena of all activations.
    public let offset: Int
    /// The size of its output.
    public let byteCount: Int
    /// The last step that reads the output, counted from 0.
    public let lastReader: Int
}
