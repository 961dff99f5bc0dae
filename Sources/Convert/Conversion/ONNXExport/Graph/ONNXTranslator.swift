internal import Formats
internal import Networks
internal import Proto
internal import Reference

/// Makes ONNX operators of TensorFlow's operations, each behind those that it takes from.
///
/// Pictures are carried as operators want them, `[batch, channel, height, width]`, as far as that goes; what does not mind the
/// order follows its input.
struct ONNXTranslator {
    /// A tensor as it is in the graph, and with its last axis behind the first; at least one of them, once it is made.
    private struct Held {
        var own: String?
        var planar: String?
    }

    /// A convolution that others may still be folded into.
    struct FoldableConvolution {
        /// The operator's place in the model.
        let index: Int
        /// The constant that is its kernel, outputs first.
        let kernel: String
        var bias: [Double]?
    }

    let graph: FormedGraph
    /// Whether batch norms are folded into the convolutions before them.
    let foldsBatchNorms: Bool
    /// What constants are called in the model, where that is not what their nodes are called.
    private let constantNames: [Name: String]
    private(set) var model = ONNXModel()
    private var held: [TensorPlace: Held] = [:]
    private var names: Set<Name> = []
    private var shared: [SharedConstant: String] = [:]
    private var counted: String?
    /// What nodes lack: the nodes that have no operators, theirs or of those that they hang on.
    private var roots: [Int: Set<Int>] = [:]
    private var reasons: [Int: String] = [:]
    /// Names that stand for tensors that are not there.
    private(set) var missing: [Name: Set<Int>] = [:]
    /// How often each tensor is needed.
    private(set) var uses: [TensorPlace: Int] = [:]
    var convolutions: [TensorPlace: FoldableConvolution] = [:]

    private struct SharedConstant: Hashable {
        let type: DataType
        let shape: [Int]
        let bytes: [UInt8]
    }

    /// Where the axes of a planar tensor come from, and where its own axes are in it.
    static let planarOrder = [0, 3, 1, 2]
    static let planarPlaces = [0, 2, 3, 1]

    init(_ graph: FormedGraph, foldsBatchNorms: Bool, constantNames: [Name: String]) {
        self.graph = graph
        self.foldsBatchNorms = foldsBatchNorms
        self.constantNames = constantNames
        for number in graph.nodes.indices {
            for place in graph.sources(of: number) { uses[place, default: 0] += 1 }
        }
        for output in graph.outputs { uses[output.place, default: 0] += 1 }
    }

    // MARK: Nodes

    /// Translates everything behind the inputs.
    mutating func translateAll() {
        let given = Set(graph.inputs.map(\.place.node))
        for number in graph.nodes.indices where !given.contains(number) {
            // What hangs on nothing that is given is there already.
            if graph.constant(TensorPlace(node: number)) != nil { continue }
            let call = ONNXCall(
                number: number,
                node: graph.nodes[number],
                inputs: graph.sources(of: number)
            )
            do throws(ReferenceError) {
                guard let handler = Self.handlers[Name(call.node.operation)] else {
                    throw ReferenceError("")
                }
                try handler(&self, call)
            } catch {
                var found: Set<Int> = []
                for place in call.inputs { found.formUnion(roots[place.node] ?? []) }
                roots[number] = found.isEmpty ? [number] : found
                reasons[number] = error.description
            }
        }
    }

    /// What has no operators among nodes: how often each operation, and why.
    func problems(_ numbers: Set<Int>) -> [String] {
        var found: [Name: (count: Int, reason: String)] = [:]
        for number in numbers.sorted() {
            let name = Name(graph.nodes[number].operation)
            let reason = found[name]?.reason ?? reasons[number] ?? ""
            found[name] = ((found[name]?.count ?? 0) + 1, reason)
        }
        return found.sorted { $0.key < $1.key }.map { name, entry in
            "\(name) (\(entry.count))" + (entry.reason.isEmpty ? "" : ": \(entry.reason)")
        }
    }

    // MARK: Tensors

    /// Says where a node's output is.
    mutating func set(_ call: ONNXCall, output: Int = 0, _ name: String, planar isPlanar: Bool) {
        set(TensorPlace(node: call.number, output: output), name, planar: isPlanar)
    }

    /// Says where a tensor is.
    mutating func set(_ place: TensorPlace, _ name: String, planar isPlanar: Bool) {
        if isPlanar { held[place, default: Held()].planar = name } else {
            held[place, default: Held()].own = name
        }
    }

    /// Lets a node's output be one of its inputs.
    mutating func pass(_ call: ONNXCall, output: Int = 0, _ place: TensorPlace) throws(ReferenceError) {
        if held[place] == nil { set(place, try own(place), planar: false) }
        held[TensorPlace(node: call.number, output: output)] = held[place]
    }

    /// Whether a tensor lies planar, or in both orders.
    func isPlanar(_ place: TensorPlace) -> Bool { held[place]?.planar != nil }

