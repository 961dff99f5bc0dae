public import Engine

/// The options of the loss, which training lowers and evaluation prints.
public enum LossOptions {
    /// What the classes' logits are compared by.
    public static let classification = Option(
        "cls-loss-type",
        .choice(of: LossSettings.Classification.self),
        default: .softmax,
        help: "Cross entropy of the softmax, or of a sigmoid for each class."
    )
    /// How far labels are not believed.
    public static let labelSmoothing = Option(
        "label-smoothing",
        .number(0...1),
        aliases: ["lblsm"],
        default: 0,
        help: "Share of each label that is spread over all classes."
    )
    /// How a teacher's logits are compared.
    public static let distillationTemperature = Option(
        "kd-temp",
        .number(0...1e6),
        default: 0,
        help: "Temperature of the distillation, on records with teacher logits; 0: none."
    )
}
