internal import Formats
internal import Networks
internal import Proto
internal import Reference

// Parts of pictures brought to one size, and windows with a kernel that is added.
extension ONNXTranslator {
    static let crops: [String: Handler] = [
        "CropAndResize": { one, call throws(ReferenceError) in try one.cropped(call) },
        "Dilation2D": { one, call throws(ReferenceError) in try one.dilated(call) },
    ]

    /// Boxes that are constants: rows and columns by products with matrices, what lies outside filled.
    private mutating func cropped(_ call: ONNXCall) throws(ReferenceError) {
        let (boxes, places) = (try constant(call[1]), try integers(call[2]))
        let (shape, size) = (try shape(call[0]), try integers(call[3]))
        guard shape.count == 4, let height = shape[1], let width = shape[2], height > 0, width > 0,
            size.count == 2, size.allSatisfy({ $0 > 0 }), !places.isEmpty,
            boxes.shape == [places.count, 4]
        else { throw ReferenceError("boxes of pictures of open extents") }
        let numbers = try boxes.floats().map { Float($0) }
        let rows = try shares(call, numbers, 0, of: height, size[0])
        let columns = try shares(call, numbers, 1, of: width, size[1])
        var value = try planar(call[0])
        if try type(call[0]) != .float32 { value = cast(value, to: .float32, call.part("float")) }
        value = append(
            "Gather",
            call.part("pictures"),
            [value, integers(places)],
            ["axis": .integer(0)]
        )
        let count = places.count
        let right = try columns.transposed([0, 2, 1]).reshaped([count, 1, width, size[1]])
        let left = try rows.reshaped([count, 1, size[0], height])
        value = append("MatMul", call.part("columns"), [value, array(right)])
        let outside = try call.node.float("extrapolation_value", default: 0)
        let isInside = try inside(rows, columns)
        guard outside != 0, isInside.contains(false) else {
            let name = append("MatMul", call.name, [array(left), value])
            return set(call, name, planar: true)
        }
        value = append("MatMul", call.part("rows"), [array(left), value])
        let test = array(ReferenceTensor(unchecked: [count, 1, size[0], size[1]], isInside))
        let filler = array(ReferenceTensor(outside))
        set(call, append("Where", call.name, [test, value, filler]), planar: true)
    }

    /// What each pixel along an axis gives to each place of each box, `[box, place, pixel]`: what becomes of single pixels.
    private func shares(
        _ call: ONNXCall,
        _ boxes: [Float],
        _ axis: Int,
        of extent: Int,
        _ count: Int
    ) throws(ReferenceError) -> ReferenceTensor {
        let all = boxes.count / 4
        guard try ReferenceTensor.count([all, count, extent]) <= 1 << 24, extent <= 1 << 12 else {
            throw ReferenceError("\(all) boxes of \(extent) pixels")
        }
        // A picture of one column, a channel for each of its pixels.
        var pixels = [Float](repeating: 0, count: extent * extent)
        for pixel in 0..<extent { pixels[pixel * (extent + 1)] = 1 }
        let picture = try ReferenceTensor([1, extent, 1, extent], pixels)
        var ends: [Float] = []
        for box in 0..<all { ends += [boxes[4 * box + axis], 0, boxes[4 * box + axis + 2], 0] }
        let node = NodeDef(
            name: call.name,
            operation: call.node.operation,
            attributes: call.node.attributes.filter { Name($0.name) == "method" }
        )
        let found = try ReferenceOperation.evaluate(
            node,
            [
                picture, ReferenceTensor([all, 4], ends),
                ReferenceTensor(list: [Int32](repeating: 0, count: all)),
                ReferenceTensor(list: [Int32(truncatingIfNeeded: count), 1]),
            ]
        )
        return try found[0].reshaped([all, count, extent])
    }

    /// Whether each place of each box lies in the picture: its pixels then give it something.
    private func inside(
        _ rows: ReferenceTensor,
        _ columns: ReferenceTensor
    ) throws(ReferenceError) -> [Bool] {
        func seen(_ shares: ReferenceTensor) -> [[Bool]] {
            let (count, extent) = (shares.shape[1], shares.shape[2])
            let values = shares.values
            return (0..<shares.shape[0]).map { box in
                (0..<count).map { place in
                    let start = (box * count + place) * extent
                    return values[start..<(start + extent)].contains { $0 != 0 }
                }
            }
        }
        return zip(seen(rows), seen(columns)).flatMap { rows, columns in
            rows.flatMap { row in columns.map { row && $0 } }
        }
    }

    /// The largest of what a window's cells see, each with its own number added.
    private mutating func dilated(_ call: ONNXCall) throws(ReferenceError) {
        let (shape, kernel) = (try shape(call[0]), try shape(call[1]))
        let (strides, rates) = (
            try call.node.integers("strides"), try call.node.integers("rates")
        )
        guard shape.count == 4, let height = shape[1], let width = shape[2], kernel.count == 3,
            let rows = kernel[0], let columns = kernel[1], let channels = kernel[2],
            rows > 0, columns > 0, rows <= 32, columns <= 32, strides.count == 4, rates.count == 4,
            (strides + rates).allSatisfy({ (1...(1 << 16)).contains($0) })
        else { throw ReferenceError("a window over open extents, or a large one") }
        var geometry = WindowGeometry()
        geometry.strides = [strides[1], strides[2]]
        geometry.dilations = [rates[1], rates[2]]
        if try call.node.word("padding", of: ["VALID", "SAME"]) == "SAME" {
            geometry.padSame(height: height, width: width, window: [rows, columns])
        }
        var value = try planar(call[0])
        if (geometry.rows + geometry.columns).contains(where: { $0 > 0 }) {
            let pads = integers([
                0, 0, geometry.rows[0], geometry.columns[0], 0, 0, geometry.rows[1],
                geometry.columns[1],
            ])
            let least = try number(-.infinity, type(call[0]))
            value = append(
                "Pad",
                call.part("border"),
                [value, pads, least],
                ["mode": .text("constant")]
            )
        }
        // A number for each cell and channel, as pictures want them.
        let flat = try reshaped(
            own(call[1]),
            to: [rows * columns, channels, 1, 1],
            call.part("kernel")
        )
        let extents = [
            height + geometry.rows[0] + geometry.rows[1],
            width + geometry.columns[0] + geometry.columns[1],
        ]
        let spans = zip([rows, columns], geometry.dilations).map { ($0 - 1) * $1 + 1 }
        guard extents[0] >= spans[0], extents[1] >= spans[1] else {
            throw ReferenceError("a window \(spans) on \(extents)")
        }
        let counts = (0..<2).map { (extents[$0] - spans[$0]) / geometry.strides[$0] + 1 }
        var cells: [String] = []
        for row in 0..<rows {
            for column in 0..<columns {
                let part = call.part("cell\(row * columns + column)")
                let starts = [row * geometry.dilations[0], column * geometry.dilations[1]]
                let ends = (0..<2).map { starts[$0] + (counts[$0] - 1) * geometry.strides[$0] + 1 }
                let seen = append(
                    "Slice",
                    "\(part)/seen",
                    [
                        value, integers(starts), integers(ends), integers([2, 3]),
                        integers(geometry.strides),
                    ]
                )
                let cell = append(
                    "Gather",
                    "\(part)/number",
                    [flat, array(ReferenceTensor(Int64(row * columns + column)))],
                    ["axis": .integer(0)]
                )
                cells.append(append("Add", part, [seen, cell]))
            }
        }
        set(call, append("Max", call.name, cells), planar: true)
    }
}
