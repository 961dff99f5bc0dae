internal import Engine
internal import Proto
internal import Reference

// Products of matrices with weights.
extension GraphTranslator {
    static let products: [String: Handler] = [
        "MatMul": { translator, call in
            translator.product(call, "transpose_a", "transpose_b")
        },
        "BatchMatMul": { translator, call in translator.product(call, "adj_x", "adj_y") },
        "BatchMatMulV2": { translator, call in translator.product(call, "adj_x", "adj_y") },
        "BatchMatMulV3": { translator, call in translator.product(call, "adj_x", "adj_y") },
    ]

    private mutating func product(_ call: TranslationCall, _ first: String, _ second: String) {
        guard let turnsFirst = try? call.node.bool(first, default: false),
            let turnsSecond = try? call.node.bool(second, default: false), call.inputs.count == 2,
            let isFirstConstant = forms[call.inputs[0]]?.isConstant,
            let isSecondConstant = forms[call.inputs[1]]?.isConstant
        else { return }
        if isSecondConstant, !turnsFirst {
            set(call, product(call, turnsKernel: turnsSecond))
            if carried[TensorPlace(node: call.number)] != nil { return }
        }
        guard !isFirstConstant || !isSecondConstant else { return }
        activationProduct(call, turnsFirst: turnsFirst, turnsSecond: turnsSecond)
    }

    /// The product of a tensor's last axis with constant weights.
    private mutating func product(_ call: TranslationCall, turnsKernel: Bool) -> Carried? {
        guard let place = call[0], let second = call[1], let form = forms[second],
            form.isConstant, form.shapes[0].count >= 2,
            form.shapes[0].dropLast(2).allSatisfy({ $0 == 1 }),
            let (lead, rest) = outcome(call), var kernel = weightTensor(second),
            let given = whole(place),
            let input = inGraphOrder(given, call.node.name), !rest.isEmpty,
            rest.count == input.rest.count
        else { return nil }
        kernel = kernel.reshaped(kernel.shape.suffix(2))
        if turnsKernel { kernel = kernel.transposedMatrix }
        let (inputs, outputs) = (kernel.shape[0], kernel.shape[1])
        guard input.shape.channels == inputs else { return nil }
        let wanted = input.shape.withChannels(outputs)
        let layer: any Layer
        if input.shape.isVector {
            layer = Dense(inputs: inputs, outputs: outputs, hasBias: false)
        } else {
            layer = Convolution(Window(1), inputChannels: inputs, outputChannels: outputs)
            kernel = kernel.reshaped([1, 1, inputs, outputs])
        }
        guard let node = append(layer, call.node.name, [input.node], giving: wanted) else {
            return nil
        }
        weights[ParameterKey(node: name(of: node), role: .kernel)] = kernel
        return Carried(node, lead: lead, rest: rest, shape: wanted)
    }
}
