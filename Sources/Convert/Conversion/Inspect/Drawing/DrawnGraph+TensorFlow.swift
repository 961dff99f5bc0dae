package import Networks
package import Proto
internal import Reference

extension DrawnGraph {
    /// Operations that give what a variable or a constant holds.
    private static let reads: Set<Name> = ["Identity", "ReadVariableOp"]

    /// Draws the nodes of one of TensorFlow's graphs.
    ///
    /// Constants and variables that operations take are no boxes but tensors of these operations.
    ///
    /// - Parameters:
    ///   - name: What is drawn.
    ///   - nodes: The nodes.
    ///   - library: The names of the functions that nodes may call.
    ///   - room: How many boxes may be drawn; what is used of it is taken away.
    ///   - tensors: Takes the constants and variables.
    ///   - value: What a constant or a variable holds, where that is known.
    package init(
        name: String,
        _ nodes: [NodeDef],
        library: Set<Name>,
        room: inout Int,
        tensors: inout DrawnTensors,
        value: (NodeDef) -> GraphConstant?
    ) {
        self.init(name: name)
        let plan = TensorFlowNodes(nodes, reads: Self.reads)
        var boxes: [Int: Int] = [:]
        var names: [(node: Int, name: String)] = []
        let drawn = nodes.indices.filter { !plan.isFolded[$0] }
        for number in drawn.prefix(max(room, 0)) {
            let node = nodes[number]
            let box = add(node.name, node.operation, kind(of: node.operation))
            boxes[number] = box
            names.append((box, node.name))
        }
        leftOut = drawn.count - boxes.count
        room -= boxes.count
        moveIntoScopes(names)
        for number in drawn.prefix(boxes.count) {
            guard let box = boxes[number] else { continue }
            fill(
                box,
                nodes,
                number,
                plan,
                boxes,
                library: library,
                tensors: &tensors,
                value: value
            )
        }
        settleShapes(nodes, plan, boxes, value)
    }

    private mutating func fill(
        _ box: Int,
        _ all: [NodeDef],
        _ number: Int,
        _ plan: TensorFlowNodes,
        _ boxes: [Int: Int],
        library: Set<Name>,
        tensors: inout DrawnTensors,
        value: (NodeDef) -> GraphConstant?
    ) {
        let node = all[number]
        let roles = InputNames.of(node.operation)
        var result = nodes[box]
        for (place, input) in plan.inputs[number].enumerated() {
            guard result.inputs.count + result.weights.count < Self.inputLimit else {
                result.inputsLeftOut += 1
                continue
            }
            if input.isControl {
                if let from = input.node.flatMap({ boxes[$0] }), from != box {
                    result.controls.append(from)
                }
                continue
            }
            let role = roles.indices.contains(place) ? roles[place] : ""
            if let source = input.node, plan.isFolded[source] {
                let holder = all[plan.holder(of: source)]
                if let tensor = Self.tensor(holder, &tensors, value) {
                    result.weights.append(Weight(role: role, tensor: tensor))
                }
                continue
            }
            let from = input.node.flatMap { boxes[$0] }
            let text = from == nil ? DrawnText.clipped(node.inputs[place]) : role
            result.inputs.append(Source(node: from, output: input.output, name: text))
        }
        if result.kind == .data, let tensor = Self.tensor(node, &tensors, value) {
            result.weights.append(Weight(role: "value", tensor: tensor))
        }
        result.attributes = AttributeText.attributes(of: node)
        if case .function(let called, _)? = node["f"], library.contains(Name(called)) {
            result.called = DrawnText.clipped(called)
        } else if library.contains(Name(node.operation)) {
            result.called = DrawnText.clipped(node.operation)
        }
        nodes[box] = result
    }

    private static func tensor(
        _ node: NodeDef,
        _ tensors: inout DrawnTensors,
        _ value: (NodeDef) -> GraphConstant?
    ) -> Int? {
        if let known = tensors.number(of: node.name) { return known }
        guard let constant = value(node) else {
            var shape: [Int] = []
            if case .shape(let stated)? = node["shape"] {
                shape = stated.dimensions.map { Int(clamping: $0) }
            }
            var type: DataType?
            if case .type(let number)? = node["dtype"] { type = DataType(rawValue: number) }
            return tensors.add(
                node.name,
                type: type,
                shape: shape,
                remark: "its values are not there",
                bytes: nil
            )
        }
        return tensors.add(node.name, type: constant.type, shape: constant.shape) {
            try constant.content()
        }
    }

    /// A constant of few whole numbers, which may say how another tensor is shaped.
    private static func few(
        _ node: NodeDef,
        _ value: (NodeDef) -> GraphConstant?
    ) -> GraphConstant? {
        let types: [DataType] = [.int32, .int64]
        guard Name(node.operation) == "Const", case .type(let number)? = node["dtype"],
            let type = DataType(rawValue: number), types.contains(type),
            let constant = value(node), constant.count <= 32
        else { return nil }
        return constant
    }

    /// Works out the shapes of all boxes' outputs, each behind those that it takes from.
    private mutating func settleShapes(
        _ all: [NodeDef],
        _ plan: TensorFlowNodes,
        _ boxes: [Int: Int],
        _ value: (NodeDef) -> GraphConstant?
    ) {
        var shapes = GraphShapes()
        var places: [Int: Int] = [:]
        for number in plan.order where boxes[number] != nil || plan.isFolded[number] {
            let node = all[number]
            let holder = plan.isFolded[number] ? plan.holder(of: number) : number
            let inputs = plan.inputs[number].filter { !$0.isControl }.map { input in
                input.node.flatMap { places[$0] }
                    .map { TensorPlace(node: $0, output: input.output) }
            }
            places[number] = places.count
            shapes.add(
                node,
                inputs,
                stated: node.statedShapes ?? (holder == number ? nil : all[holder].statedShapes),
                constant: plan.isFolded[number] ? Self.few(all[holder], value) : nil
            )
            guard let box = boxes[number] else { continue }
            let type = node.outputType
            let texts = shapes.shapes(of: places.count - 1).prefix(Self.inputLimit)
                .map { DrawnText.tensor(type, $0) }
            nodes[box].outputs = texts.allSatisfy(\.isEmpty) ? [] : Array(texts)
        }
    }
}

extension NodeDef {
    /// The shapes that the node states itself.
    fileprivate var statedShapes: [[Int?]?]? {
        if case .tensor(let message)? = self["value"], Name(operation) == "Const" {
            return [(message.shape?.dimensions ?? []).map { Int(clamping: $0) }]
        }
        for name in ["_output_shapes", "output_shapes", "shape"] {
            switch self[name] {
            case .list(let shapes)? where !shapes.isEmpty:
                return shapes.map { value in
                    guard case .shape(let shape) = value else { return nil }
                    return Self.extents(shape)
                }
            case .shape(let shape)? where Name(operation) != "Reshape":
                // A scalar is what old writers state where they know nothing.
                if shape.dimensions.isEmpty, Name(operation) == "Placeholder" { return [nil] }
                return [Self.extents(shape)]
            default: continue
            }
        }
        return nil
    }

    private static func extents(_ shape: TensorShape) -> [Int?]? {
        guard !shape.isRankUnknown else { return nil }
        return shape.dimensions.map { $0 < 0 ? nil : Int(exactly: $0) }
    }

    /// The type of the outputs, where an attribute tells it.
    fileprivate var outputType: String? {
        for name in ["DstT", "out_type", "output_type", "dtype", "T"] {
            if case .type(let number)? = self[name] { return DataType(rawValue: number)?.name }
        }
        return nil
    }
}
