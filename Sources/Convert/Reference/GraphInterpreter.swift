package import Proto

/// Computes outputs of a graph that was read back, operation by operation, with plain arithmetic.
///
/// Whole numbers are computed as float32, which is exact for those that a graph of ours has.
package struct GraphInterpreter {
    /// The operations, each behind its inputs.
    package let nodes: [NodeDef]
    /// The values of a constant that the nodes lack, or of a variable, by the name of its node.
    let values: (String) throws(ReferenceError) -> ReferenceTensor?

    /// An interpreter for operations, each behind its inputs.
    package init(
        nodes: [NodeDef],
        values: @escaping (String) throws(ReferenceError) -> ReferenceTensor?
    ) {
        self.nodes = nodes
        self.values = values
    }

    /// Computes an output.
    ///
    /// - Parameters:
    ///   - output: Its name.
    ///   - given: Values that take the place of nodes.
    /// - Returns: its value.
    /// - Throws: ``ReferenceError/uncomputable(node:reason:)``.
    package func value(
        of output: String,
        given: [String: ReferenceTensor]
    ) throws(ReferenceError) -> ReferenceTensor {
        let needed = needed(for: output, given: given)
        var uses: [String: Int] = [:]
        for node in nodes where needed.contains(node.name) && given[node.name] == nil {
            for input in Self.inputs(of: node) { uses[input.node, default: 0] += 1 }
        }
        var results: [String: [ReferenceTensor]] = given.mapValues { [$0] }
        for node in nodes where needed.contains(node.name) && given[node.name] == nil {
            let inputs = Self.inputs(of: node)
            var operands: [ReferenceTensor] = []
            for input in inputs {
                guard let values = results[input.node], values.indices.contains(input.index) else {
                    throw .uncomputable(
                        node: node.name,
                        reason: "its input \(input.node) is not known"
                    )
                }
                operands.append(values[input.index])
            }
            for input in inputs {
                uses[input.node, default: 0] -= 1
                if uses[input.node] == 0 { results[input.node] = nil }
            }
            do throws(ReferenceError) {
                results[node.name] = try compute(node, operands)
            } catch {
                throw .uncomputable(node: node.name, reason: error.description)
            }
        }
        let wanted = Self.reference(output)
        guard let values = results[wanted.node], values.indices.contains(wanted.index) else {
            throw .uncomputable(node: output, reason: "there is no such output")
        }
        return values[wanted.index]
    }

    /// The node of a name.
    package func node(named name: String) -> NodeDef? { nodes.first { $0.name == name } }

    /// The names of the nodes that an output depends on, up to those that are given.
    private func needed(for output: String, given: [String: ReferenceTensor]) -> Set<String> {
        let named = Dictionary(nodes.map { ($0.name, $0) }) { first, _ in first }
        var needed: Set<String> = []
        var waiting = [Self.reference(output).node]
        while let name = waiting.popLast() {
            guard needed.insert(name).inserted, given[name] == nil, let node = named[name] else {
                continue
            }
            waiting += Self.inputs(of: node).map(\.node)
        }
        return needed
    }

    /// The inputs that have values.
    private static func inputs(of node: NodeDef) -> [(node: String, index: Int)] {
        node.inputs.filter { !$0.hasPrefix("^") }.map { reference($0) }
    }

    /// A node and the number of its output, from `node` or `node:1`.
    package static func reference(_ text: String) -> (node: String, index: Int) {
        guard let colon = text.lastIndex(of: ":"),
            let index = Int(text[text.index(after: colon)...])
        else { return (text, 0) }
        return (String(text[..<colon]), index)
    }

    private func compute(
        _ node: NodeDef,
        _ operands: [ReferenceTensor]
    ) throws(ReferenceError) -> [ReferenceTensor] {
        switch node.operation {
        case "Const":
            if let values = try values(node.name) { return [values] }
            guard case .tensor(let message)? = node["value"] else {
                throw ReferenceError("a constant without values")
            }
            return [try ReferenceTensor(message)]
        case "VarHandleOp":
            guard let values = try values(node.name) else {
                throw ReferenceError("a variable that nothing restores")
            }
            return [values]
        default:
            guard let operation = GraphOperations.all[node.operation] else {
                throw ReferenceError("the operation \(node.operation) is not known")
            }
            guard operands.count >= operation.inputCount else {
                throw ReferenceError("\(operands.count) inputs for \(node.operation)")
            }
            return try operation.compute(node, operands)
        }
    }
}

extension ReferenceTensor {
    /// The values of a constant of float32, float64, int32 or int64 numbers.
    init(_ message: TensorMessage) throws(ReferenceError) {
        let shape = message.shape?.dimensions.map { Int(clamping: $0) } ?? []
        let count = try Self.count(shape)
        let type = DataType(rawValue: message.dataType)
        let width = type?.byteCount ?? 0
        guard width > 0, message.content.count == count * width else {
            throw ReferenceError("\(message.content.count) bytes for a constant of \(count) values")
        }
        let words = (0..<count).map { index in
            (0..<width).reduce(UInt64(0)) {
                $0 | UInt64(message.content[index * width + $1]) << UInt64(8 * $1)
            }
        }
        let values: [Float]
        switch type {
        case .float32: values = words.map { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) }
        case .float64: values = words.map { Float(Double(bitPattern: $0)) }
        case .float16:
            values = words.map { Float(Float16(bitPattern: UInt16(truncatingIfNeeded: $0))) }
        case .bfloat16:
            values = words.map { Float(bitPattern: UInt32(truncatingIfNeeded: $0) << 16) }
        case .int32: values = words.map { Float(Int32(truncatingIfNeeded: $0)) }
        case .int64: values = words.map { Float(Int64(bitPattern: $0)) }
        default: throw ReferenceError("a constant of type \(message.dataType)")
        }
        try self.init(shape, values)
    }

    /// The values as whole numbers.
    func integers() throws(ReferenceError) -> [Int] {
        var integers: [Int] = []
        for value in values {
            guard let integer = Int(exactly: value) else {
                throw ReferenceError("\(value) is no whole number")
            }
            integers.append(integer)
        }
        return integers
    }
}
