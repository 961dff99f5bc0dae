package import Proto

/// A row of the table of operations: what one of TensorFlow's operations computes.
package struct ReferenceOperation: Sendable {
    /// How an operation's results come about.
    package enum Kind: Sendable {
        /// From its inputs and attributes alone.
        case pure
        /// By a generator of numbers in 0..<1; what depends on them has no value.
        case random
        /// From something outside the graph: a placeholder that is not fed, a variable.
        case given
        /// A way that its input takes or does not take.
        case flow
        /// Not at all: it is known, but has no value that would be the same each time.
        case refused
    }

    typealias Compute = @Sendable (OperationCall) throws(ReferenceError) -> [ReferenceTensor]

    /// How its results come about.
    package let kind: Kind
    /// How many inputs it takes.
    package let inputs: ClosedRange<Int>
    let compute: Compute

    init(_ inputs: ClosedRange<Int>, _ compute: @escaping Compute) {
        self.init(.pure, inputs, compute)
    }

    private init(_ kind: Kind, _ inputs: ClosedRange<Int>, _ compute: @escaping Compute) {
        self.kind = kind
        self.inputs = inputs
        self.compute = compute
    }

    /// An operation that is none by its inputs alone.
    init(_ kind: Kind, _ inputs: ClosedRange<Int>) {
        self.init(kind, inputs) { _ throws(ReferenceError) in
            throw ReferenceError("its value does not follow from its inputs")
        }
    }

    /// An operation that is known and not computed.
    static func refused(
        _ inputs: ClosedRange<Int>,
        _ reason: String
    ) -> ReferenceOperation {
        ReferenceOperation(.refused, inputs) { _ throws(ReferenceError) in
            throw ReferenceError(reason)
        }
    }

    /// An operation with one result.
    static func one(
        _ inputs: ClosedRange<Int>,
        _ compute: @escaping @Sendable (OperationCall) throws(ReferenceError) -> ReferenceTensor
    ) -> ReferenceOperation {
        ReferenceOperation(inputs) { call throws(ReferenceError) in [try compute(call)] }
    }

    /// All operations that are known, by TensorFlow's names.
    package static let all: [Name: ReferenceOperation] = {
        var all: [Name: ReferenceOperation] = [:]
        for table in [
            flow, random, elementwise, combinations, selections, reductions, windows, arrangement,
            joining,
            gathering, blocks, shapes, making, resize, normalisation, quantisation, products,
            matrices, linearAlgebra, colours, losses, volumes, segments, stitching, formats,
        ] {
            for (name, operation) in table {
                precondition(all[Name(name)] == nil, "\(name) stands in two tables")
                all[Name(name)] = operation
            }
        }
        return all
    }()

    /// The row of an operation.
    package static func named(_ name: String) -> ReferenceOperation? { all[Name(name)] }

    /// What a node computes from its inputs alone.
    ///
    /// - Parameters:
    ///   - node: A node whose operation is ``Kind/pure``.
    ///   - inputs: The values of its inputs, without those that only order.
    ///   - limit: The most elements that a tensor may have on the way.
    /// - Returns: a value for each output.
    /// - Throws: ``ReferenceError/uncomputable(node:reason:)``.
    package static func evaluate(
        _ node: NodeDef,
        _ inputs: [ReferenceTensor],
        limit: Int = ReferenceTensor.limit
    ) throws(ReferenceError) -> [ReferenceTensor] {
        let outcome = ReferenceTensor.$limit.withValue(limit) {
            Result { () throws(ReferenceError) in try computed(node, inputs) }
        }
        do throws(ReferenceError) {
            return try outcome.get()
        } catch {
            throw .uncomputable(node: node.name, reason: error.description)
        }
    }

    private static func computed(
        _ node: NodeDef,
        _ inputs: [ReferenceTensor]
    ) throws(ReferenceError) -> [ReferenceTensor] {
        guard let operation = named(node.operation) else {
            throw ReferenceError("the operation \(node.operation) is not known")
        }
        guard operation.inputs.contains(inputs.count) else {
            throw ReferenceError("\(inputs.count) inputs for \(node.operation)")
        }
        return try operation.compute(OperationCall(node: node, inputs: inputs))
    }
}
