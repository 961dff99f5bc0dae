internal import Formats
internal import Networks
internal import Proto
internal import Reference

// Pictures of other sizes.
extension ONNXTranslator {
    static let resizes: [String: Handler] = [
        "ResizeNearestNeighbor": { one, call throws(ReferenceError) in
            try one.resizedToNearest(call)
        },
        "ResizeBilinear": { one, call throws(ReferenceError) in
            try one.resizedBilinearly(call)
        },
        "ResizeBicubic": sampling, "ResizeArea": sampling,
    ]

    /// The rows and columns before and after.
    private func sides(
        _ call: ONNXCall
    ) throws(ReferenceError) -> [(source: Int, result: Int)] {
        let shape = try shape(call[0])
        let size = try integers(call[1])
        guard shape.count == 4, size.count == 2, let height = shape[1], let width = shape[2],
            height > 0, width > 0, size.allSatisfy({ (1...(1 << 20)).contains($0) })
        else { throw ReferenceError("pictures of an open size") }
        return [(height, size[0]), (width, size[1])]
    }

    /// The numbers that rows and columns are made more by, if they are whole, and the same for every size.
    private func factors(_ call: ONNXCall) -> [Int]? {
        guard let place = call.inputs.first, let given = graph.form(place)?.shapes,
            let made = graph.form(call.place)?.shapes
        else { return nil }
        var factors: Set<[Int]> = []
        for (source, result) in zip(given, made) {
            guard source.count == 4, result.count == 4, source[1] > 0, source[2] > 0,
                result[1].isMultiple(of: source[1]), result[2].isMultiple(of: source[2]),
                result[1] > 0, result[2] > 0
            else { return nil }
            factors.insert([result[1] / source[1], result[2] / source[2]])
        }
        return factors.count == 1 ? factors.first : nil
    }

    private mutating func resizedToNearest(_ call: ONNXCall) throws(ReferenceError) {
        let isAligned = try call.node.bool("align_corners", default: false)
        if !isAligned, let factors = factors(call) {
            let scales = array(ReferenceTensor(list: [1, 1] + factors.map { Float($0) }))
            let name = append(
                "Resize",
                call.name,
                [try planar(call[0]), "", scales],
                [
                    "mode": .text("nearest"), "nearest_mode": .text("floor"),
                    "coordinate_transformation_mode": .text("asymmetric"),
                ]
            )
            return set(call, name, planar: true)
        }
        // Which pixel is nearest is a matter of rounding: it is told, not computed.
        let sides = try sides(call)
        let rule = try rule(call)
        var value = try planar(call[0])
        for (index, side) in sides.enumerated() where side.source != side.result {
            let places = integers(rule.nearest(side.source, side.result))
            let part = call.part(index == 0 ? "rows" : "columns")
            value = append("Gather", part, [value, places], ["axis": .integer(2 + index)])
        }
        set(call, value, planar: true)
    }

    private mutating func resizedBilinearly(_ call: ONNXCall) throws(ReferenceError) {
        let extents = try shape(call[0])[1...] + shape(call.place)[1...]
        let isOpen = extents.contains(nil)
        let sides = isOpen ? [] : try sides(call)
        let mode =
            switch try rule(call) {
            case .cornersAtZero: "asymmetric"
            case .alignedCorners: "align_corners"
            case .centres: "half_pixel"
            }
        var value = try planar(call[0])
        let type = try type(call[0])
        if type != .float32 { value = cast(value, to: .float32, call.part("float")) }
        let scales = sides.map { Float($0.result) / Float($0.source) }
        let attributes: [Name: ONNXAttribute] = [
            "mode": .text("linear"), "coordinate_transformation_mode": .text(mode),
        ]
        var inputs = [value, ""]
        if !isOpen, zip(sides, scales).allSatisfy({ Float($0.source) * $1 == Float($0.result) }) {
            inputs.append(array(ReferenceTensor(list: [1, 1] + scales)))
        } else {
            let range: [Name: ONNXAttribute] = ["start": .integer(0), "end": .integer(2)]
            let lead = append("Shape", call.part("lead"), [value], range)
            let size = isOpen ? try wide(call[1]) : integers(sides.map(\.result))
            let whole = append("Concat", call.part("size"), [lead, size], ["axis": .integer(0)])
            inputs += ["", whole]
        }
        set(call, append("Resize", call.name, inputs, attributes), planar: true)
    }

    private func rule(_ call: ONNXCall) throws(ReferenceError) -> ResizeRule {
        let isAligned = try call.node.bool("align_corners", default: false)
        let hasCentres = try call.node.bool("half_pixel_centers", default: false)
        guard !(isAligned && hasCentres) else {
            throw ReferenceError("corners and centres are aligned")
        }
        return isAligned ? .alignedCorners : hasCentres ? .centres : .cornersAtZero
    }

    /// Rows and columns by products with matrices: ONNX knows no such interpolation.
    private static let sampling: Handler = { one, call throws(ReferenceError) in
        let sides = try one.sides(call)
        var value = try one.planar(call[0])
        if try one.type(call[0]) != .float32 {
            value = one.cast(value, to: .float32, call.part("float"))
        }
        let columns = try samples(call, sides[1].source, sides[1].result)
        value = one.append("MatMul", call.part("columns"), [value, one.array(columns)])
        let rows = try samples(call, sides[0].source, sides[0].result).transposed([1, 0])
        one.set(call, one.append("MatMul", call.name, [one.array(rows), value]), planar: true)
    }

    /// What each pixel gives to each place, `[source, result]`: what becomes of pictures of one pixel.
    private static func samples(
        _ call: ONNXCall,
        _ source: Int,
        _ result: Int
    ) throws(ReferenceError) -> ReferenceTensor {
        let count = try ReferenceTensor.count([source, source])
        guard try ReferenceTensor.count([source, result]) <= 1 << 24, count <= 1 << 24 else {
            throw ReferenceError("\(source) pixels as \(result)")
        }
        let single = (0..<count).map { $0 % (source + 1) == 0 ? Float(1) : 0 }
        let pictures = try ReferenceTensor([source, source, 1, 1], single)
        let size = ReferenceTensor(list: [Int32(truncatingIfNeeded: result), 1])
        return try ReferenceOperation.evaluate(call.node, [pictures, size])[0]
            .reshaped([source, result])
    }
}
