internal import Proto

/// Operations that bring values to a common scale.
extension ReferenceOperation {
    static let normalisation: [String: ReferenceOperation] = [
        "FusedBatchNorm": batchNorm,
        "FusedBatchNormV2": batchNorm,
        "FusedBatchNormV3": batchNorm,
    ]

    private static let batchNorm = ReferenceOperation(5...5) { call throws(ReferenceError) in
        let epsilon = try call.node.float("epsilon", default: 0.0001)
        guard try !call.node.bool("is_training", default: true) else {
            throw ReferenceError("a batch norm that is not for inference")
        }
        let format = try call.node.word("data_format", of: ["NHWC", "NCHW"], default: "NHWC")
        let result = try call[0].normalized(
            axis: format == "NCHW" ? 1 : -1,
            scale: call[1],
            offset: call[2],
            mean: call[3],
            variance: call[4],
            epsilon: epsilon
        )
        let empty = ReferenceTensor(list: [Float]())
        return [result, try call[3], try call[4], try call[3], try call[4], empty]
    }
}
