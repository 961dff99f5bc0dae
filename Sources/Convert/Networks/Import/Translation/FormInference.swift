internal import Proto
internal import Reference

/// Finds the form of every tensor of a graph, and the values of what hangs on no picture.
struct FormInference {
    /// The numbers of pictures that are tried.
    let samples: [Int]
    private(set) var nodes: [NodeDef] = []
    /// Where each node's inputs come from.
    private(set) var inputs: [[TensorPlace]] = []
    /// What each node gives; nil where that is not known.
    private(set) var forms: [[TensorForm?]] = []
    /// What stands for a batch that the graph fixes, in shapes that it states.
    private let fixedBatch: Int?
    private var stated: [Name: GraphConstant]
    private var numbers: [Name: Int] = [:]
    private var made: [TensorPlace: ReferenceTensor] = [:]

    /// How much may be computed to find a form.
    struct Effort {
        /// The most elements that are tried out.
        let trials: Int
        /// The most elements of a constant that follows from others.
        let constants: Int

        /// For what is to be computed with.
        static let full = Effort(trials: 1 << 22, constants: 1 << 28)
        /// For what is only looked at.
        static let little = Effort(trials: 1 << 16, constants: 1 << 16)
    }

    private let effort: Effort
    /// The most elements of what is kept as values.
    private static let valueLimit = 1 << 10
    /// Operations that move elements, of whatever type.
    private static let moving: Set<Name> = [
        "StridedSlice", "Slice", "Tile", "Split", "SplitV", "Pack", "Unpack", "SpaceToBatch",
        "BatchToSpace", "SpaceToDepth", "DepthToSpace", "BroadcastTo",
    ]
    /// Which input states a shape with the number of pictures first.
    private static let statedShapes: [Name: Int] = [
        "Reshape": 1, "Conv2DBackpropInput": 0, "DepthwiseConv2dNativeBackpropInput": 0,
    ]
    /// Operations whose values hang on shapes alone.
    private static let ofShapes: Set<Name> = ["Shape", "ShapeN", "Rank", "Size"]
    /// Operations whose shapes hang on values.
    private static let ofValues: Set<Name> = ["Where", "Unique", "NonMaxSuppression"]

    /// The forms of a graph's tensors.
    ///
    /// - Parameters:
    ///   - nodes: The operations, each behind those that it takes from.
    ///   - constants: The values of constants, by the names of their nodes.
    ///   - given: The nodes that give what is computed from, their types, and their shapes for each number of pictures.
    ///   - samples: The numbers of pictures that are tried.
    ///   - fixedBatch: The number that the graph fixes, if another is tried all the same.
    init(
        _ nodes: [NodeDef],
        constants: [Name: GraphConstant],
        inputs given: [Name: (type: DataType, shapes: [[Int]])],
        samples: [Int],
        fixedBatch: Int? = nil
    ) {
        self.samples = samples
        self.fixedBatch = fixedBatch
        effort = .full
        stated = constants
        for node in nodes {
            append(
                node,
                given: given[Name(node.name)].map { TensorForm(type: $0.type, shapes: $0.shapes) }
            )
        }
    }

    /// Nothing yet, for a graph that is still to be made.
    init(samples: [Int], effort: Effort = .full) {
        self.samples = samples
        self.effort = effort
        fixedBatch = nil
        stated = [:]
    }

    /// Finds the forms of what one more node gives.
    ///
    /// - Parameters:
    ///   - node: The node; those that it takes from were there before.
    ///   - constant: Its value, if it is a constant.
    ///   - given: The form of what it gives, if that is known.
    /// - Returns: The first tensor that it gives.
    @discardableResult
    mutating func append(
        _ node: NodeDef,
        constant: GraphConstant? = nil,
        given: TensorForm? = nil
    ) -> TensorPlace {
        let number = add(node)
        let name = Name(node.name)
        if let given {
            forms.append([given])
        } else if let constant = constant ?? stated[name] ?? Self.unread(node) {
            stated[name] = constant
            forms.append([form(of: constant)])
        } else {
            forms.append(outputs(of: number))
        }
        return TensorPlace(node: number)
    }

    /// Takes one more node's forms as they are; nil for those that are not known.
    mutating func append(_ node: NodeDef, given: [TensorForm?]) {
        _ = add(node)
        forms.append(given)
    }

    private mutating func add(_ node: NodeDef) -> Int {
        let number = nodes.count
        let places = node.inputs.map { TensorReference($0) }.filter { !$0.isControl }
        inputs.append(
            places.map { TensorPlace(node: numbers[$0.node] ?? -1, output: $0.output) }
        )
        nodes.append(node)
        numbers[Name(node.name)] = number
        return number
    }

