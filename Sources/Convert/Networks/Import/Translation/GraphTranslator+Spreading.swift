internal import Engine
internal import Proto
internal import Reference

// Convolutions' ways back, which spread each pixel over a window: transposed convolutions.
//
// The outputs of each phase, the places between two strides, are a convolution without strides. Phases whose windows reach as
// far are computed by one, and all are put together by an ``Interleave``.
extension GraphTranslator {
    static let spreadings: [String: Handler] = [
        "Conv2DBackpropInput": { translator, call in
            guard let layer = translator.spreadLayer(call) else { return }
            translator.set(call, translator.spread(layer, call))
        },
        "DepthwiseConv2dNativeBackpropInput": { translator, call in
            guard let layer = translator.spreadLayer(call) else { return }
            translator.set(call, translator.spread(layer, call))
        },
    ]

    /// A transposed convolution that is to be appended.
    struct SpreadPlan {
        var source: TensorPlace
        var order: PictureOrder
        var window: Window
        /// `[height, width, outputs of a group, inputs]`, the inputs of each group beside each other.
        var kernel: WeightTensor
        var groups: Int
        /// The extents of the output.
        var rest: [Int]
    }

    private func spreadLayer(_ call: TranslationCall) -> SpreadPlan? {
        guard let place = call[1], let source = call[2], let order = Self.order(call.node),
            let (lead, rest) = outcome(call), lead == 1, rest.count == 3,
            let form = forms[source], form.shapes[0].count == 4,
            let weights = forms[place], weights.isConstant, weights.shapes[0].count == 4,
            var kernel = weightTensor(place), !kernel.shape.contains(0),
            let window = Self.window(
                call.node,
                Axes(height: kernel.shape[0], width: kernel.shape[1]),
                order
            )
        else { return nil }
        let (inputs, outputs) = (
            form.shapes[0][Self.axes(order).channels], Carried.shape(1, rest, order).channels
        )
        let groups: Int
        if call.node.operation == "DepthwiseConv2dNativeBackpropInput" {
            guard kernel.shape[2] == outputs else { return nil }
            groups = outputs
            kernel = kernel.reshaped(kernel.shape.prefix(2) + [1, outputs * kernel.shape[3]])
        } else {
            guard outputs % kernel.shape[2] == 0 else { return nil }
            groups = outputs / kernel.shape[2]
        }
        guard kernel.shape[3] == inputs, inputs % groups == 0 else { return nil }
        return SpreadPlan(
            source: source,
            order: order,
            window: window,
            kernel: kernel,
            groups: groups,
            rest: rest
        )
    }

    /// Rows and columns of the parts of a plan, those that are the least work.
    private static func parts(
        _ rows: SpreadAxis,
        _ columns: SpreadAxis,
        outputs: Int
    ) -> (rows: [SpreadAxis.Part], columns: [SpreadAxis.Part]) {
        func work(_ rows: [SpreadAxis.Part], _ columns: [SpreadAxis.Part]) -> Double {
            var sum = 0.0
            for row in rows {
                for column in columns {
                    let channels = row.phases.count * column.phases.count * outputs
                    // Channels are computed in blocks.
                    sum +=
                        Double((channels + 15) / 16) * Double(row.count * row.size)
                        * Double(column.count * column.size)
                }
            }
            return sum
        }
        var best = (rows: rows.exact, columns: columns.exact)
        for (some, others) in [
            (rows.merged, columns.exact), (rows.exact, columns.merged),
            (rows.merged, columns.merged),
        ] where !some.isEmpty && !others.isEmpty && work(some, others) <= work(best.0, best.1) {
            best = (some, others)
        }
        return best
    }

    /// Appends a transposed convolution for a node's output.
    private mutating func spread(_ plan: SpreadPlan, _ call: TranslationCall) -> Carried? {
        let shape = Carried.shape(1, plan.rest, plan.order)
        let window = plan.window
        guard let input = whole(plan.source, plan.order), input.lead == 1,
            let places = try? window.places(on: shape, at: call.node.name),
            places == Axes(height: input.shape.height, width: input.shape.width),
            (1...Interleave.largestStride).contains(window.stride.height),
            (1...Interleave.largestStride).contains(window.stride.width),
            window.stride.area <= Interleave.largestStride
        else { return nil }
        let padding = window.padding(of: shape)
        let (rows, columns) = Self.parts(
            SpreadAxis(
                extent: input.shape.height,
                output: shape.height,
                before: padding.top,
                size: window.size.height,
                stride: window.stride.height,
                dilation: window.dilation.height
            ),
            SpreadAxis(
                extent: input.shape.width,
                output: shape.width,
                before: padding.left,
                size: window.size.width,
                stride: window.stride.width,
                dilation: window.dilation.width
            ),
            outputs: shape.channels
        )
        var phases = [Interleave.Phase?](repeating: nil, count: window.stride.area)
        var inputs: [NodeID] = []
        var counts: [Int] = []
        for row in rows {
            for column in columns {
                guard let node = append(row, column, plan, input, shape.channels, call) else {
                    return nil
                }
                for (y, own) in row.phases.enumerated() {
                    for (x, other) in column.phases.enumerated() {
                        phases[own.place * window.stride.width + other.place] = .init(
                            input: inputs.count,
                            place: y * column.phases.count + x,
                            row: own.first,
                            column: other.first
                        )
                    }
                }
                inputs.append(node)
                counts.append(row.phases.count * column.phases.count)
            }
        }
        guard !inputs.isEmpty else { return nil }
        let layer = Interleave(
            window.stride,
            phases,
            counts: counts,
            groups: plan.groups,
            to: shape
        )
        guard let node = append(layer, call.node.name, inputs, giving: shape) else { return nil }
        return Carried(node, plan.order, lead: 1, rest: plan.rest)
    }

