internal import Checkpoint
internal import Formats
internal import Proto
internal import Reference

/// Makes of an ONNX model the same network of TensorFlow's operations, which is what the rest of the import knows.
///
///     model -> its values one by one -> operations, with the forms of what they give -> a graph with a signature
///
/// Pictures keep their channels where the model has them. Constants stay where they lie.
struct ONNXImporter {
    /// A tensor of the graph that is made.
    struct Value: Equatable {
        var place: TensorPlace
    }

    /// An operation that was made, by the numbers of those that it takes from.
    struct Made {
        var operation: String
        var inputs: [TensorPlace]
        var attributes: [NodeDef.Attribute]
        /// The value of the model that it is.
        var title: String?
        /// The value that it was made for.
        let scope: String
    }

    /// Where constants are read; nil where nothing is to be computed.
    private let file: ONNXFile?
    /// The version of the operators.
    private let operatorSet: Int
    private(set) var made: [Made] = []
    private(set) var contents: [ONNXFile.Constant] = []
    private(set) var forms: FormInference
    private(set) var values: [ByteName: Value] = [:]
    private var texts = DistinctTexts()
    private var scope = ""
    /// The side of pictures, where it is settled.
    private var side: Int?

    /// Open extents are tried with two numbers each: pictures, and the sides of pictures.
    private static let samples = [2, 3]
    private static let sides = [224, 256]

    private init(_ file: ONNXFile, side: Int?) {
        self.file = file
        self.side = side
        operatorSet = file.operatorSet
        forms = FormInference(samples: Self.samples)
    }

    /// An importer of which only the forms are wanted; little is tried out.
    init(formsOnly operatorSet: Int) {
        file = nil
        self.operatorSet = operatorSet
        forms = FormInference(samples: Self.samples, effort: .little)
    }

    /// The graph that computes what a model does.
    ///
    /// - Parameters:
    ///   - file: The model.
    ///   - side: The side of pictures, where the model leaves it open and its operators ask for one.
    /// - Returns: It, with the constants left in the model.
    /// - Throws: ``ImportProblem``.
    static func graph(of file: ONNXFile, side: Int?) throws(ImportProblem) -> GraphFile {
        try checkOperators(of: file)
        do throws(ImportProblem) { return try graph(of: file, settledAt: nil) } catch {
            guard let side, case .unknownForm = error,
                file.inputValues.contains(where: { $0.hasOpenSides })
            else { throw error }
            return try graph(of: file, settledAt: side)
        }
    }

    private static func graph(
        of file: ONNXFile,
        settledAt side: Int?
    ) throws(ImportProblem) -> GraphFile {
        var importer = ONNXImporter(file, side: side)
        var signature = MetaGraph.Signature(
            name: "serving_default",
            method: "",
            inputs: [:],
            outputs: [:]
        )
        for input in file.inputValues {
            guard input.element != nil else {
                throw .malformed(
                    node: input.name.description,
                    reason: "is of a type that no network computes here"
                )
            }
            let value = importer.placeholder(input)
            signature.inputs[importer.texts.text(of: input.name)] = importer.info(value)
        }
        for node in file.nodes { try importer.translate(node) }
        for output in file.outputs {
            let text = importer.texts.text(of: output)
            let value = try importer.value(output, for: text)
            signature.outputs[text] = importer.info(value)
        }
        return importer.finished(signature, of: file)
    }

    // MARK: Operators

    private static func checkOperators(of file: ONNXFile) throws(ImportProblem) {
        var unknown: [String: Int] = [:]
        for node in file.nodes where ONNXCall.operators[Name(node.operation)] == nil {
            unknown[node.operation, default: 0] += 1
        }
        guard unknown.isEmpty else { throw .unknownOperators(unknown) }
    }

    /// Makes the operations of an operator, and says which of them gives its outputs.
    mutating func translate(_ node: ONNXNode) throws(ImportProblem) {
        let title = texts.text(of: node.outputs.first { !$0.isEmpty } ?? node.name)
        var inputs: [Value?] = []
        for name in node.inputs {
            inputs.append(name.isEmpty ? nil : try value(name, for: title))
        }
        scope = title
        let call = ONNXCall(node: node, inputs: inputs, operatorSet: operatorSet)
        guard let operation = ONNXCall.operators[Name(node.operation)] else { return }
        let results = try operation(&self, call)
        let wanted = node.outputs.enumerated().filter { !$0.element.isEmpty }
        for (index, name) in wanted {
            guard results.indices.contains(index) else {
                throw call.unfit("its output \(name) is none of inference")
            }
            guard values[name] == nil, file?.constants[name] == nil else {
                throw .doubledNode(name.description)
            }
            values[name] = results[index]
            let place = results[index].place
            if made[place.node].title == nil, made[place.node].scope == title {
                made[place.node].title = texts.text(of: name)
            }
        }
    }