    /// The extents of a tensor, nil where they are open; nil if not even their number is known.
    func extents(_ place: TensorPlace) -> [Int?]? {
        guard let shapes = self[place]?.shapes, let first = shapes.first,
            shapes.allSatisfy({ $0.count == first.count })
        else { return nil }
        return first.indices.map { axis in
            shapes.allSatisfy { $0[axis] == first[axis] } ? first[axis] : nil
        }
    }

    /// The form of a tensor.
    subscript(place: TensorPlace) -> TensorForm? {
        guard forms.indices.contains(place.node),
            forms[place.node].indices.contains(place.output)
        else { return nil }
        return forms[place.node][place.output]
    }

    /// What holds the value of a constant.
    enum ConstantHome {
        case stated(GraphConstant)
        case made(ReferenceTensor)
    }

    /// A constant's value, where it lies.
    func constant(_ place: TensorPlace) -> ConstantHome? {
        guard self[place]?.isConstant == true else { return nil }
        if let value = made[place] { return .made(value) }
        guard place.output == 0 else { return nil }
        return stated[Name(nodes[place.node].name)].map { .stated($0) }
    }

    /// A constant's value.
    func tensor(_ place: TensorPlace) throws(ReferenceError) -> ReferenceTensor? {
        switch constant(place) {
        case .made(let tensor): tensor
        case .stated(let constant): try constant.tensor()
        case nil: nil
        }
    }

    // MARK: One node

    /// Zeros in the place of a variable that was not read, for who only looks.
    private static func unread(_ node: NodeDef) -> GraphConstant? {
        guard VariableValues.holders.contains(node.operation),
            case .type(let number)? = node["dtype"],
            case .shape(let shape)? = node["shape"], !shape.isRankUnknown
        else { return nil }
        var message = TensorMessage()
        message.dataType = number
        message.shape = shape
        return try? GraphConstant(message, node: node.name, in: nil)
    }

    private func form(of constant: GraphConstant) -> TensorForm {
        var form = TensorForm(
            type: constant.type,
            shapes: samples.map { _ in constant.shape },
            isConstant: true
        )
        if constant.count <= Self.valueLimit, let value = try? constant.tensor() {
            form.values = samples.map { _ in value }
        }
        return form
    }

    private mutating func outputs(of number: Int) -> [TensorForm?] {
        let node = nodes[number]
        var given: [TensorForm] = []
        for place in inputs[number] {
            guard let form = self[place] else { return [] }
            given.append(form)
        }
        guard let operation = ReferenceOperation.named(node.operation), operation.kind == .pure,
            operation.inputs.contains(given.count), !Self.ofValues.contains(Name(node.operation))
        else { return [] }
        do throws(ReferenceError) {
            if given.allSatisfy(\.isConstant) { return try folded(number) }
            if Self.ofShapes.contains(Name(node.operation)) { return try shapes(node, given) }
            if given.allSatisfy({ $0.values != nil }) { return try valued(node, given) }
            if let rule = ShapeRules.rule(node.operation) {
                do throws(ReferenceError) { return try ruled(rule, node, given) } catch {
                    // Equations have forms that no rule is worth.
                    guard Name(node.operation) == "Einsum" else { throw error }
                }
            }
            return try tried(node, given)
        } catch {
            return []
        }
    }

    private mutating func folded(_ number: Int) throws(ReferenceError) -> [TensorForm?] {
        var operands: [ReferenceTensor] = []
        for place in inputs[number] {
            guard let tensor = try tensor(place) else { return [] }
            operands.append(tensor)
        }
        let results = try ReferenceOperation.evaluate(
            nodes[number],
            operands,
            limit: effort.constants
        )
        return results.enumerated().map { output, tensor in
            made[TensorPlace(node: number, output: output)] = tensor
            return form(of: GraphConstant(tensor))
        }
    }

    /// What tells a shape.
    private func shapes(
        _ node: NodeDef,
        _ given: [TensorForm]
    ) throws(ReferenceError) -> [TensorForm?] {
        let type = try node.type("out_type", default: .int32)
        var outputs: [[ReferenceTensor]] = []
        for index in samples.indices {
            var results: [ReferenceTensor] = []
            for form in given {
                let shape = form.shapes[index]
                switch Name(node.operation) {
                case "Rank": results.append(ReferenceTensor(Int32(truncatingIfNeeded: shape.count)))
                case "Size":
                    let count = try ReferenceTensor.count(shape)
                    results.append(try ReferenceTensor([], integers: [count], as: type))
                default:
                    results.append(try ReferenceTensor([shape.count], integers: shape, as: type))
                }
            }
            outputs.append(results)
        }
        return valued(outputs)
    }

