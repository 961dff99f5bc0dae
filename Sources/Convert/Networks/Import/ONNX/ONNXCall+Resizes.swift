internal import Proto
internal import Reference

// Pictures of other sizes.
extension ONNXCall {
    static let resizes: [String: Operator] = [
        "Resize": { importer, call throws(ImportProblem) in
            // Before version 11 the scales came second.
            let isOld = call.operatorSet < 11
            let result = try importer.resized(
                call,
                scales: call.optional(isOld ? 1 : 2),
                sizes: isOld ? nil : call.optional(3),
                way: isOld ? "asymmetric" : call.text("coordinate_transformation_mode")
            )
            return [result]
        },
        "Upsample": { importer, call throws(ImportProblem) in
            let result = try importer.resized(
                call,
                scales: call.optional(1),
                sizes: nil,
                way: "asymmetric"
            )
            return [result]
        },
    ]
}

extension ONNXImporter {
    fileprivate mutating func resized(
        _ call: ONNXCall,
        scales: Value?,
        sizes: Value?,
        way stated: String?
    ) throws(ImportProblem) -> Value {
        let input = try call.input(0)
        guard let shape = shape(input), shape.count == 4, let height = shape[2],
            let width = shape[3]
        else { throw call.unfit("the size of its pictures is open; say --image-size") }
        let before = [height, width]
        let after = try size(before, call, scales: scales, sizes: sizes)
        guard after.count == 2, after.allSatisfy({ (1...(1 << 16)).contains($0) }) else {
            throw call.unfit("the size that it gives hangs on the pictures")
        }
        let way = stated ?? "half_pixel"
        let isPlainHalf =
            way == "half_pixel" || (way == "pytorch_half_pixel" && !after.contains(1))
        let isWhole = zip(before, after).allSatisfy { $1 % $0 == 0 }
        let mode = call.text("mode") ?? "nearest"
        let nearest = call.text("nearest_mode") ?? "round_prefer_floor"
        let isAtCorners = way == "asymmetric"
        var operation: String?
        if mode == "nearest" {
            // Whole factors leave nothing to round.
            let isExact = isWhole && (isPlainHalf || call.operatorSet < 11)
            if isExact || (nearest == "floor" && isAtCorners) {
                operation = "ResizeNearestNeighbor"
            }
        } else if mode == "linear" || mode == "bilinear",
            isAtCorners || isPlainHalf || way == "align_corners"
        {
            operation = "ResizeBilinear"
        }
        guard let operation else {
            throw call.unfit("it resizes by \(mode) (\(nearest)) with \(way)")
        }
        let isLinear = operation == "ResizeBilinear"
        let last = transposed(input, [0, 2, 3, 1])
        let size = constant(ReferenceTensor(list: after.map { Int64($0) }))
        let whole = add("Cast", [size], [.init("DstT", .type(DataType.int32.rawValue))])
        let result = add(
            operation,
            [last, whole],
            [
                .init("align_corners", .bool(way == "align_corners")),
                .init("half_pixel_centers", .bool(isLinear && isPlainHalf)),
            ]
        )
        return transposed(result, [0, 3, 1, 2])
    }

    /// Rows and columns of what a resize gives; none where they cannot be told.
    private func size(
        _ before: [Int],
        _ call: ONNXCall,
        scales: Value?,
        sizes: Value?
    ) throws(ImportProblem) -> [Int] {
        if let sizes, let stated = form(sizes)?.values?.first {
            let numbers = (try? stated.integers()) ?? []
            return numbers.count == 4 ? Array(numbers[2...]) : []
        }
        var factors = call.floats("scales") ?? []
        if factors.isEmpty, let scales, let stated = form(scales)?.value {
            let numbers = (try? stated.floats()) ?? []
            factors = numbers.map { Float($0) }
        }
        guard factors.count == 4, factors[0] == 1, factors[1] == 1 else { return [] }
        var after: [Int] = []
        for (extent, factor) in zip(before, factors[2...]) {
            guard let side = Int(exactly: (Float(extent) * factor).rounded(.down)) else {
                return []
            }
            after.append(side)
        }
        return after
    }
}
