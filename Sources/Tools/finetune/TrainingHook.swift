import ToolSupport

/// What the published trainer can be asked to tell of its steps, by the names of its hooks, in letters of any case.
enum TrainingHook: String, CaseIterable, Sendable {
    /// Learning rate, loss and accuracy on the terminal.
    case loggingTensor = "LoggingTensorHook"
    /// What each part of a step took, as a timeline.
    case profiler = "ProfilerHook"
    /// Pictures a second.
    case examplesPerSecond = "ExamplesPerSecondHook"
    /// Learning rate, loss and accuracy in the benchmark log.
    case loggingMetric = "LoggingMetricHook"

    /// The name of a hook.
    static let kind = ValueKind<TrainingHook>(
        placeholder: "HOOK",
        expectation: allCases.map(\.rawValue).joined(separator: ", "),
        read: { text in allCases.first { $0.rawValue.lowercased() == text.lowercased() } },
        write: { $0.rawValue }
    )
}
