public import Engine
public import Networks

extension VariableNames {
    /// The parameters in whose checkpoint names one of the patterns matches somewhere.
    public func parameters(matching patterns: [NamePattern]) -> Set<ParameterKey> {
        Set(
            variables.filter { variable in
                patterns.contains { $0.matches(in: variable.name) }
            }.map(\.parameter.key)
        )
    }

    /// The values of all variables, by name.
    public func values(in weights: Weights) -> [(name: String, values: [Float])] {
        variables.compactMap { variable in
            weights[variable.parameter.key].map { (variable.name, $0.values) }
        }
    }

    /// The trainable parameters.
    public var trainable: Set<ParameterKey> {
        Set(variables.filter(\.isTrainable).map(\.parameter.key))
    }
}
