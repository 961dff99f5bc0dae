package import Proto
package import Reference

/// A tensor of an imported graph: an output of one of its nodes, by number.
package struct TensorPlace: Hashable, Sendable {
    package var node: Int
    package var output = 0

    /// An output of a node.
    package init(node: Int, output: Int = 0) {
        self.node = node
        self.output = output
    }
}

/// What is known of a tensor before there are pictures.
///
/// How it hangs on the number of pictures shows by trying several numbers.
package struct TensorForm: Sendable {
    /// The type of its elements.
    package var type: DataType
    /// Its shape for each number of pictures.
    package var shapes: [[Int]]
    /// Its values for each number of pictures, where they follow from shapes and constants alone, and are few.
    package var values: [ReferenceTensor]?
    /// Whether it is the same whatever the pictures are.
    package var isConstant = false

    /// Its values, if they are the same for every number of pictures.
    package var value: ReferenceTensor? {
        guard let values, let first = values.first, values.allSatisfy({ $0 == first }) else {
            return nil
        }
        return first
    }

    /// How many rows each picture has of the first axis, and the extents of the others, the same for every number of
    /// pictures; nil if the tensor does not come apart like that.
    func perPicture(_ samples: [Int]) -> (lead: Int, rest: [Int])? {
        guard let first = shapes.first, let extent = first.first, samples[0] > 0,
            extent > 0, extent % samples[0] == 0
        else { return nil }
        let (lead, rest) = (extent / samples[0], Array(first.dropFirst()))
        for (shape, sample) in zip(shapes, samples) {
            guard shape.first == lead * sample, Array(shape.dropFirst()) == rest else { return nil }
        }
        guard !rest.contains(0) else { return nil }
        return (lead, rest)
    }

    /// Whole numbers that hang on the number of pictures as a + b * pictures, a pair for each; nil if they do not.
    package func affine(_ samples: [Int]) -> [(fixed: Int, each: Int)]? {
        guard let values, values.count == samples.count, [.int32, .int64].contains(type) else {
            return nil
        }
        var numbers: [[Int]] = []
        for value in values {
            guard let integers = try? value.integers() else { return nil }
            numbers.append(integers)
        }
        guard numbers.allSatisfy({ $0.count == numbers[0].count }) else { return nil }
        var result: [(fixed: Int, each: Int)] = []
        for index in numbers[0].indices {
            let list = numbers.map { $0[index] }
            var each = 0
            if let other = samples.indices.first(where: { samples[$0] != samples[0] }) {
                let (step, overflow) = list[other].subtractingReportingOverflow(list[0])
                guard !overflow, step % (samples[other] - samples[0]) == 0 else { return nil }
                each = step / (samples[other] - samples[0])
            }
            let (own, overflow) = each.multipliedReportingOverflow(by: samples[0])
            let (fixed, isOver) = list[0].subtractingReportingOverflow(own)
            guard !overflow, !isOver else { return nil }
            for (number, sample) in zip(list, samples) {
                let (product, overflow) = each.multipliedReportingOverflow(by: sample)
                let (sum, isOver) = product.addingReportingOverflow(fixed)
                guard !overflow, !isOver, sum == number else { return nil }
            }
            result.append((fixed, each))
        }
        return result
    }
}
