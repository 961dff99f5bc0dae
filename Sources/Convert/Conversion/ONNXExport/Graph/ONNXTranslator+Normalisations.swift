internal import Formats
internal import Networks
internal import Proto
internal import Reference

// Operations that bring values to a common scale.
extension ONNXTranslator {
    static let normalisations: [String: Handler] = [
        "FusedBatchNorm": batchNorm, "FusedBatchNormV2": batchNorm,
        "FusedBatchNormV3": batchNorm,
        "BatchNormWithGlobalNormalization": { one, call throws(ReferenceError) in
            let scales = try call.node.bool("scale_after_normalization")
            let count = try one.shape(call[4]).first ?? nil
            guard let count else { throw ReferenceError("an open number of channels") }
            let ones = try ReferenceTensor([count], [Float](repeating: 1, count: count))
            let parts = [
                scales ? try one.own(call[4]) : one.array(ones), try one.own(call[3]),
                try one.own(call[1]), try one.own(call[2]),
            ]
            let epsilon = try call.node.float("variance_epsilon")
            let name = one.append(
                "BatchNormalization",
                call.name,
                [try one.planar(call[0])] + parts,
                ["epsilon": .float(epsilon)]
            )
            one.set(call, name, planar: true)
        },
        "LRN": { one, call throws(ReferenceError) in
            let radius = try call.node.integer("depth_radius", default: 5)
            guard (0..<(1 << 20)).contains(radius) else { throw ReferenceError("\(radius)") }
            let size = 2 * radius + 1
            let alpha = try call.node.float("alpha", default: 1)
            let name = one.append(
                "LRN",
                call.name,
                [try one.planar(call[0])],
                [
                    "size": .integer(size), "alpha": .float(alpha * Float(size)),
                    "beta": .float(try call.node.float("beta", default: 0.5)),
                    "bias": .float(try call.node.float("bias", default: 1)),
                ]
            )
            one.set(call, name, planar: true)
        },
    ]

    private static let batchNorm: Handler = { one, call throws(ReferenceError) in
        let isFirst = try call.hasChannelsFirst()
        let epsilon = try call.node.float("epsilon", default: 0.0001)
        guard try !call.node.bool("is_training", default: true) else {
            return try one.trainingNorm(call, epsilon, channelsFirst: isFirst)
        }
        if try one.foldedNorm(call, epsilon) { return }
        let value = isFirst ? try one.own(call[0]) : try one.planar(call[0])
        var inputs = [value]
        for index in 1...4 { inputs.append(try one.own(call[index])) }
        let name = one.append(
            "BatchNormalization",
            call.name,
            inputs,
            ["epsilon": .float(epsilon)]
        )
        one.set(call, name, planar: !isFirst)
        // The statistics are handed on.
        for (output, index) in [(1, 3), (2, 4), (3, 3), (4, 4)] {
            try one.pass(call, output: output, call[index])
        }
    }

    /// Multiplies a batch norm into the convolution before it.
    ///
    /// - Returns: whether that can be done, and is wanted.
    private mutating func foldedNorm(
        _ call: ONNXCall,
        _ epsilon: Float
    ) throws(ReferenceError) -> Bool {
        let place = try call[0]
        guard foldsBatchNorms, let found = convolutions[place], uses[place] == 1,
            (1...4).allSatisfy({ index in
                call.inputs.indices.contains(index) && graph.constant(call.inputs[index]) != nil
            })
        else { return false }
        var parts: [[Double]] = []
        for index in 1...4 { parts.append(try constant(call[index]).floats()) }
        let (gamma, beta, mean, variance) = (parts[0], parts[1], parts[2], parts[3])
        guard parts.allSatisfy({ $0.count == gamma.count }) else { return false }
        let factors = zip(gamma, variance).map { $0 / ($1 + Double(epsilon)).squareRoot() }
        guard scale(found.kernel, by: factors) else { return false }
        let bias = found.bias ?? [Double](repeating: 0, count: factors.count)
        setBias(
            place,
            factors.indices.map { (bias[$0] - mean[$0]) * factors[$0] + beta[$0] }
        )
        try pass(call, place)
        return true
    }

    /// A batch norm by the pictures' own statistics.
    private mutating func trainingNorm(
        _ call: ONNXCall,
        _ epsilon: Float,
        channelsFirst isFirst: Bool
    ) throws(ReferenceError) {
        let type = try type(call[0])
        let value = isFirst ? try own(call[0]) : try planar(call[0])
        let axes = [0, 2, 3]
        let mean = reduced("ReduceMean", call.part("mean"), value, axes, keeps: true)
        let centred = append("Sub", call.part("centred"), [value, mean])
        let square = append("Mul", call.part("square"), [centred, centred])
        let variance = reduced("ReduceMean", call.part("variance"), square, axes, keeps: true)
        let sum = append("Add", call.part("sum"), [variance, try number(Double(epsilon), type)])
        let root = append("Sqrt", call.part("deviation"), [sum])
        let scaled = append("Div", call.part("scaled"), [centred, root])
        let rows = integers([-1, 1, 1])
        let gamma = append("Reshape", call.part("gamma"), [try own(call[1]), rows])
        let beta = append("Reshape", call.part("beta"), [try own(call[2]), rows])
        let product = append("Mul", call.part("product"), [scaled, gamma])
        set(call, append("Add", call.name, [product, beta]), planar: !isFirst)
        let list = integers([-1])
        let means = append("Reshape", call.part("means"), [mean, list])
        set(call, output: 1, means, planar: false)
        set(call, output: 3, means, planar: false)
        let plain = append("Reshape", call.part("variances"), [variance, list])
        set(call, output: 4, plain, planar: false)
        // The variance that is handed on is that of a sample.
        let shape = try shape(call[0])
        let sides = [0, isFirst ? 2 : 1, isFirst ? 3 : 2].compactMap { shape[$0] }
        guard sides.count == 3 else { return }
        let count = Double(sides.reduce(1, *))
        let share = try number(count > 1 ? count / (count - 1) : 1, .float32)
        let sample = append("Mul", call.part("sample"), [plain, share])
        set(call, output: 2, sample, planar: false)
    }
}
