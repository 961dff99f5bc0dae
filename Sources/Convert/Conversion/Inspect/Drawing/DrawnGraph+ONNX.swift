internal import Checkpoint
internal import Formats
internal import Networks

extension DrawnGraph {
    /// Draws a graph of an ONNX model.
    ///
    /// - Parameters:
    ///   - name: What is drawn.
    ///   - graph: The graph.
    ///   - shapes: What is known of its values.
    ///   - outer: The names of constants of graphs around it.
    ///   - texts: What names are called.
    ///   - room: How many boxes may be drawn; what is used of it is taken away.
    ///   - tensors: Takes the constants.
    ///   - stored: The constants that can be read.
    init(
        name: String,
        _ graph: ONNXGraph,
        _ shapes: ONNXShapes,
        outer: Set<ByteName>,
        texts: inout DistinctTexts,
        room: inout Int,
        tensors: inout DrawnTensors,
        stored: StoredConstants
    ) {
        self.init(name: name)
        var makers: [ByteName: (box: Int, output: Int)] = [:]
        func output(_ name: ByteName) -> String {
            guard let known = shapes[name] else { return "" }
            let type = known.typeNumber > 0 ? ONNXElement.typeName(known.typeNumber) : nil
            return DrawnText.tensor(type, known.shape)
        }
        var constants = outer
        for constant in graph.initializers + graph.stated {
            constants.insert(constant.name)
            stored.add(constant, as: texts.text(of: constant.name), to: &tensors)
        }
        for input in graph.inputs where !constants.contains(input.name) {
            guard room > 0 else {
                leftOut += 1
                continue
            }
            room -= 1
            let box = add(texts.text(of: input.name), "Input", .ends)
            nodes[box].outputs = [output(input.name)].filter { !$0.isEmpty }
            makers[input.name] = (box, 0)
        }
        // Boxes first: an input may be made by an operator further on.
        var drawn: [(box: Int, node: ONNXNode)] = []
        var names: [(node: Int, name: String)] = []
        for node in graph.nodes {
            guard room > 0 else {
                leftOut += 1
                continue
            }
            room -= 1
            let title = texts.text(of: node.title)
            let operation = node.ownOperation
            let box = add(title, operation, kind(of: operation))
            names.append((box, title))
            drawn.append((box, node))
            for (number, name) in node.outputs.enumerated() where !name.isEmpty {
                if makers[name] == nil { makers[name] = (box, number) }
            }
        }
        moveIntoScopes(names)
        for (box, node) in drawn {
            let roles = InputNames.ofONNX(node.operation)
            for (place, input) in node.inputs.enumerated() where !input.isEmpty {
                guard place < Self.inputLimit else {
                    nodes[box].inputsLeftOut += 1
                    continue
                }
                let role = roles.indices.contains(place) ? roles[place] : ""
                if let maker = makers[input] {
                    nodes[box].inputs.append(
                        Source(node: maker.box, output: maker.output, name: role)
                    )
                } else if constants.contains(input) {
                    if let tensor = tensors.number(of: texts.text(of: input)) {
                        nodes[box].weights.append(Weight(role: role, tensor: tensor))
                    }
                } else {
                    let name = DrawnText.clipped(texts.text(of: input))
                    nodes[box].inputs.append(Source(node: nil, output: 0, name: name))
                }
            }
            var attributes = AttributeText.attributes(of: node)
            if !node.domain.isEmpty {
                attributes.append(("domain", DrawnText.clipped(node.domain)))
            }
            nodes[box].attributes = Array(attributes.prefix(64))
            nodes[box].outputs = node.outputs.prefix(Self.inputLimit).map(output)
        }
        for result in graph.outputs.map(\.name) {
            guard room > 0 else {
                leftOut += 1
                continue
            }
            room -= 1
            let box = add(texts.text(of: result), "Output", .ends)
            if let maker = makers[result] {
                nodes[box].inputs = [Source(node: maker.box, output: maker.output, name: "")]
            } else if let tensor = tensors.number(of: texts.text(of: result)) {
                nodes[box].weights = [Weight(role: "", tensor: tensor)]
            }
            nodes[box].outputs = [output(result)].filter { !$0.isEmpty }
        }
    }
}
