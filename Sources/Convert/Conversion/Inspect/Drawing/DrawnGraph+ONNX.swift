internal import Checkpoint
internal import Formats
internal import Proto

extension DrawnGraph {
    /// Draws a graph of an ONNX model.
    ///
    /// - Parameters:
    ///   - name: What is drawn.
    ///   - graph: The graph.
    ///   - bytes: The model.
    ///   - outer: The names of constants of graphs around it.
    ///   - room: How many boxes may be drawn; what is used of it is taken away.
    ///   - tensors: Takes the constants.
    ///   - stored: The constants that can be read.
    /// - Throws: ``ProtoError`` for a message that is malformed.
    init(
        name: String,
        _ graph: ONNXGraphReader,
        _ bytes: RawSpan,
        outer: Set<Name>,
        room: inout Int,
        tensors: inout DrawnTensors,
        stored: ONNXConstants?
    ) throws(ProtoError) {
        self.init(name: name)
        var makers: [Name: (box: Int, output: Int)] = [:]
        var shapes: [Name: [Int?]] = [:]
        var types: [Name: Int] = [:]
        for (name, value) in graph.values {
            shapes[name] = value.shape
            types[name] = value.type
        }
        var integers: [Name: [Int]] = [:]
        for name in graph.constantNames {
            guard let range = graph.constants[Name(name)] else { continue }
            let constant = try ONNXGraphReader.constant(bytes, range)
            shapes[Name(name)] = constant.shape.map { $0 < 0 ? nil : $0 }
            integers[Name(name)] = constant.integers
            try Self.add(name, constant, to: &tensors, stored)
        }
        let held = outer.union(graph.constants.keys)
        func output(_ name: String) -> String {
            DrawnText.tensor(
                types[Name(name)].flatMap { ONNXGraphReader.typeName($0) },
                shapes[Name(name)]
            )
        }
        for input in graph.inputs where graph.constants[Name(input)] == nil {
            guard room > 0 else {
                leftOut += 1
                continue
            }
            room -= 1
            let box = add(input, "Input", .ends)
            nodes[box].outputs = [output(input)].filter { !$0.isEmpty }
            makers[Name(input)] = (box, 0)
        }
        // Boxes first: an input may be made by an operator further on.
        var drawn: [(box: Int, node: ONNXGraphReader.Node)] = []
        var names: [(node: Int, name: String)] = []
        var constants = held
        for node in graph.nodes {
            if node.operation == "Constant", node.inputs.isEmpty, let result = node.outputs.first {
                constants.insert(Name(result))
                if let range = node.tensor {
                    let constant = try ONNXGraphReader.constant(bytes, range)
                    shapes[Name(result)] = constant.shape.map { $0 < 0 ? nil : $0 }
                    integers[Name(result)] = constant.integers
                    try Self.add(result, constant, to: &tensors, stored)
                }
                continue
            }
            guard room > 0 else {
                leftOut += 1
                continue
            }
            room -= 1
            let title = node.name.isEmpty ? node.outputs.first ?? "" : node.name
            let box = add(title, node.operation, kind(of: node.operation))
            names.append((box, title))
            drawn.append((box, node))
            for (number, name) in node.outputs.enumerated() where !name.isEmpty {
                if makers[Name(name)] == nil { makers[Name(name)] = (box, number) }
            }
        }
        moveIntoScopes(names)
        for (box, node) in drawn {
            let roles = InputNames.ofONNX(node.operation)
            let rule = ShapeRule(
                operation: node.operation,
                inputs: node.inputs.prefix(Self.inputLimit).map { shapes[Name($0)] },
                integers: { node.integers[Name($0)] },
                text: { node.words[Name($0)] },
                constant: { place in
                    node.inputs.indices.contains(place) ? integers[Name(node.inputs[place])] : nil
                }
            )
            for (name, shape) in zip(node.outputs, rule.onnx) where shapes[Name(name)] == nil {
                shapes[Name(name)] = shape
            }
            for (place, input) in node.inputs.enumerated() where !input.isEmpty {
                guard place < Self.inputLimit else {
                    nodes[box].inputsLeftOut += 1
                    continue
                }
                let role = roles.indices.contains(place) ? roles[place] : ""
                if let maker = makers[Name(input)] {
                    nodes[box].inputs.append(
                        Source(node: maker.box, output: maker.output, name: role)
                    )
                } else if constants.contains(Name(input)) {
                    if let tensor = tensors.number(of: input) {
                        nodes[box].weights.append(Weight(role: role, tensor: tensor))
                    }
                } else {
                    nodes[box].inputs.append(
                        Source(node: nil, output: 0, name: DrawnText.clipped(input))
                    )
                }
            }
            var attributes = node.attributes.sorted { Name($0.name) < Name($1.name) }
            if !node.domain.isEmpty {
                attributes.append(("domain", DrawnText.clipped(node.domain)))
            }
            nodes[box].attributes = Array(attributes.prefix(64))
            nodes[box].outputs = node.outputs.prefix(Self.inputLimit).map(output)
        }
        for result in graph.outputs {
            guard room > 0 else {
                leftOut += 1
                continue
            }
            room -= 1
            let box = add(result, "Output", .ends)
            if let maker = makers[Name(result)] {
                nodes[box].inputs = [Source(node: maker.box, output: maker.output, name: "")]
            } else if let tensor = tensors.number(of: result) {
                nodes[box].weights = [Weight(role: "", tensor: tensor)]
            }
            nodes[box].outputs = [output(result)].filter { !$0.isEmpty }
        }
    }

    private static func add(
        _ name: String,
        _ constant: (type: Int, shape: [Int], integers: [Int]?, content: Range<Int>?),
        to tensors: inout DrawnTensors,
        _ stored: ONNXConstants?
    ) throws(ProtoError) {
        if let stored, let entry = stored.tensor(named: name) {
            tensors.add(name, type: entry.dataType, shape: entry.shape) {
                try stored.bytes(of: entry, verifies: true)
            }
            return
        }
        let reason = stored?.unread.first { Name($0.name) == Name(name) }?.reason
        tensors.add(
            name,
            type: nil,
            typeName: ONNXGraphReader.typeName(constant.type),
            shape: constant.shape,
            remark: reason.map { DrawnText.clipped($0) } ?? "",
            bytes: nil
        )
    }
}
