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
    /// How often each tensor is needed.
    private(set) var uses: [TensorPlace: Int] = [:]
    /// The tensors that are asked for.
    let fetches: Set<TensorPlace>

    var graph: Graph
    var weights = Weights()
    private(set) var carried: [TensorPlace: Carried] = [:]
    private(set) var shapes: [NodeID: FeatureShape] = [:]
    /// The nodes of the imported graph that each layer of Reference's computes.
    var islands: [NodeID: Set<Int>] = [:]
    private var names: Set<Name> = []

    init(
        _ forms: FormInference,
        _ batch: Batch,
        pictures: TensorPlace,
        fetches: [TensorPlace]
    ) throws(NetworkError) {
        self.forms = forms
        self.batch = batch
        self.fetches = Set(fetches)
        for inputs in forms.inputs { for place in inputs { uses[place, default: 0] += 1 } }
        for place in fetches { uses[place, default: 0] += 1 }
        guard let form = forms[pictures], let (lead, rest) = form.perPicture(forms.samples),
            lead == 1
        else { throw .imported(.untranslatable(reason: "the shape of the pictures is not known")) }
        // Channels in front, if there are as few as pictures have there and not behind.
        let isFirst = rest.count == 3 && [1, 3, 4].contains(rest[0]) && rest[2] > 4
        let order: PictureOrder = isFirst ? .first : .last
        let shape = Carried.shape(1, rest, order)
        graph = Graph(input: shape)
        let name = forms.nodes[pictures.node].name
        let node = graph.append(Input(shape: shape), named: name, inputs: [])
        names.insert(Name(name))
        shapes[node] = shape
        carried[pictures] = Carried(node: node, order: order, lead: 1, rest: rest)
        for number in forms.nodes.indices where number != pictures.node { translate(number) }
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
        if let translate = Self.handlers[Name(call.node.operation)] { translate(&self, call) }
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
        guard var value = carried[place] else { return nil }
        guard let affine = value.affine else { return value }
        value.affine = nil
        if !affine.isIdentity {
            guard let node = applied(affine, to: value, forms.nodes[place.node].name) else {
                return nil
            }
            value.node = node
            value.isExclusive = true
        }
        carried[place] = value
        return value
    }

    /// A tensor whose channels are where an operation looks for them.
    mutating func whole(_ place: TensorPlace, _ order: PictureOrder) -> Carried? {
        guard let value = whole(place) else { return nil }
        return arranged(value, order, forms.nodes[place.node].name)
    }

    /// Lets a tensor be found elsewhere from now on.
    mutating func replace(_ place: TensorPlace, by value: Carried) { carried[place] = value }

    /// The same tensor with its axes in another order.
    mutating func arranged(_ value: Carried, _ order: PictureOrder, _ name: String) -> Carried? {
        guard value.order != order else { return value }
        guard value.rest.count == 3, value.lead == 1 else { return nil }
        var result = value
        result.order = order
        let (from, to) = (value.shape, result.shape)
        if from.isVector && to.isVector { return result }
        // The axes of activations: rows, columns, channels.
        let axes = order == .last ? [2, 0, 1] : [1, 2, 0]
        guard
            let node = append(
                ActivationTranspose.layer(from, axes),
                "\(name)/transposed",
                [value.node],
                giving: to
            )
        else { return nil }
        result.node = node
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
    func scaled(_ place: TensorPlace, by affine: ChannelAffine) -> Carried? {
        guard var value = carried[place], value.shape.channels == affine.scale.count else {
            return nil
        }
        value.isExclusive = value.isExclusive && uses[place] == 1
        value.affine = (value.affine ?? .identity(affine.scale.count)).then(affine)
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
