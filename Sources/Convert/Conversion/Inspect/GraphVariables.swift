public import Checkpoint
public import Networks
public import Proto

/// The variables of a graph, as a checkpoint of it would list them.
public struct GraphVariables: Sendable {
    /// Names, and shapes as far as the graph states them.
    public let variables: [(name: String, shape: [Int]?)]

    /// Operations that hold a variable.
    private static let holders: Set = [
        "Variable", "VariableV2", "VarHandleOp", "AutoReloadVariable",
    ]

    /// Reads the variables that the graph's collections name; all that it holds where there is no such collection.
    ///
    /// Parts of a partitioned variable count as the whole.
    ///
    /// - Throws: ``ProtoError`` if a variable's description is malformed.
    public init(_ meta: MetaGraph) throws(ProtoError) {
        var shapes: [Name: [Int]?] = [:]
        var held: [String] = []
        for node in meta.graph?.nodes ?? [] where Self.holders.contains(node.operation) {
            held.append(node.name)
            shapes[Name(node.name)] = Self.shape(node["shape"])
        }
        var variables: [(name: String, shape: [Int]?)] = []
        var names: Set<Name> = []
        for variable in try meta.variables() {
            if let whole = variable.whole {
                guard names.insert(Name(whole.name)).inserted else { continue }
                variables.append((whole.name, whole.shape.map { Int($0) }))
                continue
            }
            let name =
                variable.name.hasSuffix(":0") ? variable.name.dropLast(2) : variable.name[...]
            guard names.insert(Name(String(name))).inserted else { continue }
            variables.append((String(name), shapes[Name(String(name))] ?? nil))
        }
        if variables.isEmpty { variables = held.map { ($0, shapes[Name($0)] ?? nil) } }
        self.variables = variables
    }

    private static func shape(_ value: AttributeValue?) -> [Int]? {
        guard case .shape(let shape)? = value, !shape.isRankUnknown,
            shape.dimensions.allSatisfy({ $0 >= 0 })
        else { return nil }
        return shape.dimensions.map { Int($0) }
    }

    /// What the graph asks for and the checkpoint lacks, what it has besides, and what has another shape.
    public func differences(from source: any TensorSource) -> Differences {
        let found = Dictionary(source.tensors.map { (Name($0.name), $0.shape) }) { first, _ in first
        }
        return Differences(
            found: found,
            expected: variables.map { name, shape in (name, shape ?? found[Name(name)] ?? []) }
        )
    }
}
