internal import Engine
internal import Proto
internal import Reference

// Products of two tensors that both hang on the pictures, as attention has them, and sums by Einstein's convention.
extension GraphTranslator {
    static let matrices: [String: Handler] = [
        "Einsum": { translator, call in translator.einsum(call) }
    ]

    /// A tensor as matrices: those of one picture, their rows and columns.
    private struct Matrices {
        var node: NodeID
        var shape: FeatureShape
        /// The axes before the last two.
        var outer: [Int]
    }

    /// Lets a node's output be the product of its inputs, if both hang on the pictures.
    mutating func activationProduct(
        _ call: TranslationCall,
        turnsFirst: Bool,
        turnsSecond: Bool
    ) {
        guard let (lead, rest) = outcome(call), let one = call[0], let other = call[1],
            var first = matrices(one, call), var second = matrices(other, call)
        else { return }
        if turnsFirst {
            let given = first.shape
            let turned = FeatureShape(
                height: given.height,
                width: given.channels,
                channels: given.width
            )
            guard
                let node = reordered(
                    first.node,
                    given.extents,
                    [0, 2, 1],
                    giving: turned,
                    "\(call.node.name)/first"
                )
            else { return }
            (first.node, first.shape) = (node, turned)
        }
        var turns = turnsSecond
        // Rows that were made columns just before need not be moved.
        if let before = unturned(second, call) { (second, turns) = (before, !turns) }
        let whole = lead == 1 ? rest : [lead] + rest
        let outer = Array(whole.dropLast(2))
        guard whole.count >= 2,
            [first, second].allSatisfy({ $0.outer == outer || $0.shape.height == 1 }),
            let node = append(
                Product(turnsSecond: turns),
                call.node.name,
                [first.node, second.node],
                giving: Carried.shape(lead, rest, .last)
            )
        else { return }
        set(call, Carried(node, lead: lead, rest: rest))
    }

    private mutating func matrices(_ place: TensorPlace, _ call: TranslationCall) -> Matrices? {
        guard let given = isConstant(place) ? weights(place, call) : whole(place),
            let ordered = inGraphOrder(given, call.node.name),
            let value = plain(ordered, call.node.name)
        else { return nil }
        let extents = value.lead == 1 ? value.rest : [value.lead] + value.rest
        guard extents.count >= 2 else { return nil }
        return Matrices(node: value.node, shape: value.shape, outer: extents.dropLast(2))
    }

    /// Weights that stand where activations do: as the first factor, or several matrices.
    private mutating func weights(_ place: TensorPlace, _ call: TranslationCall) -> Carried? {
        guard let extents = forms[place]?.shapes.first, let (_, rest) = outcome(call) else {
            return nil
        }
        let own = extents.count > rest.count ? Array(extents.dropFirst()) : extents
        return constantValue(place, beside: own, .last, call.node.name)
    }

    private func isConstant(_ place: TensorPlace) -> Bool { forms[place]?.isConstant == true }

    /// Matrices whose rows and columns the last layer has exchanged, as they would be without that.
    private mutating func unturned(_ given: Matrices, _ call: TranslationCall) -> Matrices? {
        guard let node = graph.nodes.last(where: { $0.id == given.node }),
            case .transpose(let layer) = node.operation, layer.axes.count >= 2,
            let input = node.inputs.first
        else { return nil }
        let count = layer.axes.count
        let extents = layer.axes.map { layer.extents[$0] }
        guard extents[count - 2] == given.shape.width, extents[count - 1] == given.shape.channels,
            layer.axes[count - 2] == count - 1
        else { return nil }
        var axes = layer.axes
        axes.swapAt(count - 2, count - 1)
        let shape = FeatureShape(
            height: given.shape.height,
            width: given.shape.channels,
            channels: given.shape.width
        )
        return reordered(
            input,
            layer.extents,
            axes,
            giving: shape,
            "\(call.node.name)/second"
        ).map { Matrices(node: $0, shape: shape, outer: given.outer) }
    }

    /// The values of a layer, taken for those of some extents, with their axes in another order, as activations of a shape.
    mutating func reordered(
        _ node: NodeID,
        _ extents: [Int],
        _ axes: [Int],
        giving shape: FeatureShape,
        _ name: String
    ) -> NodeID? {
        // What but takes values for others of another shape needs no step of its own.
        var source = node
        while let before = graph.nodes.last(where: { $0.id == source }),
            case .reshape = before.operation, let input = before.inputs.first
        {
            source = input
        }
        let layer = Transpose(extents, axes, to: shape)
        let order = layer.merged.axes
        if order == Array(order.indices) {
            if shapes[source] == shape { return source }
            if shapes[node] == shape { return node }
            return append(Reshape(to: shape), name, [source], giving: shape)
        }
        return append(layer, name, [source], giving: shape)
    }

    // MARK: Einstein's sums

    private mutating func einsum(_ call: TranslationCall) {
        guard call.inputs.count == 2, let equation = try? call.node.text("equation"),
            let (lead, rest) = outcome(call), lead == 1
        else { return }
        var shapes: [[Int]] = []
        for place in call.inputs {
            guard let form = forms[place] else { return }
            shapes.append(form.shapes[0])
        }
        guard let labels = EinsumLabels(equation, ranks: shapes.map(\.count)),
            let extents = labels.extents(shapes), let picture = labels.result.first
        else { return }
        let (one, other) = (labels.operands[0], labels.operands[1])
        // Axes that but one has must be in the result.
        let result = Set(labels.result)
        guard Set(one).symmetricDifference(other).isSubset(of: result) else { return }
        let sum = EinsumCall(call: call, extents: extents, result: labels.result, rest: rest)
        switch (forms[call.inputs[0]]?.isConstant, forms[call.inputs[1]]?.isConstant) {
        case (false?, true?) where one.first == picture:
            weighted(sum, call.inputs[0], one, call.inputs[1], other)
        case (true?, false?) where other.first == picture:
            weighted(sum, call.inputs[1], other, call.inputs[0], one)
        case (false?, false?) where one.first == picture && other.first == picture:
            multiplied(sum, one, other)
        default: return
        }
    }

