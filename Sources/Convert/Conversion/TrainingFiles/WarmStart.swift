public import Checkpoint
public import Engine
public import Networks
internal import Proto

/// Which variables a training takes from a checkpoint of another one.
public enum WarmStart: String, Sendable, CaseIterable {
    /// All but the classifier and the embedding, moving statistics included.
    case backbone
    /// What the published code takes: the same without moving statistics, which begin anew.
    case published
    /// All.
    case all

    /// Whether a variable is taken; those of the classifier and the embedding are told by `dense` in their names.
    func takes(_ variable: VariableNames.Variable) -> Bool {
        let isBackbone = !variable.name.contains("dense") || variable.name.contains("se_block")
        return switch self {
        case .backbone: isBackbone
        case .published: isBackbone && variable.isTrainable
        case .all: true
        }
    }

    /// Puts a checkpoint's values in the place of a model's initial ones.
    ///
    /// - Parameters:
    ///   - weights: The initial values.
    ///   - names: The variables of the model.
    ///   - source: The checkpoint.
    ///   - set: Which of its values are meant.
    /// - Returns: how many variables were taken, and the names of those that were not.
    /// - Throws: ``NetworkError/variablesDiffer(_:)`` if some are missing or misshapen, `CheckpointError`.
    public func apply(
        to weights: inout Weights,
        _ names: VariableNames,
        from source: any TensorSource,
        set: WeightSet = .raw
    ) throws -> (taken: Int, left: [String]) {
        let wanted = names.variables.filter(takes)
        let found = CheckpointInventory(source).model
        let wantedNames = Set(wanted.map { Name($0.name) })
        let differences = Differences(
            found: found.filter { wantedNames.contains($0.key) },
            expected: wanted.map { ($0.name, $0.shape) }
        )
        guard differences.isEmpty else { throw NetworkError.variablesDiffer(differences) }
        var missing: [String] = []
        for variable in wanted {
            let isAverage = set == .movingAverages && variable.isTrainable
            let name =
                isAverage ? "\(variable.name)/\(VariableNames.movingAverage)" : variable.name
            guard let entry = source.tensor(named: name), entry.shape == variable.shape else {
                missing.append(variable.name)
                continue
            }
            weights[variable.parameter.key] = try WeightTensor(entry, of: source)
        }
        guard missing.isEmpty else { throw NetworkError.noMovingAverages(missing) }
        return (wanted.count, names.variables.filter { !takes($0) }.map(\.name))
    }
}
