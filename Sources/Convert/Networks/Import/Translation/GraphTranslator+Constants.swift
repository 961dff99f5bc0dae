internal import Engine
internal import Proto
internal import Reference

// Constants that stand beside tensors as activations: places added to tokens, tokens that every picture has.
extension GraphTranslator {
    static let constants: [String: Handler] = [
        "BroadcastTo": { translator, call in translator.repeated(call) },
        "Tile": { translator, call in translator.repeated(call) },
    ]

    /// Values of a constant that becomes activations.
    private static let largestConstant = 1 << 24

    /// A constant as activations of every picture, beside what has the axes `rest` and its channels where `order` says.
    ///
    /// It has one place on the axis of pictures, or lacks it. With `isWhole` it is repeated along all axes of one place.
    mutating func constantValue(
        _ place: TensorPlace,
        beside rest: [Int],
        _ order: PictureOrder,
        _ name: String,
        isWhole: Bool = false
    ) -> Carried? {
        guard let form = forms[place], form.isConstant, Self.floats.contains(form.type),
            let tensor = constant(place), tensor.shape.count <= rest.count + 1,
            !tensor.shape.contains(0), tensor.count <= Self.largestConstant
        else { return nil }
        let missing = rest.count + 1 - tensor.shape.count
        let extents = [Int](repeating: 1, count: missing) + tensor.shape
        guard extents[0] == 1 else { return nil }
        let own = Array(extents.dropFirst())
        let whole = Carried.shape(1, rest, order)
        guard own.count == rest.count, zip(own, rest).allSatisfy({ $0 == $1 || $0 == 1 }),
            rest.count == 3 || order == .last
        else { return nil }
        // As it is, if that can be combined; else repeated here.
        let isEnough = Binary.broadcasts(Carried.shape(1, own, order), to: whole)
        guard isEnough && !isWhole || own == rest else {
            guard whole.count <= Self.largestConstant else { return nil }
            return appendConstant(Self.spread(tensor.values, own, over: rest), rest, order, name)
        }
        return appendConstant(tensor.values, own, order, name)
    }

    private mutating func appendConstant(
        _ values: [Float],
        _ rest: [Int],
        _ order: PictureOrder,
        _ name: String
    ) -> Carried? {
        let shape = Carried.shape(1, rest, order)
        guard shape.count == values.count,
            let node = append(Constant(shape), "\(name)/constant", [], giving: shape)
        else { return nil }
        let arranged =
            order == .first && rest.count == 3
            ? ActivationTranspose.transposed(values, rest, [1, 2, 0]) : values
        weights[ParameterKey(node: self.name(of: node), role: .shift)] = WeightTensor(
            shape: [shape.height, shape.width, shape.channels],
            values: arranged
        )
        return Carried(node, order, lead: 1, rest: rest)
    }

    /// Values of a shape repeated along axes of one place.
    private static func spread(_ values: [Float], _ own: [Int], over rest: [Int]) -> [Float] {
        var steps = [Int](repeating: 0, count: own.count)
        var step = 1
        for axis in own.indices.reversed() {
            steps[axis] = own[axis] == 1 ? 0 : step
            step *= own[axis]
        }
        let count = rest.reduce(1, *)
        return (0..<count).map { index in
            var (left, place) = (index, 0)
            for axis in rest.indices.reversed() {
                place += left % rest[axis] * steps[axis]
                left /= rest[axis]
            }
            return values[place]
        }
    }

    /// A constant that every picture is given.
    private mutating func repeated(_ call: TranslationCall) {
        guard let place = call[0], forms[place]?.isConstant == true,
            let (lead, rest) = outcome(call), lead == 1
        else { return }
        // A tile repeats along other axes in another way.
        if Name(call.node.operation) == "Tile" {
            guard forms[place]?.shapes[0] == [1] + rest else { return }
        }
        set(call, constantValue(place, beside: rest, .last, call.node.name, isWhole: true))
    }
}