    /// A sum that is translated, its pictures the first axis of the result.
    private struct EinsumCall {
        let call: TranslationCall
        let extents: [Int: Int]
        let result: [Int]
        let rest: [Int]

        func counts(_ labels: [Int]) -> [Int] { labels.map { extents[$0] ?? 1 } }

        func count(_ labels: [Int]) -> Int {
            counts(labels).reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
        }

        /// Which axes are in the result, in its order.
        func kept(_ labels: Set<Int>) -> [Int] { result.dropFirst().filter(labels.contains) }

        /// Activations: the last axes are channels, those before columns, the others rows.
        func shape(_ rows: [Int], _ columns: [Int], _ channels: [Int]) -> FeatureShape {
            FeatureShape(
                height: count(rows),
                width: count(columns),
                channels: count(channels)
            )
        }
    }

    /// A tensor with its axes, named by labels, in another order.
    private mutating func operand(
        _ place: TensorPlace,
        _ labels: [Int],
        as order: [Int],
        giving shape: FeatureShape,
        _ sum: EinsumCall
    ) -> NodeID? {
        guard let given = whole(place), given.lead == 1,
            let value = inGraphOrder(given, sum.call.node.name)
        else { return nil }
        let axes = order.compactMap { labels.firstIndex(of: $0) }
        guard axes.count == labels.count, sum.counts(labels) == value.rest else { return nil }
        return reordered(
            value.node,
            value.rest,
            axes,
            giving: shape,
            "\(sum.call.node.name)/operand"
        )
    }

    /// Brings the axes of what was computed into the order of the result.
    private mutating func finish(_ sum: EinsumCall, _ node: NodeID, _ labels: [Int]) {
        let axes = sum.result.dropFirst().compactMap { labels.firstIndex(of: $0) }
        guard axes.count == labels.count, sum.result.count == labels.count + 1,
            let result = reordered(
                node,
                sum.counts(labels),
                axes,
                giving: Carried.shape(1, sum.rest, .last),
                "\(sum.call.node.name)/result"
            )
        else { return }
        var value = Carried(result, lead: 1, rest: sum.rest)
        value.isExclusive = result == node
        set(sum.call, value)
    }

    /// A sum over axes that weights have too.
    private mutating func weighted(
        _ sum: EinsumCall,
        _ place: TensorPlace,
        _ labels: [Int],
        _ constant: TensorPlace,
        _ own: [Int]
    ) {
        let labels = Array(labels.dropFirst())
        let result = Set(sum.result)
        let summed = labels.filter { !result.contains($0) }
        let left = sum.kept(Set(labels))
        let right = sum.kept(Set(own))
        guard !own.contains(sum.result[0]), Set(own).isDisjoint(with: left),
            Set(own) == Set(summed + right), !summed.isEmpty, !right.isEmpty,
            let kernel = weightTensor(constant), kernel.shape.count == own.count
        else { return }
        let columns = left.suffix(1)
        let input = sum.shape(left.dropLast(), Array(columns), summed)
        guard
            let node = operand(place, labels, as: left + summed, giving: input, sum)
        else { return }
        let (inputs, outputs) = (sum.count(summed), sum.count(right))
        let layer: any Layer =
            input.isVector
            ? Dense(inputs: inputs, outputs: outputs, hasBias: false)
            : Convolution(Window(1), inputChannels: inputs, outputChannels: outputs)
        let name = sum.call.node.name
        guard let product = append(layer, name, [node], giving: input.withChannels(outputs)) else {
            return
        }
        let axes = (summed + right).compactMap { own.firstIndex(of: $0) }
        let values = ActivationTranspose.transposed(kernel.values, kernel.shape, axes)
        weights[ParameterKey(node: self.name(of: product), role: .kernel)] = WeightTensor(
            shape: input.isVector ? [inputs, outputs] : [1, 1, inputs, outputs],
            values: values
        )
        finish(sum, product, left + right)
    }

    /// A product of two tensors that both hang on the pictures.
    private mutating func multiplied(_ sum: EinsumCall, _ one: [Int], _ other: [Int]) {
        let (first, second) = (Array(one.dropFirst()), Array(other.dropFirst()))
        let shared = Set(first).intersection(second)
        let summed = first.filter { shared.contains($0) && !sum.result.contains($0) }
        let outer = sum.kept(shared)
        let left = sum.kept(Set(first).subtracting(shared))
        let right = sum.kept(Set(second).subtracting(shared))
        guard !summed.isEmpty else { return }
        let isStraight = second == outer + summed + right
        guard
            let rows = operand(
                call(sum, 0),
                first,
                as: outer + left + summed,
                giving: sum.shape(outer, left, summed),
                sum
            ),
            let columns = operand(
                call(sum, 1),
                second,
                as: isStraight ? second : outer + right + summed,
                giving: isStraight
                    ? sum.shape(outer, summed, right) : sum.shape(outer, right, summed),
                sum
            ),
            let node = append(
                Product(turnsSecond: !isStraight),
                sum.call.node.name,
                [rows, columns],
                giving: sum.shape(outer, left, right)
            )
        else { return }
        finish(sum, node, outer + left + right)
    }

    private func call(_ sum: EinsumCall, _ index: Int) -> TensorPlace { sum.call.inputs[index] }
}

extension FeatureShape {
    fileprivate var extents: [Int] { [height, width, channels] }
}
