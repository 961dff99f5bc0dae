package import Proto
package import Reference

/// A graph as inference computes it, from whatever it takes to whatever it gives: without functions, branches or variables.
///
/// What ``ImportedGraph`` is for picture classifiers, for any network: this is what is handed on to other formats. Nodes stand
/// behind those that they take from; what held a variable is a constant.
public struct InferenceGraph: Sendable {
    /// A tensor that goes in or comes out.
    public struct Port: Equatable, Sendable {
        /// What the graph's signature calls it; where there is none, its node.
        public let name: String
        /// The tensor by its name in the file.
        public let tensor: String
        /// Its extents, nil where they are open; nil if not even their number is known.
        public let shape: [Int?]?
        /// Where it is among ``InferenceGraph/nodes``: `node` or `node:1`.
        package let place: String
        /// The type of its elements.
        package let type: DataType
    }

    /// Where it was read from.
    public let files: NetworkFiles
    /// Every file that was read.
    public let readFiles: [String]
    /// The operations; those that are constants without their values.
    package let nodes: [NodeDef]
    /// The values of the constants, by name.
    package let constants: [Name: GraphConstant]
    /// What goes in: placeholders, in the order of their names.
    public let inputs: [Port]
    /// What comes out, in the order of their names, or as asked for.
    public let outputs: [Port]
    /// The constants that the file has as variables, by their names among ``nodes``.
    public let variables: [String]
    /// What was decided, assumed or turned, a sentence each.
    public let notes: [String]
    /// What was assumed and may change the result, with the flag that says otherwise.
    public let warnings: [String]

    /// Makes of the graph that a path means what inference computes.
    ///
    /// - Throws: ``NetworkError``, `CheckpointError`, `FormatError`, `ReferenceError`.
    public init(_ path: String, _ options: ImportOptions = ImportOptions()) throws {
        try self.init(GraphSource(path, options), options)
    }

    /// Makes of a file's graph what inference computes.
    ///
    /// - Throws: ``NetworkError``, `CheckpointError`, `FormatError`, `ReferenceError`.
    public init(_ source: GraphSource, _ options: ImportOptions = ImportOptions()) throws {
        var importer: GraphImporter
        do throws(ImportProblem) { importer = try GraphImporter(source, options) } catch {
            throw NetworkError.imported(error)
        }
        self = try importer.inference()
    }

    init(
        _ importer: GraphImporter,
        _ emission: GraphEmission,
        inputs: [Port],
        outputs: [Port],
        variables: [String]
    ) {
        files = importer.files
        readFiles = importer.readFiles
        nodes = emission.nodes
        constants = emission.constants
        notes = importer.notes
        warnings = importer.warnings
        self.inputs = inputs
        self.outputs = outputs
        self.variables = variables
    }

    /// The operations that compute something.
    public var operationCount: Int { nodes.count - constants.count - inputs.count }

    /// The constants that a training would change, by their names among ``nodes``: the variables, or of a graph without any its
    /// constants of numbers with a fraction that are no single ones.
    package var parameters: [String] {
        guard variables.isEmpty else { return variables }
        return nodes.map(\.name).filter { name in
            guard let constant = constants[Name(name)] else { return false }
            return !constant.shape.isEmpty && constant.count > 0
                && [.float32, .float16, .bfloat16, .float64].contains(constant.type)
        }
    }

    /// What it is in one line.
    public var summary: String {
        let numbers = parameters.reduce(0) { sum, name in
            sum.addingReportingOverflow(constants[Name(name)]?.count ?? 0).partialValue
        }
        return "\(files.kind), \(operationCount) operations, \(numbers) parameters, "
            + "\(Self.list(inputs)) to \(Self.list(outputs))"
    }

    private static func list(_ ports: [Port]) -> String {
        ports.prefix(4).map(\.tensor).joined(separator: ", ")
            + (ports.count > 4 ? " and \(ports.count - 4) others" : "")
    }

    /// Computes all outputs with plain arithmetic.
    ///
    /// - Parameters:
    ///   - values: A value for each of ``inputs``.
    ///   - replaced: Values in the place of constants, by name.
    /// - Returns: A value for each of ``outputs``.
    /// - Throws: `ReferenceError`.
    package func outputs(
        of values: [ReferenceTensor],
        replacing replaced: [Name: ReferenceTensor] = [:]
    ) throws(ReferenceError) -> [ReferenceTensor] {
        let interpreter = GraphInterpreter(nodes: nodes) { name throws(ReferenceError) in
            if let value = replaced[Name(name)] { return value }
            return try constants[Name(name)]?.tensor()
        }
        let pairs = zip(inputs, values).map { (Name($0.place), $1) }
        return try interpreter.run(
            outputs.map(\.place),
            feeds: Dictionary(pairs) { first, _ in first }
        )
    }
}
