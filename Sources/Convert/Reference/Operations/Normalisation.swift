internal import Glibc
internal import Proto

/// Operations that bring values to a common scale.
extension ReferenceOperation {
    static let normalisation: [String: ReferenceOperation] = [
        "FusedBatchNorm": batchNorm,
        "FusedBatchNormV2": batchNorm,
        "FusedBatchNormV3": batchNorm,
        "BatchNormWithGlobalNormalization": .one(5...5) { call throws(ReferenceError) in
            let scales = try call.node.bool("scale_after_normalization")
            return try call[0].normalized(
                axis: -1,
                scale: scales ? call[4] : evaluateOnes(call[4]),
                offset: call[3],
                mean: call[1],
                variance: call[2],
                epsilon: call.node.float("variance_epsilon")
            )
        },
        "LRN": .one(1...1) { call throws(ReferenceError) in
            let radius = try call.node.integer("depth_radius", default: 5)
            let bias = Double(try call.node.float("bias", default: 1))
            let alpha = Double(try call.node.float("alpha", default: 1))
            let beta = Double(try call.node.float("beta", default: 0.5))
            guard let depth = try call[0].shape.last, try call[0].rank == 4 else {
                throw ReferenceError("pictures of the shape \(try call[0].shape)")
            }
            guard radius >= 0 else { throw call.node.unfit("depth_radius", "0 or more") }
            let (values, type) = (try call[0].floats(), try call[0].type)
            let reach = min(radius, depth)
            let output = ReferenceTensor.filled(values.count) { index -> Double in
                let channel = index % depth
                var sum = 0.0
                for other in max(channel - reach, 0)...min(channel + reach, depth - 1) {
                    let value = values[index - channel + other]
                    sum += value * value
                }
                return values[index] * pow(bias + alpha * sum, -beta)
            }
            return try ReferenceTensor(unchecked: call[0].shape, output).cast(to: type)
        },
        "L2Loss": .one(1...1) { call throws(ReferenceError) in
            let sum = try call[0].floats().reduce(0) { $0 + $1 * $1 }
            return try ReferenceTensor(sum / 2).cast(to: call[0].type)
        },
    ]

    private static func evaluateOnes(
        _ tensor: ReferenceTensor
    ) throws(ReferenceError) -> ReferenceTensor {
        try ReferenceTensor(filled: tensor.shape, with: ReferenceTensor(Float(1)))
    }

    private static let batchNorm = ReferenceOperation(5...5) { call throws(ReferenceError) in
        let epsilon = try call.node.float("epsilon", default: 0.0001)
        let format = try call.node.word("data_format", of: ["NHWC", "NCHW"], default: "NHWC")
        guard try call[0].rank == 4 else {
            throw ReferenceError("pictures of the shape \(try call[0].shape)")
        }
        let axis = format == "NCHW" ? 1 : 3
        var (mean, variance) = (try call[3], try call[4])
        var published = variance
        if try call.node.bool("is_training", default: true) {
            // The picture's own statistics; the published variance is that of a sample.
            let others = (0..<4).filter { $0 != axis }
            let wide = try call[0].cast(to: .float64)
            let means = try wide.reduced(.mean, axes: others, keepsAxes: true)
            let squares = try wide.combined(with: means) { ($0 - $1) * ($0 - $1) }
            let variances = try squares.reduced(.mean, axes: others, keepsAxes: false)
            let count = Double(others.reduce(1) { $0 * squares.shape[$1] })
            mean = try means.reshaped(variances.shape).cast(to: .float32)
            published = try variances.mapped { $0 * (count > 1 ? count / (count - 1) : 1) }
                .cast(to: .float32)
            variance = variances
        }
        let result = try call[0].normalized(
            axis: axis,
            scale: call[1],
            offset: call[2],
            mean: mean,
            variance: variance,
            epsilon: epsilon
        )
        let kept = try variance.cast(to: .float32)
        let outputs = [result, mean, published, mean, kept]
        guard call.node.operation == "FusedBatchNormV3" else { return outputs }
        return outputs + [ReferenceTensor(list: [Float]())]
    }
}