    /// Appends the convolution of some phases.
    private mutating func append(
        _ row: SpreadAxis.Part,
        _ column: SpreadAxis.Part,
        _ plan: SpreadPlan,
        _ input: Carried,
        _ channels: Int,
        _ call: TranslationCall
    ) -> NodeID? {
        let size = Axes(height: row.size, width: column.size)
        let count = row.phases.count * column.phases.count
        let (outputs, overflow) = channels.multipliedReportingOverflow(by: count)
        let inputs = plan.kernel.shape[3] / plan.groups
        let (area, isOver) = size.area.multipliedReportingOverflow(by: inputs)
        guard !overflow, !isOver, !area.multipliedReportingOverflow(by: outputs).overflow,
            area * outputs <= Self.largestSpread
        else { return nil }
        let layer = Convolution(
            Window(
                size,
                dilation: Axes(height: row.dilation, width: column.dilation),
                border: .sides(
                    Padding(
                        top: row.before,
                        bottom: row.after,
                        left: column.before,
                        right: column.after
                    )
                )
            ),
            inputChannels: plan.kernel.shape[3],
            outputChannels: outputs,
            groups: plan.groups
        )
        guard
            let node = append(
                layer,
                "\(call.node.name)/phases",
                [input.node],
                giving: FeatureShape(
                    height: row.count,
                    width: column.count,
                    channels: outputs
                )
            )
        else { return nil }
        weights[ParameterKey(node: name(of: node), role: .kernel)] = Self.kernel(
            row,
            column,
            plan,
            layer.kernelShape
        )
        return node
    }

    /// Values of a kernel, of which those of phases that lack a cell are zeros.
    private static let largestSpread = 1 << 28

    /// The kernel of some phases, HWIO: of each group those of the first phase, of the second, and so on.
    private static func kernel(
        _ row: SpreadAxis.Part,
        _ column: SpreadAxis.Part,
        _ plan: SpreadPlan,
        _ shape: [Int]
    ) -> WeightTensor {
        let given = plan.kernel.values
        let (width, outs, channels) = (
            plan.kernel.shape[1], plan.kernel.shape[2], plan.kernel.shape[3]
        )
        let (inputs, outputs) = (shape[2], shape[3])
        let count = row.phases.count * column.phases.count
        var values = [Float](repeating: 0, count: shape.reduce(1, *))
        for y in 0..<shape[0] {
            for x in 0..<shape[1] {
                let cell = (y * shape[1] + x) * inputs * outputs
                for (place, phase) in row.phases.flatMap({ row in
                    column.phases.map { (row.cells[y], $0.cells[x]) }
                }).enumerated() {
                    guard let i = phase.0, let j = phase.1 else { continue }
                    for output in 0..<outs {
                        let from = ((i * width + j) * outs + output) * channels
                        for group in 0..<plan.groups {
                            let to = cell + (group * count + place) * outs + output
                            for input in 0..<inputs {
                                values[to + input * outputs] = given[from + group * inputs + input]
                            }
                        }
                    }
                }
            }
        }
        return WeightTensor(shape: shape, values: values)
    }

    // MARK: What follows

    /// Lets the convolutions of a transposed one's phases multiply and add these numbers; false if they cannot.
    mutating func fold(_ affine: ChannelAffine, intoPhasesOf id: NodeID) -> Bool {
        guard let node = graph.nodes.last(where: { $0.id == id }),
            case .interleave(let layer) = node.operation,
            layer.shape.channels == affine.scale.count, !layer.isRectified,
            // Where a phase has no cell, nothing would be added.
            !layer.phases.contains(nil) || affine.offset.allSatisfy({ $0 == 0 })
        else { return false }
        var parts: [(node: Node, layer: Convolution)] = []
        for input in node.inputs {
            guard let part = graph.nodes.last(where: { $0.id == input }),
                case .convolution(let layer) = part.operation
            else { return false }
            parts.append((part, layer))
        }
        let outs = layer.shape.channels / layer.groups
        for ((part, old), count) in zip(parts, layer.counts) {
            // Of each group the outputs of every phase.
            let places = (0..<old.outputChannels).map { channel in
                channel / outs / count * outs + channel % outs
            }
            if !affine.onlyAdds {
                let key = ParameterKey(node: part.name, role: .kernel)
                guard let kernel = weights[key] else { return false }
                var values = kernel.values
                for index in values.indices {
                    let scale = affine.scale[places[index % places.count]]
                    values[index] = Float(Double(values[index]) * scale)
                }
                weights[key] = WeightTensor(shape: kernel.shape, values: values)
            }
            let bias = weights[ParameterKey(node: part.name, role: .bias)]?.values
            let convolution = Convolution(
                old.window,
                inputChannels: old.inputChannels,
                outputChannels: old.outputChannels,
                groups: old.groups,
                hasBias: true
            )
            graph.replace(part.id, by: convolution, named: part.name, inputs: part.inputs)
            set(
                .bias,
                of: part.name,
                places.enumerated().map { index, place in
                    let own = Double(bias?[index] ?? 0)
                    return Float(own * affine.scale[place] + affine.offset[place])
                }
            )
        }
        return true
    }
}
