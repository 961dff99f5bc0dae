internal import Proto

/// What optimisers of graphs leave that turn pictures' axes.
extension ReferenceOperation {
    static let formats: [String: ReferenceOperation] = [
        "DataFormatDimMap": .one(1...1) { call throws(ReferenceError) in
            let (from, to) = try letters(call.node)
            var places: [Int] = []
            for number in try call[0].integers() {
                let place = number < 0 ? number + from.count : number
                guard from.indices.contains(place), let other = to.firstIndex(of: from[place])
                else {
                    throw ReferenceError("axis \(number) of \(from.count)")
                }
                places.append(other)
            }
            return try ReferenceTensor(call[0].shape, integers: places, as: call[0].type)
        },
        "DataFormatVecPermute": .one(1...1) { call throws(ReferenceError) in
            var (from, to) = try letters(call.node)
            // A vector of two has those of rows and columns.
            let count = try call[0].shape.first ?? 0
            if count == from.count - 2 {
                let inner: Set<UInt8> = Set("DHW".utf8)
                (from, to) = (from.filter(inner.contains), to.filter(inner.contains))
            }
            var places: [Int?] = []
            for letter in to { places.append(from.firstIndex(of: letter)) }
            guard count == from.count, !places.contains(nil) else {
                throw ReferenceError("the shape \(try call[0].shape) for \(from.count) axes")
            }
            return try call[0].taken(places, axis: 0)
        },
    ]

    private static func letters(
        _ node: NodeDef
    ) throws(ReferenceError) -> (from: [UInt8], to: [UInt8]) {
        let from = Array(try node.text("src_format", default: "NHWC").utf8)
        let to = Array(try node.text("dst_format", default: "NCHW").utf8)
        guard from.count == to.count, Set(from) == Set(to), Set(from).count == from.count else {
            throw node.unfit("dst_format", "the letters of src_format in another order")
        }
        return (from, to)
    }
}