    /// The name of a tensor in the order in which the graph has it.
    mutating func own(_ place: TensorPlace) throws(ReferenceError) -> String {
        if let name = held[place]?.own { return name }
        let name: String
        if let constant = graph.constant(place) {
            name = initializer(title(place), constant, constant.shape)
        } else if let planar = held[place]?.planar, let shape = graph.shape(place) {
            let planarShape = Self.planarOrder.map { shape[$0] }
            name = turned(planar, planarShape, Self.planarPlaces, "\(title(place))/last")
        } else if let numbers = graph.form(place)?.affine(graph.samples) {
            let type = graph.form(place)?.type ?? .int64
            name = cast(try counts(place, numbers), to: type, "\(title(place))/cast")
        } else if let found = roots[place.node] {
            name = unique("missing")
            missing[Name(name)] = found
        } else {
            throw ReferenceError("its input '\(title(place))' is not there")
        }
        held[place, default: Held()].own = name
        return name
    }

    /// The name of a tensor of four axes with the last behind the first.
    mutating func planar(_ place: TensorPlace) throws(ReferenceError) -> String {
        if let name = held[place]?.planar { return name }
        let shape = try shape(place)
        guard shape.count == 4 else {
            throw ReferenceError("four axes are needed, not \(shape.count)")
        }
        let name: String
        if let constant = graph.constant(place) {
            name = initializer(
                "\(title(place))/first",
                constant,
                constant.shape,
                order: Self.planarOrder
            )
        } else {
            name = turned(try own(place), shape, Self.planarOrder, "\(title(place))/first")
        }
        held[place, default: Held()].planar = name
        return name
    }

    /// A tensor in whichever order it lies.
    mutating func kept(_ place: TensorPlace) throws(ReferenceError) -> (name: String, isPlanar: Bool) {
        if let name = held[place]?.planar { return (name, true) }
        return (try own(place), false)
    }

    /// A tensor whose values lie one after the other as the graph has them, whatever its extents.
    mutating func inSequence(_ place: TensorPlace) throws(ReferenceError) -> String {
        if held[place]?.own == nil, let planar = held[place]?.planar,
            let shape = graph.shape(place), Self.isStill(shape, Self.planarOrder)
        {
            return planar
        }
        return try own(place)
    }

    /// Several tensors as operators spread them over each other: all planar, or none.
    mutating func aligned(
        _ places: [TensorPlace]
    ) throws(ReferenceError) -> (names: [String], isPlanar: Bool) {
        var most = 0
        var isPlanar = false
        for place in places {
            let rank = try rank(place)
            most = max(most, rank)
            if rank == 4, graph.constant(place) == nil, held[place]?.planar != nil {
                isPlanar = true
            }
        }
        isPlanar = isPlanar && most == 4
        var names: [String] = []
        for place in places {
            names.append(isPlanar ? try spreadPlanar(place) : try own(place))
        }
        return (names, isPlanar)
    }

    /// A tensor of at most four axes so that it can be spread over planar ones.
    private mutating func spreadPlanar(_ place: TensorPlace) throws(ReferenceError) -> String {
        let shape = try shape(place)
        if shape.count == 4 { return try planar(place) }
        if shape.allSatisfy({ $0 == 1 }) { return try own(place) }
        let ones = [Int](repeating: 1, count: 4 - shape.count)
        if let constant = graph.constant(place) {
            return initializer(
                "\(title(place))/first",
                constant,
                ones + constant.shape,
                order: Self.planarOrder
            )
        }
        let spread = ones.map { Optional($0) } + shape
        let name = try reshaped(own(place), to: spread, "\(title(place))/spread")
        return turned(name, spread, Self.planarOrder, "\(title(place))/first")
    }

    /// Whether another order of axes moves no value.
    private static func isStill(_ shape: [Int?], _ order: [Int]) -> Bool {
        let moved = order.filter { shape[$0] != 1 }
        return moved == moved.sorted()
    }

    /// A tensor of a shape with its axes in another order.
    private mutating func turned(
        _ input: String,
        _ shape: [Int?],
        _ order: [Int],
        _ name: String
    ) -> String {
        let result = order.map { shape[$0] }
        if Self.isStill(shape, order), result.filter({ $0 == nil }).count <= 1, !result.contains(0)
        {
            return append("Reshape", name, [input, integers(result.map { $0 ?? -1 })])
        }
        return append("Transpose", name, [input], ["perm": .integers(order)])
    }

    /// The same values in another shape, at most one extent of which is open.
    mutating func reshaped(
        _ input: String,
        to shape: [Int?],
        _ name: String
    ) throws(ReferenceError) -> String {
        guard shape.filter({ $0 == nil }).count <= 1, !shape.contains(0) else {
            throw ReferenceError("its shape has several open extents, or none of something")
        }
        return append("Reshape", name, [input, integers(shape.map { $0 ?? -1 })])
    }

    // MARK: Forms

    /// The extents of a tensor, nil where they are open.
    func shape(_ place: TensorPlace) throws(ReferenceError) -> [Int?] {
        guard let shape = graph.shape(place) else {
            throw ReferenceError("the shape of '\(title(place))' is not known")
        }
        return shape
    }

