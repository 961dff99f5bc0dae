public import Engine

/// What tools tell of how a network is computed.
public struct EngineReport {
    private let executor: Executor

    /// The report of a network that has run.
    public init(_ executor: Executor) {
        self.executor = executor
    }

    /// Prints and writes what was asked for: plan, profile, trace.
    ///
    /// - Throws: ``ToolError``, `EngineError`.
    public func deliver(_ options: ParsedOptions) throws {
        if options[EngineOptions.plan] { StandardError.write(planText) }
        guard options[EngineOptions.profile] || options[EngineOptions.trace] != nil else { return }
        let steps = try executor.runMeasured()
        if options[EngineOptions.profile] {
            StandardError.write(try ProfileText().text(try fastest(steps)))
        }
        guard let path = options[EngineOptions.trace] else { return }
        var file = try ResultFile(path, replacing: options[RunOptions.force])
        try file.write(Self.trace(steps).compactText + "\n")
        try file.finish()
    }

    /// The steps, each as fast as it was in the run before and in two more.
    private func fastest(_ steps: [StepMeasurement]) throws -> [StepMeasurement] {
        var steps = steps
        for _ in 0..<2 {
            for (index, step) in try executor.runMeasured().enumerated()
            where step.duration < steps[index].duration {
                steps[index] = step
            }
        }
        return steps
    }

    private var planText: String {
        var table = Table(
            [.right, .left, .left, .left, .right, .right, .right],
            titles: ["step", "layer", "kind", "implementation", "offset", "bytes", "read until"]
        )
        for (index, step) in executor.plan.enumerated() {
            table.append([
                "\(index)", step.node, step.kind, step.implementation, "\(step.offset)",
                "\(step.byteCount)", "\(step.lastReader)",
            ])
        }
        return table.text
            + "\(byteText(executor.activationByteCount)) for activations and scratch memory\n"
    }

    /// The steps as complete events of the Trace Event Format, in microseconds.
    private static func trace(_ steps: [StepMeasurement]) -> JSONValue {
        var start = 0.0
        let events = steps.map { step in
            defer { start += step.seconds * 1e6 }
            return JSONValue.object([
                .init("name", .text(step.node)),
                .init("cat", .text(step.kind)),
                .init("ph", "X"),
                .init("ts", .number(start)),
                .init("dur", .number(step.seconds * 1e6)),
                .init("pid", 1),
                .init("tid", 1),
                .init(
                    "args",
                    .object([
                        .init("implementation", .text(step.implementation)),
                        .init("GFLOP/s", .number(step.gigaflops)),
                    ])
                ),
            ])
        }
        return .object([.init("traceEvents", .array(events)), .init("displayTimeUnit", "ms")])
    }
}
