package import Networks
internal import Proto
package import Reference

/// The inputs that exports of imported networks are proved with: the same on every machine and for ever.
///
/// Pictures are those of ``FixedPictures`` between 0 and 1, or as bytes; other numbers with a fraction lie between 0 and 1,
/// whole numbers are 0 or 1. Extents that the graph leaves open are tried in turn, as not every one need fit.
package enum FixedInputs {
    /// What open extents are taken for: the number of pictures, the sides of pictures, and any other.
    private static let choices: [(batch: Int, side: Int, other: Int)] = [
        (2, 224, 8), (2, 299, 16), (2, 64, 1), (1, 224, 8), (1, 64, 1), (1, 8, 64),
    ]
    /// The most elements of one input.
    private static let limit = 1 << 26

    /// Ways to choose all inputs of a graph, those that should be tried first in front.
    package static func candidates(for graph: InferenceGraph) -> [[ReferenceTensor]] {
        var candidates: [[ReferenceTensor]] = []
        var shapes: Set<[[Int]]> = []
        for choice in choices {
            let chosen = graph.inputs.map { extents(of: $0, choice) }
            guard shapes.insert(chosen).inserted else { continue }
            var values: [ReferenceTensor] = []
            for (index, port) in graph.inputs.enumerated() {
                guard let value = tensor(chosen[index], port.type, seed: UInt64(index)) else {
                    break
                }
                values.append(value)
            }
            if values.count == graph.inputs.count { candidates.append(values) }
        }
        return candidates
    }

    /// The inputs of a graph in these shapes, if they are not too large.
    static func candidates(for graph: InferenceGraph, _ shapes: [[Int]]) -> [[ReferenceTensor]] {
        var values: [ReferenceTensor] = []
        for (index, port) in graph.inputs.enumerated() {
            guard shapes.indices.contains(index),
                let value = tensor(shapes[index], port.type, seed: UInt64(index))
            else { return [] }
            values.append(value)
        }
        return [values]
    }

    private static func extents(
        of port: InferenceGraph.Port,
        _ choice: (batch: Int, side: Int, other: Int)
    ) -> [Int] {
        guard let shape = port.shape else {
            return isNumber(port.type) || port.type == .uint8
                ? [choice.batch, choice.side, choice.side, 3] : [choice.batch, choice.other]
        }
        return shape.enumerated().map { axis, extent in
            if let extent { return extent }
            if axis == 0 { return choice.batch }
            let isChannel = shape.count == 4 && axis == 3 && shape[1] != 3
            return isChannel ? 3 : shape.count == 4 ? choice.side : choice.other
        }
    }

    private static func isNumber(_ type: DataType) -> Bool {
        [.float32, .float64, .float16, .bfloat16].contains(type)
    }

    /// How the inputs are made, for whoever wants to make them again.
    static let rule =
        "input k in the order of their names: [n, h, w, 3] are the fixed pictures, before any mean is subtracted; else the top 8 bits "
        + "of state = state * 6364136223846793005 + 1442695040888963407 from k * 0x9E3779B97F4A7C15, in row-major order; bytes as they "
        + "are, numbers with a fraction / 255, whole numbers, truths and texts their last bit"

    /// One input; nil if it would be too large.
    static func tensor(
        _ shape: [Int],
        _ type: DataType,
        seed: UInt64
    ) -> ReferenceTensor? {
        guard
            let count = try? ReferenceTensor.$limit.withValue(
                limit,
                operation: { () throws(ReferenceError) in try ReferenceTensor.count(shape) }
            )
        else { return nil }
        let isPicture = shape.count == 4 && shape[3] == 3 && count > 0
        let bytes: [UInt8]
        if isPicture {
            bytes = FixedPictures.bytes(shape[0], height: shape[1], width: shape[2])
        } else {
            var state = seed &* 0x9E37_79B9_7F4A_7C15
            bytes = (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 56)
            }
        }
        let tensor: ReferenceTensor
        switch type {
        case .bool: tensor = ReferenceTensor(unchecked: shape, bytes.map { $0 & 1 == 1 })
        case .string:
            let texts = bytes.map { Array("\($0 & 1)".utf8) }
            return ReferenceTensor(unchecked: shape, elements: .string(texts))
        case .uint8: return ReferenceTensor(unchecked: shape, bytes)
        case _ where isNumber(type):
            tensor = ReferenceTensor(unchecked: shape, bytes.map { Float($0) / 255 })
        default: tensor = ReferenceTensor(unchecked: shape, bytes.map { Int32($0 & 1) })
        }
        return tensor.type == type ? tensor : try? tensor.cast(to: type)
    }
}
