internal import Proto

/// Boxes of pictures, each brought to one size.
///
/// Boxes are `[top, left, bottom, right]` in shares of the picture less one pixel; what lies outside has one value.
struct CropAndResize {
    private let boxes: [Double]
    private let pictures: [Int]
    private let height: Int
    private let width: Int
    private let isNearest: Bool
    private let outside: Float

    init(_ call: OperationCall) throws(ReferenceError) {
        pictures = try call[2].integers()
        guard try call[1].shape == [pictures.count, 4] else {
            throw ReferenceError("boxes \(try call[1].shape) of \(pictures.count) pictures")
        }
        boxes = try call[1].floats()
        guard boxes.allSatisfy(\.isFinite) else { throw ReferenceError("boxes without ends") }
        let size = try call[3].integers()
        guard size.count == 2, size.allSatisfy({ $0 > 0 }) else {
            throw ReferenceError("the size \(size)")
        }
        (height, width) = (size[0], size[1])
        isNearest =
            try call.node.word("method", of: ["bilinear", "nearest"], default: "bilinear")
            == "nearest"
        outside = try call.node.float("extrapolation_value", default: 0)
    }

    func result(of input: ReferenceTensor) throws(ReferenceError) -> ReferenceTensor {
        guard input.rank == 4, input.shape[1] > 0, input.shape[2] > 0 else {
            throw ReferenceError("pictures of the shape \(input.shape)")
        }
        for picture in pictures where !(0..<input.shape[0]).contains(picture) {
            throw ReferenceError("picture \(picture) of \(input.shape[0])")
        }
        let shape = [pictures.count, height, width, input.shape[3]]
        _ = try ReferenceTensor.count(shape)
        var crops: [ReferenceTensor] = []
        for (box, picture) in pictures.enumerated() {
            let ends = (0..<4).map { Float(boxes[4 * box + $0]) }
            let rows = taps(ends[0], ends[2], of: input.shape[1], height)
            let columns = taps(ends[1], ends[3], of: input.shape[2], width)
            let crop = try input.taken([picture], axis: 0).cast(to: .float32)
                .resampled(axis: 1, rows.map { $0 ?? [] })
                .resampled(axis: 2, columns.map { $0 ?? [] })
            crops.append(try filled(crop, rows.map { $0 == nil }, columns.map { $0 == nil }))
        }
        guard !crops.isEmpty else { return try ReferenceTensor(shape, [Float]()) }
        return try .concatenated(crops, axis: 0)
    }

    /// The places of a box along an axis; nil where they lie outside.
    private func taps(_ from: Float, _ to: Float, of extent: Int, _ count: Int) -> [ResizeTaps?] {
        let reach = Float(extent - 1)
        let scale = count > 1 ? (to - from) * reach / Float(count - 1) : 0
        return (0..<count).map { index in
            let place =
                count > 1 ? from * reach + Float(index) * scale : 0.5 * (from + to) * reach
            guard place >= 0, place <= reach else { return nil }
            if isNearest { return [(Int(place.rounded(.toNearestOrAwayFromZero)), 1)] }
            let low = place.rounded(.down)
            let share = Double(place - low)
            return [(Int(low), 1 - share), (Int(place.rounded(.up)), share)]
        }
    }

    private func filled(
        _ crop: ReferenceTensor,
        _ rows: [Bool],
        _ columns: [Bool]
    ) throws(ReferenceError) -> ReferenceTensor {
        guard outside != 0, rows.contains(true) || columns.contains(true) else { return crop }
        var values = crop.values
        let channels = crop.shape[3]
        for index in values.indices {
            let pixel = index / channels
            if rows[pixel / width] || columns[pixel % width] { values[index] = outside }
        }
        return ReferenceTensor(unchecked: crop.shape, values)
    }
}
