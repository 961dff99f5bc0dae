internal import Formats
internal import Networks
internal import Pictures
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
        let attributes: [Name: ONNXAttribute] = ["perm": .integers(Self.planarOrder)]
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
        // Channels are what is stated where pictures may have any size.
        let isPicture = input.shape.count == 4 && input.shape[1...].contains(nil)
        let sides = input.shape.count == 4 && input.shape[3] == nil ? [2, 3] : [1, 2]
        let shape = order.map { axis -> ONNXValue.Extent in
            if let extent = input.shape[axis] { return .fixed(extent) }
            if axis == 0 { return .named("batch") }
            guard isPicture else { return .named(Name("extent\(axis)")) }
            return .named(axis == sides[0] ? "height" : "width")
        }
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
        // Equal names would be equal extents.
        let shape = graph.shape(output.place).map { shape in
            shape.enumerated().map { axis, extent in
                extent.map { ONNXValue.Extent.fixed($0) }
                    ?? .named(Name(axis == 0 ? "batch" : "\(output.name)/extent\(axis)"))
            }
        }
        model.outputs.append(ONNXValue(name: result, element: element, shape: shape))
    }

    /// Puts decoded pictures of any size, and what prepares them, in the place of one of the graph's inputs.
    mutating func addPrepared(
        _ input: FormedGraph.Input,
        by preprocessing: Preprocessing,
        channelsFirst isFirst: Bool
    ) {
        reserve("image")
        let value = prepared(by: preprocessing)
        if let count = input.shape[0], let image = model.inputs.popLast() {
            let shape = [.fixed(count)] + (image.shape ?? []).dropFirst()
            model.inputs.append(ONNXValue(name: "image", element: image.element, shape: shape))
        }
        let attributes: [Name: ONNXAttribute] = ["perm": .integers(Self.planarOrder)]
        let turned = append("Transpose", "\(title(input.place))/first", [value], attributes)
        if isFirst {
            set(input.place, turned, planar: false)
        } else {
            set(input.place, value, planar: false)
            set(input.place, turned, planar: true)
        }
    }

    /// Keeps a name for an output.
    mutating func reserve(_ name: String) { names.insert(Name(name)) }

    /// Gives a name back that was kept.
    mutating func release(_ name: String) { names.remove(Name(name)) }
}
