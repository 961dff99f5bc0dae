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
    private struct Made {
        var operation: String
        var inputs: [TensorPlace]
        var attributes: [NodeDef.Attribute]
        /// The value of the model that it is.
        var title: String?
        /// The value that it was made for.
        let scope: String
    }

    private let file: ONNXFile
    private var made: [Made] = []
    private var contents: [ONNXFile.Constant] = []
    private var forms = FormInference(samples: Self.samples)
    private var values: [Name: Value] = [:]
    private var scope = ""

    /// Open extents are tried with two numbers each: pictures, and the sides of pictures.
    private static let samples = [2, 3]
    private static let sides = [224, 256]

    private init(_ file: ONNXFile) { self.file = file }

    /// The graph that computes what a model does.
    ///
    /// - Throws: ``ImportProblem``.
    static func graph(of file: ONNXFile) throws(ImportProblem) -> GraphFile {
        var importer = ONNXImporter(file)
        try importer.checkOperators()
        var signature = MetaGraph.Signature(
            name: "serving_default",
            method: "",
            inputs: [:],
            outputs: [:]
        )
        for input in file.inputValues {
            let value = try importer.placeholder(input)
            signature.inputs[input.name] = importer.info(value)
        }
        for node in file.nodes { try importer.translate(node) }
        for output in file.outputs {
            let value = try importer.value(output, for: output)
            signature.outputs[output] = importer.info(value)
        }
        return importer.finished(signature)
    }

    // MARK: Operators

    private func checkOperators() throws(ImportProblem) {
        var unknown: [String: Int] = [:]
        for node in file.nodes where ONNXCall.operators[Name(node.operation)] == nil {
            unknown[node.operation, default: 0] += 1
        }
        guard unknown.isEmpty else { throw .unknownOperators(unknown) }
    }

    private mutating func translate(_ node: ONNXNode) throws(ImportProblem) {
        let title = node.outputs.first { !$0.isEmpty } ?? node.name
        var inputs: [Value?] = []
        for name in node.inputs {
            inputs.append(name.isEmpty ? nil : try value(name, for: title))
        }
        scope = title
        let call = ONNXCall(node: node, inputs: inputs, operatorSet: file.operatorSet)
        guard let operation = ONNXCall.operators[Name(node.operation)] else { return }
        let results = try operation(&self, call)
        let wanted = node.outputs.enumerated().filter { !$0.element.isEmpty }
        for (index, name) in wanted {
            guard results.indices.contains(index) else {
                throw call.unfit("its output \(name) is none of inference")
            }
            guard values[Name(name)] == nil, file.constants[Name(name)] == nil else {
                throw .doubledNode(name)
            }
            values[Name(name)] = results[index]
            let place = results[index].place
            if made[place.node].title == nil, made[place.node].scope == title {
                made[place.node].title = name
            }
        }
    }

    /// A value by its name in the model.
    private mutating func value(_ name: String, for reader: String) throws(ImportProblem) -> Value {
        if let value = values[Name(name)] { return value }
        guard let constant = file.constants[Name(name)] else {
            throw .missingInput(node: reader, input: name)
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
            throw .malformed(node: name, reason: error.description)
        }
        let value = add(constant: message, home, title: name)
        values[Name(name)] = value
        return value
    }

    private mutating func placeholder(_ input: ONNXValue) throws(ImportProblem) -> Value {
        guard let type = input.element?.type else {
            throw .malformed(node: input.name, reason: "is of a type that no network computes here")
        }
        var attributes = [NodeDef.Attribute("dtype", .type(type.rawValue))]
        var form: TensorForm?
        if let extents = input.shape {
            // The first extent is that of pictures.
            var shapes: [[Int]] = []
            for (pictures, side) in zip(Self.samples, Self.sides) {
                var shape: [Int] = []
                for (axis, extent) in extents.enumerated() {
                    switch extent {
                    case .fixed(let count): shape.append(count)
                    case .named: shape.append(axis == 0 ? pictures : side)
                    }
                }
                shapes.append(shape)
            }
            form = TensorForm(type: type, shapes: shapes)
            let stated = extents.map { extent -> Int64 in
                guard case .fixed(let count) = extent else { return -1 }
                return Int64(count)
            }
            attributes.append(.init("shape", .shape(TensorShape(stated))))
        }
        scope = input.name
        let value = add("Placeholder", [], attributes, form: form)
        made[value.place.node].title = input.name
        values[Name(input.name)] = value
        return value
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
    func shape(_ value: Value) -> [Int?]? {
        guard let shapes = forms[value.place]?.shapes, let first = shapes.first,
            shapes.allSatisfy({ $0.count == first.count })
        else { return nil }
        return first.indices.map { axis in
            shapes.allSatisfy { $0[axis] == first[axis] } ? first[axis] : nil
        }
    }

    private func info(_ value: Value) -> MetaGraph.TensorInfo {
        let extents = shape(value)
        return MetaGraph.TensorInfo(
            // Replaced by its name when all have one.
            name: "\(value.place.node):\(value.place.output)",
            dataType: (forms[value.place]?.type ?? .float32).rawValue,
            shape: TensorShape(
                (extents ?? []).map { Int64($0 ?? -1) },
                isRankUnknown: extents == nil
            )
        )
    }

    /// Gives all operations their names.
    private func finished(_ signature: MetaGraph.Signature) -> GraphFile {
        var taken: Set<Name> = []
        func unique(_ text: String) -> String {
            // A colon would be taken for that before the number of an output, an arrow for one that only orders.
            let plain = String(
                decoding: text.utf8.map { $0 == UInt8(ascii: ":") ? UInt8(ascii: "_") : $0 }
                    .drop { $0 == UInt8(ascii: "^") },
                as: UTF8.self
            )
            var (name, number) = (plain.isEmpty ? "value" : plain, 1)
            while !taken.insert(Name(name)).inserted {
                name = "\(plain)_\(number)"
                number += 1
            }
            return name
        }
        var names = [String](repeating: "", count: made.count)
        for (number, node) in made.enumerated() {
            if let title = node.title { names[number] = unique(title) }
        }
        for (number, node) in made.enumerated() where node.title == nil {
            names[number] = unique("\(node.scope)/\(node.operation)")
        }
        func text(_ place: TensorPlace) -> String {
            place.output == 0 ? names[place.node] : "\(names[place.node]):\(place.output)"
        }
        var graph = MetaGraph(GraphDef(nodes: [], versions: Versions()))
        graph.graph?.nodes = made.enumerated().map { number, node in
            var attributes = node.attributes
            if node.operation != "Const", let extents = shape(Value(place: .init(node: number))) {
                let shape = TensorShape(extents.map { Int64($0 ?? -1) })
                attributes.append(.init("_output_shapes", .list([.shape(shape)])))
            }
            return NodeDef(
                name: names[number],
                operation: node.operation,
                inputs: node.inputs.map(text),
                attributes: attributes
            )
        }
        var signature = signature
        func named(_ infos: [String: MetaGraph.TensorInfo]) -> [String: MetaGraph.TensorInfo] {
            infos.mapValues { info in
                var info = info
                let (node, output) = FlatGraph.parts(info.name)
                info.name = "\(names[Int(node) ?? 0]):\(output)"
                return info
            }
        }
        signature.inputs = named(signature.inputs)
        signature.outputs = named(signature.outputs)
        graph.signatures = [signature]
        return GraphFile(graph, of: file, constants: contents)
    }
}
