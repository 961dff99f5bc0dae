internal import Checkpoint
public import Engine
public import Networks
internal import Proto

/// A conversion to a format that holds a network: the graph, and the tensor that is each of its parameters.
public struct NetworkPlan: Sendable {
    /// The network, before any pass.
    public let graph: Graph
    /// What the network's variables are called.
    public let names: VariableNames
    /// The tensors of the network alone; all others are left out.
    public let plan: ConversionPlan
    /// The order of the axes of activations in graphs of TensorFlow's.
    public var order = ServingOrder.channelsLast
    private let items: [String: ConversionPlan.Item]

    /// Finds the network's parameters among the tensors of a plan.
    ///
    /// - Parameters:
    ///   - network: The network.
    ///   - plan: What is to be written.
    ///   - set: Which values are the weights.
    /// - Throws: ``ConversionError/incompleteNetwork(_:)`` if the plan lacks some,
    ///   ``ConversionError/uncastable(to:tensors:)`` if some are no numbers.
    public init(
        _ network: FamilyNetwork,
        _ plan: ConversionPlan,
        set: WeightSet = .raw
    ) throws(ConversionError) {
        let names = VariableNames(network)
        let planned = Dictionary(plan.items.map { (Name($0.source.name), $0) }) { first, _ in first
        }
        var items: [String: ConversionPlan.Item] = [:]
        var missing: [String] = []
        for variable in names.variables {
            let isAverage = set == .movingAverages && variable.isTrainable
            let name = isAverage ? "\(variable.name)/\(VariableNames.movingAverage)" : variable.name
            if let item = planned[Name(name)], item.source.shape == variable.shape {
                items[variable.name] = item
            } else {
                missing.append(name)
            }
        }
        guard missing.isEmpty else { throw .incompleteNetwork(missing) }
        let numbers: [DataType] = [.float32, .float16, .bfloat16, .float64]
        let others = items.values.filter { !numbers.contains($0.dataType) }
        guard others.isEmpty else {
            throw .uncastable(
                to: DataType.float32.name,
                tensors: others.map { "\($0.source.name): \($0.dataType.name)" }.sorted()
            )
        }
        graph = network.graph
        self.names = names
        self.items = items
        self.plan = plan.keeping(Set(items.values.map(\.source.key)))
    }

    /// What is written for a variable of the network.
    func item(of variable: VariableNames.Variable) -> ConversionPlan.Item {
        guard let item = items[variable.name] else {
            preconditionFailure("\(variable.name) is no variable of the network")
        }
        return item
    }

    /// The weights as they are written, casts included.
    ///
    /// - Throws: ``ConversionError/checkpoint(_:)``.
    func weights(from source: any TensorSource) throws(ConversionError) -> Weights {
        var weights = Weights()
        for variable in names.variables {
            let item = item(of: variable)
            guard item.dataType == .float32 else {
                let bytes = try source.bytes(for: item)
                let values = (0..<item.source.elementCount).map {
                    TensorCast.number(bytes, $0, item.dataType)
                }
                weights[variable.parameter.key] = WeightTensor(
                    shape: variable.shape,
                    values: values
                )
                continue
            }
            let bytes = try source.bytes(for: item)
            weights[variable.parameter.key] = unsafe WeightTensor(
                shape: variable.shape,
                bytes: bytes.buffer,
                owner: bytes.owner
            )
        }
        return weights
    }

    /// Throws unless every tensor's name can be that of a graph's node.
    func checkNodeNames(
        _ format: String,
        reserved: Set<String>
    ) throws(ConversionError) {
        try plan.check(format) { item in
            if reserved.contains(item.name) { return "'\(item.name)' is the name of an output" }
            return isNodeName(item.name) ? nil : "'\(item.name)' cannot be the name of a node"
        }
    }
}

/// Whether a graph's node can have this name, by TensorFlow's rule.
func isNodeName(_ name: String) -> Bool {
    func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."):
            true
        default: false
        }
    }
    let others = Array("_-/\\".utf8)
    guard let first = name.utf8.first, isAllowed(first) else { return false }
    return name.utf8.allSatisfy { isAllowed($0) || others.contains($0) }
}
