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
    /// Multiplications and additions that the code does: less than ``operations`` by Winograd's algorithm, and without
    /// its transforms.
    public let arithmetic: Int
    /// Bytes of all that it reads, once, and of all that it writes.
    public let byteCount: Int
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
    /// Thousand millions of bytes a second.
    public var gigabytes: Double { seconds > 0 ? Double(byteCount) / seconds / 1e9 : 0 }

    /// A measurement of work that is no step of a plan.
    init(
        _ kind: String,
        node: String,
        implementation: String,
        operations: Int = 0,
        start: Duration,
        duration: Duration,
        thread: Int = 0
    ) {
        self.node = node
        self.kind = kind
        self.implementation = implementation
        self.operations = operations
        (arithmetic, byteCount) = (operations, 0)
        self.start = start
        self.duration = duration
        self.thread = thread
    }

    /// The measurement of a step.
    init(_ step: Step, byteCount: Int, start: Duration, duration: Duration) {
        node = step.node
        kind = step.kind
        implementation = step.implementation
        operations = step.operations
        arithmetic = step.arithmetic ?? step.operations
        self.byteCount = byteCount
        self.start = start
        self.duration = duration
    }
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
