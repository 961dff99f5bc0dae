internal import Engine
internal import Formats
internal import Networks
internal import Proto

/// Appends operators and constants to a model under names that say where they stand.
///
/// Activations are `[batch, channel, height, width]`; vectors keep a height and a width of 1 until the classifier.
struct ONNXBuilder: ONNXAppending {
    var model = ONNXModel()
    let export: ONNXExport
    private let shapes: [NodeID: FeatureShape]
    private let variables: [ParameterKey: String]
    private var values: [NodeID: String] = [:]
    /// The pixels of a flattened picture, of nodes whose channels count them all.
    private var flattenedAreas: [NodeID: Int] = [:]
    private var constants: Set<String> = []

    init(_ export: ONNXExport, _ graph: Graph, _ names: VariableNames) throws(GraphError) {
        self.export = export
        shapes = try graph.shapes()
        variables = Dictionary(
            names.variables.map {
                ($0.parameter.key, export.variableNames[$0.name] ?? $0.name)
            },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The shape of a node's output, for pictures of the export's size.
    func shape(of id: NodeID) -> FeatureShape {
        guard let shape = shapes[id] else { preconditionFailure("a node of another graph") }
        return shape
    }

    /// Whether a parameter has a name in checkpoints.
    func hasVariable(_ key: ParameterKey) -> Bool { variables[key] != nil }

    /// What the variable of a parameter is called in checkpoints.
    ///
    /// - Precondition: it has a name.
    func variable(_ key: ParameterKey) -> String {
        guard let name = variables[key] else { preconditionFailure("\(key) has no name") }
        return name
    }

    /// The name of the value that a node makes.
    func value(_ id: NodeID) -> String {
        guard let name = values[id] else { preconditionFailure("a node stands before its input") }
        return name
    }

    mutating func setValue(_ name: String, of id: NodeID) { values[id] = name }

    /// How many pixels lie behind each other in a node's channels.
    func flattenedArea(_ id: NodeID) -> Int { flattenedAreas[id, default: 1] }

    mutating func setFlattenedArea(_ area: Int, of id: NodeID) { flattenedAreas[id] = area }

    /// Appends an operator with one output, which has the operator's name.
    @discardableResult
    mutating func append(
        _ operation: String,
        _ name: String,
        _ inputs: [String],
        _ attributes: [Name: ONNXAttribute] = [:]
    ) -> String {
        append(operation, name, inputs, attributes, outputs: [name])
        return name
    }

    /// Appends an operator.
    mutating func append(
        _ operation: String,
        _ name: String,
        _ inputs: [String],
        _ attributes: [Name: ONNXAttribute] = [:],
        outputs: [String]
    ) {
        model.nodes.append(
            ONNXNode(
                name: name,
                operation: operation,
                inputs: inputs,
                outputs: outputs,
                attributes: attributes
            )
        )
    }

    /// A constant of the network.
    mutating func initializer(
        _ name: String,
        _ shape: [Int],
        _ content: ONNXModel.Initializer.Content
    ) -> String {
        model.initializers.append(
            ONNXModel.Initializer(name: name, element: .float32, shape: shape, content: content)
        )
        return name
    }

    /// Float32 numbers, once for each name.
    mutating func floats(_ name: String, _ shape: [Int], _ values: [Float]) -> String {
        constant(name, .float32, shape) { values.flatMap { Self.bytes($0.bitPattern) } }
    }

    /// Int64 numbers, once for each name.
    mutating func integers(_ name: String, _ values: [Int], isScalar: Bool = false) -> String {
        constant(name, .int64, isScalar ? [] : [values.count]) {
            values.flatMap { Self.bytes(UInt64(bitPattern: Int64($0))) }
        }
    }

    /// A float64 number, once for each name.
    mutating func doubles(_ name: String, _ value: Double) -> String {
        constant(name, .float64, []) { Self.bytes(value.bitPattern) }
    }

    private mutating func constant(
        _ name: String,
        _ element: ONNXElement,
        _ shape: [Int],
        _ bytes: () -> [UInt8]
    ) -> String {
        if constants.insert(name).inserted {
            model.initializers.append(
                ONNXModel.Initializer(
                    name: name,
                    element: element,
                    shape: shape,
                    content: .bytes(bytes())
                )
            )
        }
        return name
    }

    private static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
        stride(from: 0, to: value.bitWidth, by: 8).map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
