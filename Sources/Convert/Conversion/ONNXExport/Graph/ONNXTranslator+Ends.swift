internal import Formats
internal import Networks
internal import Proto
internal import Reference

/// What goes in and what comes out.
extension ONNXTranslator {
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
