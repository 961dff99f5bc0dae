internal import Engine
internal import Proto
internal import Reference

// Products of matrices with weights.
extension GraphTranslator {
    static let products: [String: Handler] = [
        "MatMul": { translator, call in
            let node = call.node
            guard (try? node.bool("transpose_a", default: false)) == false,
                let turns = try? node.bool("transpose_b", default: false)
            else { return }
            translator.set(call, translator.product(call, turnsKernel: turns))
        },
        "BatchMatMul": { translator, call in translator.batchProduct(call) },
        "BatchMatMulV2": { translator, call in translator.batchProduct(call) },
    ]

    private mutating func batchProduct(_ call: TranslationCall) {
        guard (try? call.node.bool("adj_x", default: false)) == false,
            let turns = try? call.node.bool("adj_y", default: false)
        else { return }
        set(call, product(call, turnsKernel: turns))
    }

    /// The product of a tensor's last axis with constant weights.
    private mutating func product(_ call: TranslationCall, turnsKernel: Bool) -> Carried? {
        guard let place = call[0], let second = call[1], let form = forms[second],
            form.isConstant, form.shapes[0].count == 2, let (lead, rest) = outcome(call),
            var kernel = weightTensor(second), let given = whole(place),
            let input = inGraphOrder(given, call.node.name), !rest.isEmpty, rest.count == input.rest.count
        else { return nil }
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
