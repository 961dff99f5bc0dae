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
        help: "Print time, speed and implementation of every layer, and its share of what the "
            + "machine can do, to standard error."
    )

    /// Where the time goes, for a timeline viewer.
    public static let trace = Option(
        "trace",
        .file("FILE.json"),
        help: "Write one batch's timeline for chrome://tracing or Perfetto."
    )
    /// Where activations lie.
    public static let plan = Option(
        flag: "plan",
        help: "Print the steps of the network and the memory that each writes to standard error."
    )
    /// Where prepared weights are kept.
    public static let cacheDirectory = Option(
        "cache-dir",
        .folder("DIR"),
        help: "Keep the weights there as the network wants them, so that its next start is quick. "
            + "The files are large, and may be deleted at any time."
    )

    /// All of them.
    public static let group = OptionGroup(
        "Engine",
        [math, disabledPasses, cacheDirectory, profile, trace, plan]
    )

    /// What was chosen.
    ///
    /// - Throws: ``ToolError`` where the processor cannot compute it.
    public static func execution(
        _ options: ParsedOptions
    ) throws(ToolError) -> ExecutionOptions {
        guard options[math].isAvailable else {
            throw ToolError(
                .usage,
                "\(options.spelling(of: math))=\(options[math].rawValue): \(EngineError.noBFloat16); use "
                    + "--math=\(MathMode.fast.rawValue)"
            )
        }
        let disabled = Set(options[disabledPasses])
        return ExecutionOptions(
            math: options[math],
            passes: Pass.all.filter { !disabled.contains($0.name) }
        )
    }
}
