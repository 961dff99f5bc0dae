internal import Proto

/// Collects the operations of a graph that is to be written, each under a name of its own.
struct GraphDefBuilder {
    /// A part of a graph: an operation, or a constant whose values stay where they are until they are written.
    enum Part {
        case operation(NodeDef)
        /// The constant of this name.
        case weight(String, ConversionPlan.Item)
    }

    /// What was added, in order; every operation stands behind its inputs, but for the ways back of loops.
    private(set) var parts: [Part] = []
    private var taken: Set<String> = []
    /// The order of the axes of activations.
    var order = ServingOrder.channelsLast

    /// The version of TensorFlow whose operations are used, and what its graphs state as their own.
    static let tensorFlowVersion = "1.14.0"
    static let versions: Versions = {
        var versions = Versions()
        versions.producer = 38
        return versions
    }()

    /// Adds an operation, and gives the name of its first output.
    ///
    /// A name that is taken gets a number behind it.
    mutating func add(
        _ operation: String,
        _ name: String,
        _ inputs: [String] = [],
        _ attributes: [String: AttributeValue] = [:]
    ) -> String {
        let name = unique(name)
        let node = NodeDef(
            name: name,
            operation: operation,
            inputs: inputs,
            attributes: attributes.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }
        )
        parts.append(.operation(node))
        return name
    }

    /// Adds a constant that is written from a tensor of the source.
    mutating func addWeight(_ name: String, _ item: ConversionPlan.Item) -> String {
        let name = unique(name)
        parts.append(.weight(name, item))
        return name
    }

    /// The name, with a number behind it if it is taken, which is then taken too.
    private mutating func unique(_ name: String) -> String {
        var candidate = name
        var number = 0
        while !taken.insert(candidate).inserted {
            number += 1
            candidate = "\(name)_\(number)"
        }
        return candidate
    }

    /// The graph, which must hold no weights.
    var graph: GraphDef {
        let nodes = parts.map { part in
            guard case .operation(let node) = part else {
                preconditionFailure("a graph with variables has constants for weights")
            }
            return node
        }
        return GraphDef(nodes: nodes, versions: Self.versions)
    }
}

extension GraphDefBuilder {
    /// A constant of whole numbers, a scalar where there is no shape.
    ///
    /// Within a loop a constant must come `after` an operation of the loop.
    mutating func constant(
        _ name: String,
        _ values: [Int32],
        shape: [Int]? = nil,
        after operation: String? = nil
    ) -> String {
        let bytes = values.flatMap { value in littleEndian(UInt32(bitPattern: value)) }
        return constant(name, .int32, shape ?? [values.count], bytes, operation)
    }

    /// A whole number.
    mutating func scalar(_ name: String, _ value: Int32, after operation: String? = nil) -> String {
        constant(name, [value], shape: [], after: operation)
    }

    /// A constant of float32 numbers.
    mutating func constant(
        _ name: String,
        _ values: [Float],
        shape: [Int],
        after operation: String? = nil
    ) -> String {
        constant(
            name,
            .float32,
            shape,
            values.flatMap { littleEndian($0.bitPattern) },
            operation
        )
    }

    /// A float32 number.
    mutating func scalar(_ name: String, _ value: Float, after operation: String? = nil) -> String {
        constant(name, [value], shape: [], after: operation)
    }

    /// A float64 number.
    mutating func scalar(_ name: String, _ value: Double, after operation: String) -> String {
        constant(name, .float64, [], littleEndian(value.bitPattern), operation)
    }

    /// A list of strings, or one of no dimensions.
    mutating func constant(_ name: String, _ texts: [String], isScalar: Bool = false) -> String {
        constant(name, strings: texts.map { Array($0.utf8) }, shape: isScalar ? [] : [texts.count])
    }

    /// A constant of strings.
    mutating func constant(_ name: String, strings: [[UInt8]], shape: [Int]) -> String {
        var message = TensorMessage()
        message.dataType = DataType.string.rawValue
        message.shape = TensorShape(shape.map { Int64($0) })
        message.strings = strings
        return add("Const", name, [], ["dtype": .of(.string), "value": .tensor(message)])
    }

    /// A constant of any type of fixed size.
    mutating func constant(
        _ name: String,
        _ type: DataType,
        _ shape: [Int],
        _ content: [UInt8],
        _ operation: String? = nil
    ) -> String {
        var message = TensorMessage()
        message.dataType = type.rawValue
        message.shape = TensorShape(shape.map { Int64($0) })
        message.content = content
        return add(
            "Const",
            name,
            operation.map { ["^\($0)"] } ?? [],
            ["dtype": .of(type), "value": .tensor(message)]
        )
    }

    private func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        stride(from: 0, to: value.bitWidth, by: 8).map {
            UInt8(truncatingIfNeeded: value >> $0)
        }
    }
}

extension AttributeValue {
    /// An element type.
    static func of(_ type: DataType) -> AttributeValue { .type(type.rawValue) }

    /// A text.
    static func text(_ text: String) -> AttributeValue { .bytes(Array(text.utf8)) }

    /// A list of whole numbers.
    static func integers(_ values: [Int]) -> AttributeValue {
        .list(values.map { .integer(Int64($0)) })
    }

    /// A shape, -1 where an extent is open.
    static func extents(_ extents: [Int]) -> AttributeValue {
        .shape(TensorShape(extents.map { Int64($0) }))
    }
}