    func rank(_ place: TensorPlace) throws(ReferenceError) -> Int { try shape(place).count }

    func type(_ place: TensorPlace) throws(ReferenceError) -> DataType {
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
        guard let values = graph.form(place)?.values, let first = try values.first?.integers() else {
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

    // MARK: Operators

    /// Appends an operator with one output.
    @discardableResult
    mutating func append(
        _ operation: String,
        _ name: String,
        _ inputs: [String],
        _ attributes: [String: ONNXAttribute] = [:]
    ) -> String {
        append(operation, name, inputs, attributes, outputs: 1)[0]
    }

    /// Appends an operator with several outputs.
    mutating func append(
        _ operation: String,
        _ name: String,
        _ inputs: [String],
        _ attributes: [String: ONNXAttribute] = [:],
        outputs: Int
    ) -> [String] {
        let results = (0..<outputs).map { unique($0 == 0 ? name : "\(name):\($0)") }
        model.nodes.append(
            ONNXNode(
                name: results[0],
                operation: operation,
                inputs: inputs,
                outputs: results,
                attributes: attributes
            )
        )
        return results
    }

    /// Replaces an operator by one that makes the same values.
    mutating func replace(at index: Int, inputs: [String]) {
        let old = model.nodes[index]
        model.nodes[index] = ONNXNode(
            name: old.name,
            operation: old.operation,
            inputs: inputs,
            outputs: old.outputs,
            attributes: old.attributes
        )
    }

    /// A name that nothing has.
    mutating func unique(_ name: String) -> String {
        var candidate = name
        var count = 1
        while candidate.isEmpty || !names.insert(Name(candidate)).inserted {
            count += 1
            candidate = "\(name)_\(count)"
        }
        return candidate
    }

    /// The values in another type.
    mutating func cast(_ input: String, to type: DataType, _ name: String) -> String {
        let element = ONNXElement(type == .bfloat16 ? .float32 : type)
        guard type != .int64, let element else { return input }
        return append("Cast", name, [input], ["to": .integer(element.rawValue)])
    }

    // MARK: Constants

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
    private mutating func counts(
        _ place: TensorPlace,
        _ numbers: [(fixed: Int, each: Int)]
    ) throws(ReferenceError) -> String {
        let count: String
        if let counted { count = counted } else {
            guard let input = graph.inputs.first(where: { $0.shape.first == .some(nil) }) else {
                throw ReferenceError("nothing that is given is open")
            }
            count = append(
                "Shape",
                "batch/count",
                [try kept(input.place).name],
                ["start": .integer(0), "end": .integer(1)]
            )
            counted = count
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

    // MARK: Ends

    /// Puts an input of the model in the place of one of the graph's.
    mutating func addInput(
        _ input: FormedGraph.Input,
        planar isPlanar: Bool
    ) throws(ReferenceError) {
        let order = isPlanar ? Self.planarOrder : Array(input.shape.indices)
        set(input.place, try add(input, order), planar: isPlanar)
    }

    /// Puts an input whose channels are last in the place of one that has them behind the batch.
    mutating func addTurnedInput(_ input: FormedGraph.Input) throws(ReferenceError) {
        let name = try add(input, Self.planarPlaces)
        let attributes: [String: ONNXAttribute] = ["perm": .integers(Self.planarOrder)]
        let turned = append("Transpose", "\(title(input.place))/first", [name], attributes)
        set(input.place, turned, planar: false)
    }

    private mutating func add(
        _ input: FormedGraph.Input,
        _ order: [Int]
    ) throws(ReferenceError) -> String {
        guard let element = ONNXElement(input.type == .bfloat16 ? .float32 : input.type) else {
            throw ReferenceError("'\(input.name)' takes \(input.type.name)")
        }
        let name = unique(input.name)
        let shape = Self.extents(order.map { input.shape[$0] })
        model.inputs.append(ONNXValue(name: name, element: element, shape: shape))
        return name
    }

    /// Gives a value out.
    mutating func addOutput(
        _ value: String,
        _ output: (name: String, place: TensorPlace)
    ) throws(ReferenceError) {
        // Of what is not there the reason is told later.
        let type = missing[Name(value)] == nil ? try type(output.place) : .float32
        guard let element = ONNXElement(type) else {
            throw ReferenceError("'\(output.name)' gives \(type.name)")
        }
        let result = append("Identity", output.name, [value])
        let shape = graph.shape(output.place).map { Self.extents($0) }
        model.outputs.append(ONNXValue(name: result, element: element, shape: shape))
    }

    private static func extents(_ shape: [Int?]) -> [ONNXValue.Extent] {
        shape.enumerated().map { axis, extent in
            extent.map { .fixed($0) } ?? .named(axis == 0 ? "batch" : "extent\(axis)")
        }
    }

    /// Keeps a name for an output.
    mutating func reserve(_ name: String) { names.insert(Name(name)) }

    /// Gives a name back that was kept.
    mutating func release(_ name: String) { names.remove(Name(name)) }
}