    private func valued(
        _ node: NodeDef,
        _ given: [TensorForm]
    ) throws(ReferenceError) -> [TensorForm?] {
        var outputs: [[ReferenceTensor]] = []
        for index in samples.indices {
            let operands = given.compactMap { $0.values?[index] }
            outputs.append(
                try ReferenceOperation.evaluate(node, operands, limit: effort.trials)
            )
        }
        return valued(outputs)
    }

    /// Forms of what was computed for each number of pictures.
    private func valued(_ outputs: [[ReferenceTensor]]) -> [TensorForm?] {
        outputs[0].indices.map { output in
            let results = outputs.map { $0[output] }
            let isSmall = results.allSatisfy { $0.count <= Self.valueLimit }
            return TensorForm(
                type: results[0].type,
                shapes: results.map(\.shape),
                values: isSmall ? results : nil
            )
        }
    }

    private func ruled(
        _ rule: ShapeRules.Rule,
        _ node: NodeDef,
        _ given: [TensorForm]
    ) throws(ReferenceError) -> [TensorForm?] {
        var outputs: [[(DataType, [Int])]] = []
        for index in samples.indices {
            var values = given.map { $0.values?[index] }
            if let fixedBatch, let place = Self.statedShapes[Name(node.operation)],
                given.indices.contains(place), let target = given[place].value,
                let freed = freed(target, from: fixedBatch, index)
            {
                values[place] = freed
            }
            outputs.append(
                try rule(
                    ShapeCall(
                        node: node,
                        shapes: given.map { $0.shapes[index] },
                        types: given.map(\.type),
                        values: values
                    )
                )
            )
        }
        return try forms(outputs)
    }

    /// A shape that a graph for another number of pictures states, for the number tried.
    private func freed(
        _ target: ReferenceTensor,
        from fixed: Int,
        _ sample: Int
    ) -> ReferenceTensor? {
        guard var extents = try? target.integers(), extents.first == fixed else { return nil }
        extents[0] = samples[sample]
        return try? ReferenceTensor([extents.count], integers: extents, as: target.type)
    }

    private func forms(
        _ outputs: [[(DataType, [Int])]]
    ) throws(ReferenceError) -> [TensorForm?] {
        var forms: [TensorForm?] = []
        for output in outputs[0].indices {
            let shapes = outputs.map { $0[output].1 }
            for shape in shapes { _ = try ReferenceTensor.count(shape) }
            forms.append(TensorForm(type: outputs[0][output].0, shapes: shapes))
        }
        return forms
    }

    /// Computes an operation on ones, to see what shapes it gives.
    private func tried(
        _ node: NodeDef,
        _ given: [TensorForm]
    ) throws(ReferenceError) -> [TensorForm?] {
        let isMoving = Self.moving.contains(Name(node.operation))
        let movedType = given.first { $0.values == nil }?.type ?? .float32
        var outputs: [[(DataType, [Int])]] = []
        for index in samples.indices {
            var operands: [ReferenceTensor] = []
            for (place, form) in given.enumerated() {
                if let values = form.values {
                    operands.append(values[index])
                    continue
                }
                let count = try ReferenceTensor.count(form.shapes[index])
                guard count <= (isMoving ? 16 : 1) * effort.trials else {
                    throw ReferenceError("\(count) values are too many to try")
                }
                if isMoving {
                    let truths = [Bool](repeating: true, count: count)
                    operands.append(try ReferenceTensor(form.shapes[index], truths))
                } else if form.isConstant, let tensor = try tensor(inputs(of: node)[place]) {
                    operands.append(tensor)
                } else {
                    let ones = [Float](repeating: 1, count: count)
                    operands.append(
                        try ReferenceTensor(form.shapes[index], ones).cast(to: form.type)
                    )
                }
            }
            let results = try ReferenceOperation.evaluate(
                node,
                operands,
                limit: (isMoving ? 16 : 1) * effort.trials
            )
            outputs.append(
                results.map { (isMoving && $0.type == .bool ? movedType : $0.type, $0.shape) }
            )
        }
        return try forms(outputs)
    }

    private func inputs(of node: NodeDef) -> [TensorPlace] {
        inputs[forms.count]
    }
}
