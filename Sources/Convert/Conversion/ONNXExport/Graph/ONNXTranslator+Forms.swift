internal import Formats
internal import Networks
internal import Proto
internal import Reference

/// What is known of tensors before anything is computed.
extension ONNXTranslator {
    /// The extents of a tensor, nil where they are open.
    func shape(_ place: TensorPlace) throws(ReferenceError) -> [Int?] {
        guard let shape = graph.shape(place) else {
            throw ReferenceError("the shape of '\(title(place))' is not known")
        }
        return shape
    }

    func rank(_ place: TensorPlace) throws(ReferenceError) -> Int { try shape(place).count }

    func type(_ place: TensorPlace) throws(ReferenceError) -> DataType {
        if let type = counted[place] { return type }
        guard let form = graph.form(place) else {
            throw ReferenceError("the type of '\(title(place))' is not known")
        }
        // Numbers that ONNX Runtime computes nothing of are computed wider.
        return form.type == .bfloat16 ? .float32 : form.type
    }

    /// Whether a tensor's elements have a fraction.
    func isFloat(_ place: TensorPlace) throws(ReferenceError) -> Bool {
        [.float32, .float64, .float16].contains(try type(place))
    }

    /// The whole numbers of a tensor; nil where they hang on the number of pictures.
    func numbers(_ place: TensorPlace) throws(ReferenceError) -> [Int?] {
        if let constant = graph.constant(place), constant.count <= 1 << 16 {
            return try constant.tensor().integers().map { $0 }
        }
        guard let values = graph.form(place)?.values, let first = try values.first?.integers()
        else {
            throw ReferenceError("'\(title(place))' is computed from what is given")
        }
        var numbers: [Int?] = first.map { $0 }
        for value in values.dropFirst() {
            let others = try value.integers()
            guard others.count == numbers.count else {
                throw ReferenceError("'\(title(place))' is of an open length")
            }
            for (index, other) in others.enumerated() where numbers[index] != other {
                numbers[index] = nil
            }
        }
        return numbers
    }

    /// The whole numbers of a tensor that are always the same.
    func integers(_ place: TensorPlace) throws(ReferenceError) -> [Int] {
        var result: [Int] = []
        for number in try numbers(place) {
            guard let number else {
                throw ReferenceError("'\(title(place))' hangs on the number of pictures")
            }
            result.append(number)
        }
        return result
    }

    func integer(_ place: TensorPlace) throws(ReferenceError) -> Int {
        let numbers = try integers(place)
        guard numbers.count == 1 else { throw ReferenceError("\(numbers.count) numbers for one") }
        return numbers[0]
    }

    /// A constant's value.
    func constant(_ place: TensorPlace) throws(ReferenceError) -> ReferenceTensor {
        guard let constant = graph.constant(place) else {
            throw ReferenceError("'\(title(place))' is computed from what is given")
        }
        let tensor = try constant.tensor()
        return tensor.type == .bfloat16 ? try tensor.cast(to: .float32) : tensor
    }

    /// Where an axis is, that may be counted from the last.
    func axis(_ number: Int, of rank: Int) throws(ReferenceError) -> Int {
        let axis = number < 0 ? number + rank : number
        guard (0..<rank).contains(axis) else { throw ReferenceError("axis \(number) of \(rank)") }
        return axis
    }

    /// What a tensor is called in the graph.
    func title(_ place: TensorPlace) -> String {
        let name = graph.nodes.indices.contains(place.node) ? graph.nodes[place.node].name : ""
        return place.output == 0 ? name : "\(name):\(place.output)"
    }

    /// The node that gives a tensor.
    func producer(_ place: TensorPlace) -> ONNXCall {
        ONNXCall(
            number: place.node,
            node: graph.nodes[place.node],
            inputs: graph.sources(of: place.node)
        )
    }
}
