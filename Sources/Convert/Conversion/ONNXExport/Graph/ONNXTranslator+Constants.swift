internal import Formats
internal import Networks
internal import Proto
internal import Reference

/// Constants, each of which the model has once.
extension ONNXTranslator {
    /// A constant of the graph, its axes in an order.
    mutating func initializer(
        _ name: String,
        _ constant: GraphConstant,
        _ shape: [Int],
        order: [Int]? = nil,
        reshaped: [Int]? = nil
    ) -> String {
        let type = constant.type == .bfloat16 ? .float32 : constant.type
        guard let element = ONNXElement(type) else {
            let lacking = unique("missing")
            missing[Name(lacking)] = []
            return lacking
        }
        let name = unique(constantNames[Name(name)] ?? name)
        model.initializers.append(
            ONNXModel.Initializer(
                name: name,
                element: element,
                shape: reshaped ?? order.map { order in order.map { shape[$0] } } ?? shape,
                content: .array(constant, shape: shape, order: order)
            )
        )
        return name
    }

    /// Multiplies each of the first axis' parts of a constant.
    mutating func scale(_ name: String, by factors: [Double]) -> Bool {
        guard let index = model.initializers.lastIndex(where: { Name($0.name) == Name(name) }),
            case .array(let constant, let shape, let order) = model.initializers[index].content,
            model.initializers[index].shape.first == factors.count, constant.type == .float32
        else { return false }
        let old = model.initializers[index]
        model.initializers[index] = ONNXModel.Initializer(
            name: old.name,
            element: old.element,
            shape: old.shape,
            content: .scaledArray(constant, shape: shape, order: order, factors: factors)
        )
        return true
    }

    /// A constant that is made up, once for each value.
    mutating func array(_ tensor: ReferenceTensor, _ name: String? = nil) -> String {
        guard let bytes = tensor.bytes, let element = ONNXElement(tensor.type) else {
            let lacking = unique("missing")
            missing[Name(lacking)] = []
            return lacking
        }
        let key = SharedConstant(type: tensor.type, shape: tensor.shape, bytes: bytes)
        if let name = shared[key] { return name }
        let name = unique(name ?? "constants/\(shared.count)")
        model.initializers.append(
            ONNXModel.Initializer(
                name: name,
                element: element,
                shape: tensor.shape,
                content: .bytes(bytes)
            )
        )
        shared[key] = name
        return name
    }

    /// A list of int64.
    mutating func integers(_ values: [Int]) -> String {
        array(ReferenceTensor(list: values.map { Int64($0) }))
    }

    /// A number of a type.
    mutating func number(_ value: Double, _ type: DataType) throws(ReferenceError) -> String {
        array(try ReferenceTensor(value).cast(to: type))
    }

    /// A number for each channel, as pictures want them.
    mutating func channels(
        _ values: [Float],
        planar isPlanar: Bool
    ) throws(ReferenceError) -> String {
        array(try ReferenceTensor(isPlanar ? [values.count, 1, 1] : [values.count], values))
    }

    /// Whole numbers as int64.
    mutating func wide(_ place: TensorPlace) throws(ReferenceError) -> String {
        if let constant = graph.constant(place) {
            return array(try constant.tensor().cast(to: .int64))
        }
        if let numbers = graph.form(place)?.affine(graph.samples) {
            return try counts(place, numbers)
        }
        let name = try own(place)
        guard try type(place) != .int64 else { return name }
        return append("Cast", "\(title(place))/wide", [name], ["to": .integer(7)])
    }

    /// Whole numbers that follow from the number of pictures.
    mutating func counts(
        _ place: TensorPlace,
        _ numbers: [(fixed: Int, each: Int)]
    ) throws(ReferenceError) -> String {
        let count: String
        if let batch {
            count = batch
        } else {
            guard let input = graph.inputs.first(where: { $0.shape.first == .some(nil) }) else {
                throw ReferenceError("nothing that is given is open")
            }
            count = append(
                "Shape",
                "batch/count",
                [try kept(input.place).name],
                ["start": .integer(0), "end": .integer(1)]
            )
            batch = count
        }
        let title = title(place)
        var value = count
        if numbers.contains(where: { $0.each != 1 }) || numbers.count != 1 {
            value = append("Mul", "\(title)/each", [value, integers(numbers.map(\.each))])
        }
        if numbers.contains(where: { $0.fixed != 0 }) {
            value = append("Add", "\(title)/sum", [value, integers(numbers.map(\.fixed))])
        }
        let shape = try shape(place)
        return shape.count == 1 ? value : try reshaped(value, to: shape, "\(title)/shape")
    }
}

extension ONNXTranslator: ONNXAppending {
    mutating func floats(_ name: String, _ shape: [Int], _ values: [Float]) -> String {
        array(ReferenceTensor(unchecked: shape, values), name)
    }

    mutating func integers(_ name: String, _ values: [Int], isScalar: Bool) -> String {
        let list = ReferenceTensor(list: values.map { Int64($0) })
        return array(isScalar ? (try? list.reshaped([])) ?? list : list, name)
    }

    mutating func doubles(_ name: String, _ value: Double) -> String {
        array(ReferenceTensor(value), name)
    }
}
