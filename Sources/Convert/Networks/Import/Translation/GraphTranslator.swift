internal import Engine
internal import Proto
internal import Reference

/// Makes a graph of layers of an imported one, operation by operation.
///
/// What has no layer becomes a layer of its own that calls `Reference`.
struct GraphTranslator {
    /// How pictures come together.
    enum Batch: Hashable, Sendable {
        /// Any number at once.
        case open
        /// Each by itself: the graph is for one.
        case single
        /// So many, no more and no fewer.
        case fixed(Int)
    }

    let forms: FormInference
    let batch: Batch
    /// Operations that are left to Reference, whatever layers there are.
    private let leftToReference: Set<Name>
    /// How often each tensor is needed.
    private(set) var uses: [TensorPlace: Int] = [:]
    /// The tensors that are asked for.
    let fetches: Set<TensorPlace>

    var graph: Graph
    var weights = Weights()
    private(set) var carried: [TensorPlace: Carried] = [:]
    private(set) var shapes: [NodeID: FeatureShape] = [:]
    /// How the inputs come in, whatever stands for them later.
    private(set) var given: [Carried] = []
    /// The nodes of the imported graph that each layer of Reference's computes.
    var islands: [NodeID: Set<Int>] = [:]
    private var names: Set<Name> = []

    init(
        _ forms: FormInference,
        _ batch: Batch,
        leavingToReference operations: Set<Name> = [],
        inputs: [TensorPlace],
        fetches: [TensorPlace]
    ) throws(NetworkError) {
        self.forms = forms
        self.batch = batch
        leftToReference = operations
        self.fetches = Set(fetches)
        for inputs in forms.inputs { for place in inputs { uses[place, default: 0] += 1 } }
        for place in fetches { uses[place, default: 0] += 1 }
        var parts: [(place: TensorPlace, lead: Int, rest: [Int])] = []
        for place in inputs {
            guard let form = forms[place], let (lead, rest) = form.perPicture(forms.samples) else {
                throw .imported(.untranslatable(reason: "the shape of its input is not known"))
            }
            parts.append((place, lead, rest))
        }
        guard let first = parts.first else {
            throw .imported(.untranslatable(reason: "it has no input"))
        }
        guard parts.count > 1 else {
            // Channels in front, if there are as few as pictures have there and not behind.
            let rest = first.rest
            let isFirst =
                first.lead == 1 && rest.count == 3 && [1, 3, 4].contains(rest[0]) && rest[2] > 4
            let order: PictureOrder = isFirst ? .first : .last
            let shape = Carried.shape(first.lead, rest, order)
            graph = Graph(input: shape)
            let name = forms.nodes[first.place.node].name
            let node = graph.append(Input(shape: shape), named: name, inputs: [])
            names.insert(Name(name))
            shapes[node] = shape
            carried[first.place] = Carried(node, order, lead: first.lead, rest: rest)
            translateAll(but: inputs)
            return
        }
        // Several inputs lie behind each other in one.
        let counts = parts.map { Carried.shape($0.lead, $0.rest, .last).count }
        let whole = FeatureShape(channels: counts.reduce(0, +))
        graph = Graph(input: whole)
        let input = graph.append(Input(shape: whole), named: "inputs", inputs: [])
        names.insert("inputs")
        shapes[input] = whole
        var start = 0
        for (part, count) in zip(parts, counts) {
            let name = forms.nodes[part.place.node].name
            let slice = Slice(channels: Slice.Places(start, count: count))
            let shape = Carried.shape(part.lead, part.rest, .last)
            guard
                let vector = append(
                    slice,
                    "\(name)/part",
                    [input],
                    giving: FeatureShape(channels: count)
                ),
                let node = append(Reshape(to: shape), name, [vector], giving: shape)
            else { throw .imported(.untranslatable(reason: "its inputs do not fit together")) }
            carried[part.place] = Carried(node, lead: part.lead, rest: part.rest)
            start += count
        }
        translateAll(but: inputs)
    }

    private mutating func translateAll(but inputs: [TensorPlace]) {
        given = inputs.compactMap { carried[$0] }
        let numbers = Set(inputs.map(\.node))
        for number in forms.nodes.indices where !numbers.contains(number) { translate(number) }
    }

    // MARK: Nodes

