/// What a tensor of a checkpoint is for, told from its name.
public enum VariableRole: String, CaseIterable, Sendable {
    /// What training changes by gradients.
    case weight
    /// A running mean or variance of batch normalisation.
    case statistic
    /// What an optimiser remembers of a weight.
    case slot
    /// A moving average of a weight.
    case average
    /// Counters, and everything else.
    case other

    /// Sorts one tensor.
    ///
    /// - Parameters:
    ///   - name: The tensor's name.
    ///   - isNumber: Whether the elements are numbers with a fraction.
    ///   - isScalar: Whether there is one element without axes, as a setting or a counter is.
    ///   - isTensor: Whether the checkpoint has a tensor of a name; a slot is named after the variable it belongs to.
    public init(
        _ name: String,
        isNumber: Bool,
        isScalar: Bool = false,
        isTensor: (String) -> Bool
    ) {
        let slash = name.utf8.lastIndex(of: UInt8(ascii: "/"))
        let last = slash.map { name[name.utf8.index(after: $0)...] } ?? name[...]
        let owner = slash.map { String(name[..<$0]) } ?? ""
        // Names of TensorFlow 1 have no point; a search in each would take most of a listing's time.
        let isTracked = name.utf8.contains(UInt8(ascii: "."))
        if isTracked, name.contains("/.OPTIMIZER_SLOT/") {
            self = .slot
        } else if isTracked, let state = Self.trackedState(name, isScalar: isScalar) {
            self = state
        } else if last == VariableNames.movingAverage {
            self = .average
        } else if Self.statistics.contains(String(last))
            || (isTracked && Self.isTracked(name, Self.statistics))
        {
            self = .statistic
        } else if !owner.isEmpty, isTensor(owner) || Self.slotNames.contains(String(last)) {
            self = .slot
        } else if !isNumber || Self.counters.contains(String(last))
            || (isScalar && Self.settings.contains(String(last)))
        {
            self = .other
        } else {
            self = .weight
        }
    }

    private static let statistics: Set = ["moving_mean", "moving_variance"]
    private static let counters: Set = [
        "beta1_power", "beta2_power", "beta1_power_1", "beta2_power_1", "global_step", "loss_scale",
        "current_loss_scale", "good_steps",
    ]
    /// What optimisers keep beside slots, one number each.
    private static let settings: Set = [
        "learning_rate", "lr", "decay", "momentum", "beta_1", "beta_2", "rho", "epsilon", "iter",
        "iterations", "weight_decay", "loss_scaling_factor",
    ]
    private static let slotNames: Set = [
        VariableNames.momentumSlot, "Adam", "Adam_1", "AdaMax", "AdaMax_1", "RMSProp", "RMSProp_1",
        "RMSProp_2", "Adagrad", "Adadelta", "Adadelta_1", "Ftrl", "Ftrl_1", "adam_m", "adam_v",
    ]

    /// What a checkpoint of objects keeps for training, told from the objects on the way to it: all that an optimiser holds,
    /// and what counts in a metric.
    private static func trackedState(_ name: String, isScalar: Bool) -> VariableRole? {
        let objects = name.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
        // The last two are the attribute's; what is left ends in the variable.
        let holders = objects.prefix { $0 != ".ATTRIBUTES" }.dropLast()
        if holders.contains(where: { $0 == "optimizer" || $0 == "_optimizer" }) {
            return isScalar ? .other : .slot
        }
        return holders.contains("keras_api") && holders.contains("metrics") ? .other : nil
    }

    /// Whether a checkpoint of objects calls a tensor so: `…/moving_mean/.ATTRIBUTES/VARIABLE_VALUE`.
    private static func isTracked(_ name: String, _ names: Set<String>) -> Bool {
        names.contains { name.hasSuffix("/\($0)/.ATTRIBUTES/VARIABLE_VALUE") }
    }
}
