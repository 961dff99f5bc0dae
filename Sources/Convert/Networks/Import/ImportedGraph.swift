package import Proto
package import Reference

/// A graph as inference computes it: from pictures to logits, without functions, branches or variables.
///
/// Nodes stand behind those that they take from; what held a variable is a constant.
public struct ImportedGraph: Sendable {
    /// Where pictures go in.
    public struct Pictures: Sendable, Equatable {
        /// The tensor by its name in the file.
        public let tensor: String
        /// Its extents, nil where they are open; nil if not even their number is known.
        public let shape: [Int?]?
        /// Its name among ``ImportedGraph/nodes``.
        package let node: String
        /// The type of its elements.
        package let type: DataType
    }

    /// Where an ONNX model that takes pictures as they are says which of its values are the prepared ones.
    package static let preparedPictures = "prepared_pictures"

    /// Where it was read from.
    public let files: NetworkFiles
    /// The operations.
    package let nodes: [NodeDef]
    /// The values of those that are constants, by name.
    package let constants: [Name: GraphConstant]
    /// Where pictures go in.
    public let pictures: Pictures
    /// Where the logits come out, by its name in the file.
    public let logits: String
    /// What was decided, assumed or turned, a sentence each.
    public let notes: [String]
    /// What was assumed and may change the result, with the flag that says otherwise.
    public let warnings: [String]
    /// The extents of the logits, nil where they are open; nil if not even their number is known.
    public let logitsShape: [Int?]?
    /// The tensors that can be asked for: the names in the file, and where they are now.
    let places: GraphPlaces
    let logitsNode: String

    /// How many values the variables have, and the constants that are no single numbers.
    public var parameters: Int {
        nodes.reduce(0) { sum, node in
            var count = 0
            if let constant = constants[Name(node.name)] {
                let isNumber = [.float32, .float16, .bfloat16, .float64].contains(constant.type)
                count = isNumber && !constant.shape.isEmpty ? constant.count : 0
            } else if VariableValues.holders.contains(node.operation),
                case .shape(let shape)? = node["shape"]
            {
                count = shape.dimensions.reduce(1) {
                    $0.multipliedReportingOverflow(by: Int(clamping: $1)).partialValue
                }
            }
            return sum.addingReportingOverflow(max(count, 0)).partialValue
        }
    }

    /// How many pictures have to be given at once; nil for any number.
    public var batch: Int? { pictures.shape.flatMap { $0.first ?? nil } }

    /// What it is in one line.
    public var summary: String {
        "\(files.kind), \(nodes.count - constants.count) operations, \(parameters) parameters, "
            + "\(pictures.tensor) to \(logits)"
    }

    /// How often each operation is there.
    public var operations: [String: Int] {
        nodes.reduce(into: [:]) { counts, node in
            guard constants[Name(node.name)] == nil,
                !VariableValues.holders.contains(node.operation)
            else { return }
            counts[node.operation, default: 0] += 1
        }
    }

    /// Computes tensors with plain arithmetic.
    ///
    /// - Parameters:
    ///   - tensors: Their names in the file.
    ///   - pictures: The pictures.
    /// - Returns: The values in the same order.
    /// - Throws: ``NetworkError``, `ReferenceError`.
    package func values(
        of tensors: [String],
        pictures: ReferenceTensor
    ) throws -> [ReferenceTensor] {
        var fetches: [String] = []
        for tensor in tensors { fetches.append(try places.place(of: tensor)) }
        let interpreter = GraphInterpreter(nodes: nodes) { name throws(ReferenceError) in
            try constants[Name(name)]?.tensor()
        }
        return try interpreter.run(fetches, feeds: [Name(self.pictures.node): pictures])
    }

    /// Computes the logits with plain arithmetic.
    ///
    /// - Throws: `ReferenceError`.
    package func logits(_ pictures: ReferenceTensor) throws -> ReferenceTensor {
        let interpreter = GraphInterpreter(nodes: nodes) { name throws(ReferenceError) in
            try constants[Name(name)]?.tensor()
        }
        return try interpreter.run([logitsNode], feeds: [Name(self.pictures.node): pictures])[0]
    }
}

/// Where a file's tensors are among the nodes that are left of it.
struct GraphPlaces: Sendable {
    /// The graph, without the values of its nodes.
    let graph: FlatGraph
    /// What the nodes that are left are called.
    let names: [Int: String]

    /// Where a tensor is, by its name in the file.
    ///
    /// - Throws: ``NetworkError`` if there is none of this name, or nothing that is left computes it.
    func place(of tensor: String) throws(NetworkError) -> String {
        do throws(ImportProblem) {
            let edge = graph.resolved(try graph.tensor(tensor))
            guard let name = names[edge.node] else {
                throw ImportProblem.noTensor(tensor, near: [])
            }
            return edge.output == 0 ? name : "\(name):\(edge.output)"
        } catch {
            throw .imported(error)
        }
    }
}
