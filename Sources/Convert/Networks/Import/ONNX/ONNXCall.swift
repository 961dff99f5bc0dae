internal import Checkpoint
internal import Formats
internal import Proto
internal import Reference

/// An operator of a model that is to be made of TensorFlow's operations.
struct ONNXCall {
    typealias Value = ONNXImporter.Value
    /// Adds what computes an operator, and says which tensors it gives.
    typealias Operator =
        @Sendable (inout ONNXImporter, ONNXCall) throws(ImportProblem) -> [Value]

    let node: ONNXNode
    let inputs: [Value?]
    /// The version of the operators that the model is written in.
    let operatorSet: Int

    /// What is known, by ONNX's names.
    static let operators: [Name: Operator] = {
        var all: [Name: Operator] = [:]
        for table in [
            elements, pairs, functions, windows, norms, products, reductions, shapes, movements,
            choices, resizes,
        ] {
            for (name, operation) in table {
                precondition(all[Name(name)] == nil, "\(name) stands in two tables")
                all[Name(name)] = operation
            }
        }
        return all
    }()

    /// That this operator is not as it can be computed.
    func unfit(_ reason: String) -> ImportProblem {
        .unknownForm(
            node: node.title.description,
            operation: node.operation,
            reason: reason
        )
    }

    // MARK: Inputs

    /// An input that has to be there.
    func input(_ index: Int) throws(ImportProblem) -> Value {
        guard let value = optional(index) else { throw unfit("input \(index) is missing") }
        return value
    }

    /// An input that may be left out.
    func optional(_ index: Int) -> Value? {
        inputs.indices.contains(index) ? inputs[index] : nil
    }

    /// All inputs, none of them left out.
    func all() throws(ImportProblem) -> [Value] {
        var values: [Value] = []
        for index in inputs.indices { values.append(try input(index)) }
        guard !values.isEmpty else { throw unfit("it takes nothing") }
        return values
    }

    // MARK: Attributes

    func integer(_ name: String) -> Int? {
        if case .integer(let value)? = node.attributes[Name(name)] { value } else { nil }
    }

    func integers(_ name: String) -> [Int]? {
        if case .integers(let values)? = node.attributes[Name(name)] { values } else { nil }
    }

    func float(_ name: String) -> Float? {
        if case .float(let value)? = node.attributes[Name(name)] { value } else { nil }
    }

    func floats(_ name: String) -> [Float]? {
        if case .floats(let values)? = node.attributes[Name(name)] { values } else { nil }
    }

    func text(_ name: String) -> String? {
        if case .text(let value)? = node.attributes[Name(name)] { value } else { nil }
    }
}

// What operators ask of what they take.
extension ONNXImporter {
    /// The number of a tensor's axes.
    func rank(_ value: Value, _ call: ONNXCall) throws(ImportProblem) -> Int {
        guard let shape = shape(value) else {
            throw call.unfit("the shape of what it takes is open")
        }
        return shape.count
    }

    /// An axis counted from the front.
    func axis(_ axis: Int, of rank: Int, _ call: ONNXCall) throws(ImportProblem) -> Int {
        let place = axis < 0 ? axis + rank : axis
        guard (0..<rank).contains(place) else { throw call.unfit("axis \(axis) of \(rank)") }
        return place
    }

    /// The whole numbers of a tensor that is a constant or follows from constants.
    func integers(_ value: Value?) -> [Int]? {
        guard let value, let tensor = form(value)?.value else { return nil }
        return try? tensor.integers()
    }

    /// The one number of a constant.
    func number(_ value: Value?) -> Double? {
        guard let value, let tensor = form(value)?.value, tensor.count == 1 else { return nil }
        return (try? tensor.floats())?.first
    }

    /// Whole numbers that old operators have as an attribute, and new ones as an input; nil where neither is there.
    func integers(
        _ call: ONNXCall,
        _ attribute: String,
        input index: Int
    ) throws(ImportProblem) -> [Int]? {
        if let stated = call.integers(attribute) { return stated }
        guard let value = call.optional(index) else { return nil }
        guard let numbers = integers(value) else {
            throw call.unfit("its \(attribute) hang on the pictures")
        }
        return numbers
    }

    /// Whether the elements of a tensor are numbers with a fraction.
    func isFloat(_ value: Value) -> Bool {
        guard let type = form(value)?.type else { return true }
        return [.float32, .float16, .bfloat16, .float64].contains(type)
    }

    /// A number of a tensor's type.
    mutating func number(_ number: Double, like value: Value) -> Value {
        let type = form(value)?.type ?? .float32
        let single = ReferenceTensor(number)
        let fitting = try? single.cast(to: type)
        return constant(fitting ?? single)
    }

    /// A number for a choice of axes.
    mutating func scalar(_ number: Int) -> Value {
        constant(ReferenceTensor(Int32(clamping: number)))
    }

    /// A tensor with its axes in another order.
    mutating func transposed(_ value: Value, _ order: [Int]) -> Value {
        order == Array(order.indices) ? value : add("Transpose", [value, list(order)])
    }

    /// A tensor's extents as a list.
    mutating func extents(_ value: Value) -> Value {
        add("Shape", [value], [.init("out_type", .type(DataType.int64.rawValue))])
    }

    /// Some of a list's elements.
    mutating func part(_ value: Value, _ range: Range<Int>) -> Value {
        add("Slice", [value, list([range.lowerBound]), list([range.count])])
    }

    mutating func joined(_ values: [Value], axis: Int) -> Value {
        guard values.count > 1 else { return values[0] }
        return add("ConcatV2", values + [scalar(axis)], [.init("N", .integer(Int64(values.count)))])
    }

    /// A list of whole numbers as an attribute.
    static func list(_ numbers: [Int]) -> AttributeValue {
        .list(numbers.map { .integer(Int64($0)) })
    }

    static func text(_ text: String) -> AttributeValue { .bytes(Array(text.utf8)) }
}