    private mutating func translate(_ number: Int) {
        let outputs = forms.forms.indices.contains(number) ? forms.forms[number] : []
        // What hangs on no picture is there already.
        guard !outputs.isEmpty, outputs.contains(where: { $0?.isConstant != true }) else { return }
        let call = TranslationCall(
            number: number,
            node: forms.nodes[number],
            inputs: forms.inputs[number]
        )
        let operation = Name(call.node.operation)
        if !leftToReference.contains(operation), let translate = Self.handlers[operation] {
            translate(&self, call)
        }
        for output in outputs.indices {
            let place = TensorPlace(node: number, output: output)
            guard carried[place] == nil, uses[place] != nil else { continue }
            carried[place] = island(place)
        }
    }

    /// Says where a node's output is.
    mutating func set(_ call: TranslationCall, output: Int = 0, _ value: Carried?) {
        guard let value else { return }
        let place = TensorPlace(node: call.number, output: output)
        // Whatever a layer thinks, the shape must be what the graph's own arithmetic says.
        guard let form = forms[place], let (lead, rest) = form.perPicture(forms.samples),
            lead == value.lead, rest == value.rest
        else { return }
        carried[place] = value
        // What stands on the layer of an input that others read too must leave it as it is.
        for input in call.inputs where uses[input] != 1 && carried[input]?.node == value.node {
            carried[input]?.isExclusive = false
            carried[place]?.isExclusive = false
        }
    }

    /// The lead and rest of a node's output; nil if it does not come apart by pictures.
    func outcome(_ call: TranslationCall, output: Int = 0) -> (lead: Int, rest: [Int])? {
        guard let form = forms[TensorPlace(node: call.number, output: output)],
            Self.floats.contains(form.type)
        else { return nil }
        return form.perPicture(forms.samples)
    }

    // MARK: Layers

    /// Types that activations stand for, computed in float32.
    static let floats: Set<DataType> = [.float32, .float16, .bfloat16]
    /// Types whose values activations can hold exactly.
    static let exact: Set<DataType> = [.float32, .float16, .bfloat16, .uint8, .bool]

    /// Appends a layer; nil if it cannot stand there, or gives another shape than is wanted.
    mutating func append(
        _ layer: any Layer,
        _ name: String,
        _ inputs: [NodeID],
        giving wanted: FeatureShape
    ) -> NodeID? {
        let given = inputs.compactMap { shapes[$0] }
        guard given.count == inputs.count, layer.inputCount == inputs.count,
            let shape = try? layer.outputShape(for: given, at: name), shape == wanted
        else { return nil }
        let node = graph.append(layer, named: unique(name), inputs: inputs)
        shapes[node] = shape
        return node
    }

    /// What a node is called.
    func name(of node: NodeID) -> String {
        graph.nodes.last { $0.id == node }?.name ?? ""
    }

    private mutating func unique(_ name: String) -> String {
        var candidate = name
        var count = 1
        while !names.insert(Name(candidate)).inserted {
            count += 1
            candidate = "\(name)_\(count)"
        }
        return candidate
    }

    // MARK: Inputs

    /// A tensor as a layer gives it, with nothing left to be done.
    mutating func whole(_ place: TensorPlace) -> Carried? {
        guard let value = carried[place] else { return nil }
        guard let affine = value.affine else { return value }
        guard let result = materialised(value, with: affine, forms.nodes[place.node].name) else {
            return nil
        }
        carried[place] = result
        return result
    }

    /// A tensor with nothing left to be done.
    mutating func materialised(_ value: Carried, _ name: String) -> Carried? {
        materialised(value, with: value.affine, name)
    }

    private mutating func materialised(
        _ value: Carried,
        with affine: ChannelAffine?,
        _ name: String
    ) -> Carried? {
        var result = value
        result.affine = nil
        guard let affine, !affine.isIdentity else { return result }
        if value.isExclusive, fold(affine, intoPhasesOf: value.node) { return result }
        guard let node = applied(affine, to: value, name) else { return nil }
        result.node = node
        result.isExclusive = true
        return result
    }

    /// A tensor whose channels are where an operation looks for them, its activations of its own extents.
    mutating func whole(_ place: TensorPlace, _ order: PictureOrder) -> Carried? {
        let name = forms.nodes[place.node].name
        guard let given = whole(place), let value = plain(given, name) else { return nil }
        return arranged(value, order, name)
    }

