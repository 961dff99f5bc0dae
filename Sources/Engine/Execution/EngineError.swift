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
    /// The arithmetic asked for is bfloat16's, and the processor lacks it.
    case noBFloat16
    /// More bytes are needed than the machine has.
    case memory(needed: Int, available: Int)
    /// Arithmetic that was given from outside cannot be done, or not with these values.
    case custom(node: String, reason: String)
    /// Processes cannot work together.
    case transport(reason: String)
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
        case .custom(let node, let reason): "\(node): \(reason)"
        case .transport(let reason): reason
        case .noBFloat16:
            "this processor lacks AVX-512, which bfloat16 arithmetic needs (or DNNL_MAX_CPU_ISA forbids it)"
        case .memory(let needed, let available):
            "\(gigabytes(needed)) GB of memory are needed, \(gigabytes(available)) GB are free: "
                + "use a smaller batch, smaller pictures or a smaller network"
        }
    }
}

/// Bytes in thousand millions, with one digit behind the point.
private func gigabytes(_ byteCount: Int) -> Double {
    (Double(byteCount) / 1e8).rounded() / 10
}