    /// A value by its name in the model.
    private mutating func value(
        _ name: ByteName,
        for reader: String
    ) throws(ImportProblem) -> Value {
        if let value = values[name] { return value }
        guard let file, let constant = file.constants[name] else {
            throw .missingInput(node: reader, input: name.description)
        }
        var message = TensorMessage()
        message.dataType = constant.element.type.rawValue
        message.shape = TensorShape(constant.shape.map { Int64($0) })
        message.leftContent = contents.count
        contents.append(constant)
        let home: GraphConstant
        do throws(FormatError) {
            home = GraphConstant(constant.element.type, constant.shape, try file.bytes(constant))
        } catch {
            throw .malformed(node: name.description, reason: error.description)
        }
        let value = add(constant: message, home, title: texts.text(of: name))
        values[name] = value
        return value
    }

    /// Puts what is only known by its type and extents under a value's name.
    @discardableResult
    mutating func placeholder(_ input: ONNXValue) -> Value {
        let type = input.element?.type ?? .float32
        var attributes = [NodeDef.Attribute("dtype", .type(type.rawValue))]
        var form: TensorForm?
        if var extents = input.extents {
            if let side, input.hasOpenSides {
                for axis in 1..<extents.count where extents[axis] == nil { extents[axis] = side }
            }
            // The first extent is that of pictures.
            let shapes = zip(Self.samples, Self.sides).map { pictures, side in
                extents.enumerated().map { axis, extent in extent ?? (axis == 0 ? pictures : side) }
            }
            form = TensorForm(type: type, shapes: shapes)
            let stated = extents.map { Int64($0 ?? -1) }
            attributes.append(.init("shape", .shape(TensorShape(stated))))
        }
        scope = texts.text(of: input.name)
        let value = add("Placeholder", [], attributes, form: form)
        made[value.place.node].title = scope
        values[input.name] = value
        return value
    }

    /// Puts a constant under a value's name.
    mutating func put(_ tensor: ReferenceTensor, _ name: ByteName) {
        values[name] = constant(tensor)
    }

    // MARK: Making

    /// Adds an operation; `form` is that of what it gives, where that is known, and should not be computed.
    mutating func add(
        _ operation: String,
        _ inputs: [Value],
        _ attributes: [NodeDef.Attribute] = [],
        form: TensorForm? = nil
    ) -> Value {
        var attributes = attributes
        if let first = inputs.first, let type = forms[first.place]?.type {
            attributes.append(.init(operation == "Cast" ? "SrcT" : "T", .type(type.rawValue)))
        }
        let places = inputs.map(\.place)
        let node = NodeDef(
            name: "\(made.count)",
            operation: operation,
            inputs: places.map { "\($0.node):\($0.output)" },
            attributes: attributes
        )
        made.append(
            Made(operation: operation, inputs: places, attributes: attributes, scope: scope)
        )
        return Value(place: forms.append(node, given: form))
    }

    private mutating func add(
        constant message: TensorMessage,
        _ home: GraphConstant,
        title: String? = nil
    ) -> Value {
        let attributes = [
            NodeDef.Attribute("dtype", .type(message.dataType)),
            NodeDef.Attribute("value", .tensor(message)),
        ]
        let node = NodeDef(name: "\(made.count)", operation: "Const", attributes: attributes)
        made.append(
            Made(
                operation: "Const",
                inputs: [],
                attributes: attributes,
                title: title,
                scope: title ?? scope
            )
        )
        return Value(place: forms.append(node, constant: home))
    }

    /// Adds a constant that the model does not have.
    mutating func constant(_ tensor: ReferenceTensor) -> Value {
        var message = TensorMessage()
        message.dataType = tensor.type.rawValue
        message.shape = TensorShape(tensor.shape.map { Int64($0) })
        message.content = tensor.bytes ?? []
        return add(constant: message, GraphConstant(tensor))
    }

    /// Adds a list of whole numbers.
    mutating func list(_ numbers: [Int]) -> Value {
        constant(ReferenceTensor(list: numbers.map { Int64($0) }))
    }

    /// The form of a tensor; nil where it cannot be told.
    func form(_ value: Value) -> TensorForm? { forms[value.place] }

    // MARK: The whole

    /// The extents of a tensor, nil where they are open; nil if not even their number is known.
    func shape(_ value: Value) -> [Int?]? { forms.extents(value.place) }
}

extension ONNXValue {
    /// Whether it may be pictures whose size is open.
    fileprivate var hasOpenSides: Bool {
        guard let extents, extents.count == 4 else { return false }
        return extents[1...].contains(nil)
    }
}