    /// Lets a tensor be found elsewhere from now on.
    mutating func replace(_ place: TensorPlace, by value: Carried) { carried[place] = value }

    /// The same tensor with its axes in another order.
    mutating func arranged(_ value: Carried, _ order: PictureOrder, _ name: String) -> Carried? {
        guard value.order != order else { return value }
        guard value.rest.count == 3, value.lead == 1 else { return nil }
        var result = value
        result.order = order
        result.shape = Carried.shape(value.lead, value.rest, order)
        let (from, to) = (value.shape, result.shape)
        if from.isVector && to.isVector { return result }
        // The axes of activations: rows, columns, channels.
        let axes = order == .last ? [2, 0, 1] : [1, 2, 0]
        guard
            let node = append(
                Transpose([from.height, from.width, from.channels], axes, to: to),
                "\(name)/transposed",
                [value.node],
                giving: to
            )
        else { return nil }
        result.node = node
        result.isExclusive = true
        return result
    }

    /// The constant that a tensor is.
    func constant(_ place: TensorPlace) -> ReferenceTensor? {
        (try? forms.tensor(place)) ?? nil
    }

    // MARK: Affine

    mutating func applied(
        _ affine: ChannelAffine,
        to value: Carried,
        _ name: String
    ) -> NodeID? {
        if value.isExclusive, affine.onlyAdds, let index = index(of: value.node) {
            if addBias(affine.offset, at: index) { return value.node }
        }
        let channels = affine.scale.count
        guard
            let node = append(
                BatchNorm(channels: channels, epsilon: 0),
                name,
                [value.node],
                giving: value.shape
            )
        else { return nil }
        let key = self.name(of: node)
        set(.gamma, of: key, affine.scale.map { Float($0) })
        set(.beta, of: key, affine.offset.map { Float($0) })
        set(.movingMean, of: key, [Float](repeating: 0, count: channels))
        set(.movingVariance, of: key, [Float](repeating: 1, count: channels))
        return node
    }

    private func index(of node: NodeID) -> Int? { graph.nodes.lastIndex { $0.id == node } }

    /// Lets a convolution or a dense layer that has no bias add these numbers.
    private mutating func addBias(_ offset: [Double], at index: Int) -> Bool {
        let node = graph.nodes[index]
        let layer: any Layer
        switch node.operation {
        case .convolution(let old) where !old.hasBias && old.outputChannels == offset.count:
            layer = Convolution(
                old.window,
                inputChannels: old.inputChannels,
                outputChannels: old.outputChannels,
                groups: old.groups,
                hasBias: true
            )
        case .dense(let old) where !old.hasBias && old.outputs == offset.count:
            layer = Dense(inputs: old.inputs, outputs: old.outputs, hasBias: true)
        default: return false
        }
        graph.replace(node.id, by: layer, named: node.name, inputs: node.inputs)
        set(.bias, of: node.name, offset.map { Float($0) })
        return true
    }

    /// Gives a parameter its values.
    mutating func set(_ role: ParameterRole, of node: String, _ values: [Float]) {
        weights[ParameterKey(node: node, role: role)] = WeightTensor(
            shape: [values.count],
            values: values
        )
    }

    /// What a tensor is once each of its channels is multiplied and added to.
    mutating func scaled(_ place: TensorPlace, by affine: ChannelAffine) -> Carried? {
        guard var value = derived(place), value.shape.channels == affine.scale.count else {
            return nil
        }
        value.affine = (value.affine ?? .identity(affine.scale.count)).then(affine)
        return value
    }

    /// A tensor for another that stands on the same layer.
    ///
    /// Where several read it, none of them may change that layer from now on: the others stand on it as it is.
    mutating func derived(_ place: TensorPlace) -> Carried? {
        guard var value = carried[place] else { return nil }
        if uses[place] != 1 {
            value.isExclusive = false
            carried[place] = value
        }
        return value
    }
}

/// A node that is translated.
struct TranslationCall {
    let number: Int
    let node: NodeDef
    let inputs: [TensorPlace]

    /// An input, if it is there.
    subscript(index: Int) -> TensorPlace? { inputs.indices.contains(index) ? inputs[index] : nil }
}
