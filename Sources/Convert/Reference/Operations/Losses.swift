internal import Proto

/// What trainings measure of logits.
extension ReferenceOperation {
    static let losses: [String: ReferenceOperation] = [
        "SoftmaxCrossEntropyWithLogits": ReferenceOperation(2...2) { call throws(ReferenceError) in
            let shape = try ReferenceTensor.broadcast(call[0].shape, call[1].shape)
            return try crossEntropy(call[0].spread(over: shape), call[1].spread(over: shape))
        },
        "SparseSoftmaxCrossEntropyWithLogits": ReferenceOperation(2...2) {
            call throws(ReferenceError) in
            let (logits, labels) = (try call[0], try call[1].integers())
            guard logits.rank == 2, try call[1].shape == [logits.shape[0]],
                labels.allSatisfy({ (0..<logits.shape[1]).contains($0) })
            else {
                throw ReferenceError(
                    "labels \(labels.prefix(8)) for logits of the shape \(logits.shape)"
                )
            }
            var truth = [Double](repeating: 0, count: logits.count)
            for (row, label) in labels.enumerated() { truth[row * logits.shape[1] + label] = 1 }
            return try crossEntropy(
                logits,
                ReferenceTensor(logits.shape, truth).cast(to: logits.type)
            )
        },
        "InTopK": .one(2...2) { call throws(ReferenceError) in
            try isAmongLargest(call, call.node.integer("k"))
        },
        "InTopKV2": .one(3...3) { call throws(ReferenceError) in
            try isAmongLargest(call, call[2].integer())
        },
    ]

    /// The loss of each row, and its gradient.
    private static func crossEntropy(
        _ logits: ReferenceTensor,
        _ labels: ReferenceTensor
    ) throws(ReferenceError) -> [ReferenceTensor] {
        guard logits.rank == 2 else { throw ReferenceError("logits of the shape \(logits.shape)") }
        let type = logits.type
        let (wide, truth) = (try logits.cast(to: .float64), try labels.cast(to: .float64))
        let logarithms = try wide.softmax(axis: 1, isLogarithm: true)
        let loss = try logarithms.combined(with: truth, { $1 == 0 ? 0 : -$0 * $1 })
            .reduced(.sum, axes: [1], keepsAxes: false)
        let gradient = try wide.softmax(axis: 1).combined(with: truth, { $0 - $1 })
        return [try loss.cast(to: type), try gradient.cast(to: type)]
    }

    /// Whether fewer than `count` predictions are larger than that of the target.
    private static func isAmongLargest(
        _ call: OperationCall,
        _ count: Int
    ) throws(ReferenceError) -> ReferenceTensor {
        let (predictions, targets) = (try call[0].floats(), try call[1].integers())
        guard try call[0].rank == 2, try call[1].shape == [call[0].shape[0]] else {
            throw ReferenceError("targets \(try call[1].shape) for \(try call[0].shape)")
        }
        let classes = try call[0].shape[1]
        return ReferenceTensor(
            list: targets.enumerated().map { row, target in
                guard (0..<classes).contains(target) else { return false }
                let own = predictions[(row * classes)..<((row + 1) * classes)]
                let value = predictions[row * classes + target]
                return own.allSatisfy(\.isFinite) && own.count { $0 > value } < count
            }
        )
    }
}
