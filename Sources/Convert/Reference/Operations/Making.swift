internal import Proto

/// Operations that make tensors of a few numbers.
extension ReferenceOperation {
    static let making: [String: ReferenceOperation] = [
        "Fill": .one(2...2) { call throws(ReferenceError) in
            try ReferenceTensor(filled: call[0].integers(), with: call[1])
        },
        "Range": .one(3...3) { call throws(ReferenceError) in
            let type = try call.commonType(call.inputs[...])
            switch type {
            case .float32, .float64, .float16, .bfloat16:
                let (start, step) = (try call[0].float(), try call[2].float())
                let length = ((try call[1].float() - start) / step).rounded(.up)
                guard step != 0, length.isFinite, length <= Double(ReferenceTensor.limit) else {
                    throw ReferenceError("a range of \(length) numbers by \(step)")
                }
                let values = (0..<max(Int(length), 0)).map { start + Double($0) * step }
                return try ReferenceTensor(list: values).cast(to: type)
            default:
                let (start, end) = (try call[0].integer(), try call[1].integer())
                let step = try call[2].integer()
                let (span, overflow) = end.subtractingReportingOverflow(start)
                guard step != 0, step != .min, !overflow, span != .min,
                    abs(span) / abs(step) < ReferenceTensor.limit
                else { throw ReferenceError("a range from \(start) to \(end) by \(step)") }
                let values = stride(from: start, to: end, by: step).map { Int64($0) }
                return try ReferenceTensor(list: values).cast(to: type)
            }
        },
        "LinSpace": .one(3...3) { call throws(ReferenceError) in
            let (first, last) = (try call[0].float(), try call[1].float())
            let count = try call[2].integer()
            guard count > 0, try ReferenceTensor.count([count]) == count else {
                throw ReferenceError("\(count) numbers from \(first) to \(last)")
            }
            let step = count > 1 ? (last - first) / Double(count - 1) : 0
            let values = (0..<count).map {
                $0 == count - 1 && count > 1 ? last : first + Double($0) * step
            }
            return try ReferenceTensor(list: values).cast(to: call[0].type)
        },
        "Empty": .one(1...1) { call throws(ReferenceError) in
            try ReferenceTensor(
                filled: call[0].integers(),
                with: ReferenceTensor(Float(0)).cast(to: call.node.type("dtype"))
            )
        },
    ]
}
