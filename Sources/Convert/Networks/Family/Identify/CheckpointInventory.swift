public import Proto

/// What a checkpoint holds, sorted by what each variable is for.
public struct CheckpointInventory: Sendable {
    /// The shapes of the model's own variables, by name.
    public private(set) var model: [Name: [Int]] = [:]
    /// The names of moving averages, which shadow a variable of the model.
    public private(set) var movingAverages: [String] = []
    /// The names of the optimiser's slots.
    public private(set) var slots: [String] = []
    /// Everything else, such as the step counter.
    public private(set) var others: [String] = []

    /// Sorts variables by their names.
    ///
    /// - Parameter variables: Names and shapes, as a checkpoint lists them.
    public init(_ variables: some Sequence<(name: String, shape: [Int])>) {
        for (name, shape) in variables {
            let slash = name.utf8.lastIndex(of: UInt8(ascii: "/"))
            let last = slash.map { String(name[name.utf8.index(after: $0)...]) } ?? name
            let isModel = name == VariableNames.scope || name.hasPrefix(Self.start)
            switch last {
            case VariableNames.movingAverage: movingAverages.append(name)
            case _ where isModel && Self.roles.contains(last):
                model[Name(name)] = shape
            case _ where isModel: slots.append(name)
            default: others.append(name)
            }
        }
    }

    private static let start = VariableNames.scope + "/"
    private static let roles: Set = [
        "kernel", "bias", "gamma", "beta", "moving_mean", "moving_variance",
    ]

    /// Whether every variable of the model that is trained has a moving average.
    public var hasMovingAverages: Bool { !movingAverages.isEmpty }

    /// The number of elements of the model's variables, moving statistics included.
    public var elementCount: Int {
        model.values.reduce(0) { sum, shape in sum + shape.reduce(1, *) }
    }
}
