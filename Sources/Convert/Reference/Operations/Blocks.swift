internal import Proto

/// Operations that move blocks of places into the batch or the channels, and back.
extension ReferenceOperation {
    static let blocks: [String: ReferenceOperation] = [
        "SpaceToBatchND": .one(3...3) { call throws(ReferenceError) in
            try spaceToBatch(call[0], call[1].integers(), call[2].integers())
        },
        "BatchToSpaceND": .one(3...3) { call throws(ReferenceError) in
            try batchToSpace(call[0], call[1].integers(), call[2].integers())
        },
        "SpaceToBatch": .one(2...2) { call throws(ReferenceError) in
            let size = try call.node.integer("block_size")
            return try spaceToBatch(call[0], [size, size], call[1].integers())
        },
        "BatchToSpace": .one(2...2) { call throws(ReferenceError) in
            let size = try call.node.integer("block_size")
            return try batchToSpace(call[0], [size, size], call[1].integers())
        },
        "SpaceToDepth": .one(1...1) { call throws(ReferenceError) in
            try pictures(call) { input, size throws(ReferenceError) in
                let shape = input.shape
                guard shape[1].isMultiple(of: size), shape[2].isMultiple(of: size) else {
                    throw ReferenceError("blocks of \(size) in the shape \(shape)")
                }
                let (rows, columns) = (shape[1] / size, shape[2] / size)
                return try input.reshaped([shape[0], rows, size, columns, size, shape[3]])
                    .transposed([0, 1, 3, 2, 4, 5])
                    .reshaped([shape[0], rows, columns, size * size * shape[3]])
            }
        },
        "DepthToSpace": .one(1...1) { call throws(ReferenceError) in
            try pictures(call) { input, size throws(ReferenceError) in
                let shape = input.shape
                guard shape[3].isMultiple(of: size * size) else {
                    throw ReferenceError("blocks of \(size) from the shape \(shape)")
                }
                let depth = shape[3] / (size * size)
                return try input.reshaped([shape[0], shape[1], shape[2], size, size, depth])
                    .transposed([0, 1, 3, 2, 4, 5])
                    .reshaped([shape[0], shape[1] * size, shape[2] * size, depth])
            }
        },
    ]

    private static func pictures(
        _ call: OperationCall,
        _ body: (ReferenceTensor, Int) throws(ReferenceError) -> ReferenceTensor
    ) throws(ReferenceError) -> ReferenceTensor {
        let size = try call.node.integer("block_size")
        guard (1...(1 << 16)).contains(size) else {
            throw call.node.unfit("block_size", "a positive number")
        }
        guard try call[0].rank == 4 else {
            throw ReferenceError("pictures of the shape \(try call[0].shape)")
        }
        let format = try call.node.word("data_format", of: ["NHWC", "NCHW"], default: "NHWC")
        guard format == "NCHW" else { return try body(call[0], size) }
        return try body(call[0].transposed([0, 2, 3, 1]), size).transposed([0, 3, 1, 2])
    }

    /// The product of block sizes.
    private static func area(
        _ input: ReferenceTensor,
        _ sizes: [Int],
        _ borders: [Int]
    ) throws(ReferenceError) -> Int {
        guard input.rank > sizes.count, !sizes.isEmpty, borders.count == 2 * sizes.count,
            (sizes + borders).allSatisfy({ (0...(1 << 30)).contains($0) }),
            sizes.allSatisfy({ $0 > 0 })
        else {
            throw ReferenceError("blocks \(sizes), \(borders) of the shape \(input.shape)")
        }
        return try ReferenceTensor.count(sizes)
    }

    private static func spaceToBatch(
        _ input: ReferenceTensor,
        _ sizes: [Int],
        _ paddings: [Int]
    ) throws(ReferenceError) -> ReferenceTensor {
        let area = try area(input, sizes, paddings)
        let rest = input.rank - 1 - sizes.count
        let none = [Int](repeating: 0, count: rest)
        let zero = try ReferenceTensor(Float(0)).cast(to: input.type)
        let padded = try input.padded(
            before: [0] + sizes.indices.map { paddings[2 * $0] } + none,
            after: [0] + sizes.indices.map { paddings[2 * $0 + 1] } + none,
            .constant(zero)
        )
        var (apart, together) = ([padded.shape[0]], [padded.shape[0] * area])
        for (axis, size) in sizes.enumerated() {
            let extent = padded.shape[axis + 1]
            guard extent.isMultiple(of: size) else {
                throw ReferenceError("blocks \(sizes) of the padded shape \(padded.shape)")
            }
            apart += [extent / size, size]
            together.append(extent / size)
        }
        apart += padded.shape.suffix(rest)
        together += padded.shape.suffix(rest)
        let order =
            sizes.indices.map { 2 * $0 + 2 } + [0] + sizes.indices.map { 2 * $0 + 1 }
            + (0..<rest).map { 2 * sizes.count + 1 + $0 }
        return try padded.reshaped(apart).transposed(order).reshaped(together)
    }

    private static func batchToSpace(
        _ input: ReferenceTensor,
        _ sizes: [Int],
        _ crops: [Int]
    ) throws(ReferenceError) -> ReferenceTensor {
        let area = try area(input, sizes, crops)
        guard input.shape[0].isMultiple(of: area) else {
            throw ReferenceError("blocks \(sizes) from the shape \(input.shape)")
        }
        let batch = input.shape[0] / area
        let rest = input.rank - 1 - sizes.count
        var order = [sizes.count]
        var (together, start, count) = ([batch], [0], [batch])
        for (axis, size) in sizes.enumerated() {
            order += [sizes.count + 1 + axis, axis]
            let (extent, overflow) = input.shape[axis + 1].multipliedReportingOverflow(by: size)
            guard !overflow else { throw ReferenceError("blocks \(sizes)") }
            together.append(extent)
            start.append(crops[2 * axis])
            count.append(extent - crops[2 * axis] - crops[2 * axis + 1])
        }
        order += (0..<rest).map { 2 * sizes.count + 1 + $0 }
        together += input.shape.suffix(rest)
        start += [Int](repeating: 0, count: rest)
        count += input.shape.suffix(rest)
        return try input.reshaped(sizes + [batch] + input.shape.dropFirst()).transposed(order)
            .reshaped(together).sliced(start: start, count: count)
    }
}
