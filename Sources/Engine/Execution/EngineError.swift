/// What can go wrong between a model and its results.
public enum EngineError: Error, Equatable, Sendable {
    /// The model cannot be built, or not for pictures of this size.
    case graph(GraphError)
    /// oneDNN refused.
    case oneDNN(OneDNNError)
    /// The weights lack a parameter that the graph needs.
    case missingParameter(ParameterKey)
    /// A parameter has another shape than the graph needs.
    case wrongShape(ParameterKey, found: [Int], expected: [Int])
}

extension EngineError: CustomStringConvertible {
    /// One sentence that a user can act on.
    public var description: String {
        switch self {
        case .graph(let error): error.description
        case .oneDNN(let error): error.description
        case .missingParameter(let key): "the weights lack \(key)"
        case .wrongShape(let key, let found, let expected):
            "\(key) has shape \(found), expected \(expected)"
        }
    }
}
