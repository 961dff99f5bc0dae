public import Engine

/// The options of how networks are computed.
public enum EngineOptions {
    /// The arithmetic.
    public static let math = Option(
        "math",
        .choice(of: MathMode.self),
        default: .fast,
        help: "Arithmetic. exact: float32, all products. fast: float32, Winograd for 3x3. "
            + "bf16: bfloat16. mixed: Winograd and bfloat16."
    )
    /// Rewritings that are left out.
    public static let disabledPasses = Option(
        "disable-pass",
        each: .choice(Pass.all.map(\.name)),
        help: "Leave out a rewriting of the graph; may be repeated."
    )

    /// Where the time goes.
    public static let profile = Option(
        flag: "profile",
        help: "Print time, speed and implementation of every layer to standard error."
    )

    /// All of them.
    public static let group = OptionGroup("Engine", [math, disabledPasses, profile])

    /// The steps of one run of a network as a table, the slowest kind of work last.
    ///
    /// - Throws: `EngineError`.
    public static func profile(of executor: Executor) throws -> String {
        var table = Table(
            [.left, .left, .left, .right, .right],
            titles: ["layer", "kind", "implementation", "ms", "GFLOP/s"]
        )
        var kinds: [String: Double] = [:]
        for step in try executor.runMeasured() {
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

    /// What was chosen.
    public static func execution(_ options: ParsedOptions) -> ExecutionOptions {
        let disabled = Set(options[disabledPasses])
        return ExecutionOptions(
            math: options[math],
            passes: Pass.all.filter { !disabled.contains($0.name) }
        )
    }
}
