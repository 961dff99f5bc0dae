/// Why a graph cannot be computed.
package enum ReferenceError: Error, Equatable, Sendable {
    /// An operation and its operands do not fit.
    case misfit(String)
    /// What a node, or a value of this name, stands for cannot be computed.
    case uncomputable(node: String, reason: String)

    /// An operation and its operands that do not fit: what does not.
    package init(_ reason: String) {
        self = .misfit(reason)
    }
}

extension ReferenceError: CustomStringConvertible {
    /// What does not fit, and where that is known.
    package var description: String {
        switch self {
        case .misfit(let reason): reason
        case .uncomputable(let node, let reason): "\(node): \(reason)"
        }
    }
}
