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
        if options[EngineOptions.profile] { StandardError.write(Self.profileText(steps)) }
        guard let path = options[EngineOptions.trace] else { return }
        var file = try ResultFile(path, replacing: options[RunOptions.force])
        try file.write(Self.trace(steps).compactText + "\n")
        try file.finish()
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

    private static func profileText(_ steps: [StepMeasurement]) -> String {
        var table = Table(
            [.left, .left, .left, .right, .right],
            titles: ["layer", "kind", "implementation", "ms", "GFLOP/s"]
        )
        var kinds: [String: Double] = [:]
        for step in steps {
            table.append([
                step.node, step.kind, step.implementation, fixed(step.seconds * 1e3, digits: 3),
                fixed(step.gigaflops, digits: 1),
            ])
            kinds["\(step.kind), \(step.implementation)", default: 0] += step.seconds
        }
        var sums = Table([.left, .right], titles: ["work", "ms"])
        for (kind, seconds) in kinds.sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
            sums.append([kind, fixed(seconds * 1e3, digits: 3)])
        }
        return table.text + "\n" + sums.text
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
