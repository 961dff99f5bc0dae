internal import Engine
internal import Proto
internal import Reference

// What multiplies and adds to each channel: biases, batch norms, arithmetic with constants.
extension GraphTranslator {
    static let channelwise: [String: Handler] = [
        "BiasAdd": { translator, call in translator.biasAdd(call) },
        "BiasAddV1": { translator, call in translator.biasAdd(call) },
        "FusedBatchNorm": { translator, call in translator.batchNorm(call) },
        "FusedBatchNormV2": { translator, call in translator.batchNorm(call) },
        "FusedBatchNormV3": { translator, call in translator.batchNorm(call) },
        "Neg": { translator, call in
            guard let place = call[0], let value = translator.carried[place] else { return }
            let channels = value.shape.channels
            translator.scale(
                call,
                place,
                ChannelAffine(
                    scale: [Double](repeating: -1, count: channels),
                    offset: [Double](repeating: 0, count: channels)
                )
            )
        },
    ]

    /// Lets a node's output be a tensor whose channels are multiplied and added to.
    mutating func scale(_ call: TranslationCall, _ place: TensorPlace, _ affine: ChannelAffine) {
        guard outcome(call) != nil, affine.scale.allSatisfy(\.isFinite),
            affine.offset.allSatisfy(\.isFinite)
        else { return }
        set(call, scaled(place, by: affine))
    }

    private mutating func biasAdd(_ call: TranslationCall) {
        guard let place = call[0], let second = call[1], let order = Self.order(call.node),
            let bias = vector(second), let value = carried[place]
        else { return }
        // Both orders mean the last axis where there are but two.
        let isLast = order == .last || value.rest.count == 1
        guard value.channelAxis == (isLast ? value.rest.count : 1),
            bias.count == value.shape.channels
        else {
            guard let arranged = whole(place, order), bias.count == arranged.shape.channels
            else { return }
            // What was taken into another order stays there.
            replace(place, by: arranged)
            biasAdd(call)
            return
        }
        scale(
            call,
            place,
            ChannelAffine(scale: [Double](repeating: 1, count: bias.count), offset: bias)
        )
    }

    private mutating func batchNorm(_ call: TranslationCall) {
        guard let place = call[0], let order = Self.order(call.node), call.inputs.count == 5,
            (try? call.node.bool("is_training", default: true)) == false,
            let epsilon = try? call.node.float("epsilon", default: 1e-4),
            let gamma = vector(call.inputs[1]), let beta = vector(call.inputs[2]),
            let mean = vector(call.inputs[3]), let variance = vector(call.inputs[4]),
            let value = carried[place], value.rest.count == 3
        else { return }
        if value.order != order {
            guard let arranged = whole(place, order) else { return }
            replace(place, by: arranged)
        }
        let channels = gamma.count
        guard beta.count == channels, mean.count == channels, variance.count == channels,
            carried[place]?.shape.channels == channels
        else { return }
        let scales = zip(gamma, variance).map { $0 / ($1 + Double(epsilon)).squareRoot() }
        let offsets = zip(beta, zip(mean, scales)).map { $0 - $1.0 * $1.1 }
        scale(call, place, ChannelAffine(scale: scales, offset: offsets))
    }

    /// The numbers of a constant of one axis.
    func vector(_ place: TensorPlace) -> [Double]? {
        guard let form = forms[place], form.isConstant, form.shapes[0].count == 1,
            let tensor = constant(place)
        else { return nil }
        return try? tensor.floats()
    }

    /// A number for each channel of a tensor, where a constant that is combined with it has nothing else.
    func channelNumbers(_ constant: TensorPlace, for value: Carried) -> [Double]? {
        guard let form = forms[constant], form.isConstant, let tensor = self.constant(constant),
            let numbers = try? tensor.floats()
        else { return nil }
        let (rank, channels) = (value.rest.count + 1, value.shape.channels)
        guard tensor.shape.count <= rank else { return nil }
        let extents = [Int](repeating: 1, count: rank - tensor.shape.count) + tensor.shape
        for (axis, extent) in extents.enumerated() where axis != value.channelAxis {
            guard extent == 1 else { return nil }
        }
        if numbers.count == 1 { return [Double](repeating: numbers[0], count: channels) }
        return numbers.count == channels && extents.indices.contains(value.channelAxis)
            ? numbers : nil
    }
}
