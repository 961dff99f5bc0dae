/// Why a graph cannot be computed.
package enum ReferenceError: Error, Equatable, Sendable {
    /// An operation that is not known here, and how many nodes need it.
    package struct UnknownOperation: Equatable, Sendable {
        /// The operation.
        package let name: String
        /// How many nodes.
        package let count: Int

        /// An operation and how many nodes need it.
        package init(name: String, count: Int) {
            self.name = name
            self.count = count
        }
    }

    /// An operation and its operands do not fit.
    case misfit(String)
    /// What a node, or a value of this name, stands for cannot be computed.
    case uncomputable(node: String, reason: String)
    /// Operations that are needed and not known, all of them.
    case unknownOperations([UnknownOperation])

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
        case .unknownOperations(let operations):
            "the operations \(operations.map { "\($0.name) (\($0.count))" }.joined(separator: ", ")) "
                + "are not known"
        }
    }
}
