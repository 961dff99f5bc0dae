internal import Proto

// Operations that take several elements together.
extension ReferenceTensor {
    /// How elements are taken together.
    package enum Reduction: Sendable {
        case sum
        case mean
        case product
        case maximum
        case minimum
    }

    /// Takes numbers together along some axes; sums are float64 until the end, those of whole numbers wrap.
    ///
    /// - Throws: ``ReferenceError`` if there is no such axis, or the elements are no numbers.
    package func reduced(
        _ reduction: Reduction,
        axes numbers: [Int],
        keepsAxes: Bool
    ) throws(ReferenceError) -> ReferenceTensor {
        let plan = try ReductionPlan(self, axes: numbers, keepsAxes: keepsAxes)
        let elements = try elements.accept(
            numbers: NumberReduction(plan: plan, reduction: reduction)
        )
        return ReferenceTensor(unchecked: plan.result, elements: elements)
    }

    /// Whether all, or any, of the truths along some axes hold.
    ///
    /// - Throws: ``ReferenceError`` if there is no such axis, or the elements are no truths.
    package func reducedTruths(
        all: Bool,
        axes numbers: [Int],
        keepsAxes: Bool
    ) throws(ReferenceError) -> ReferenceTensor {
        let plan = try ReductionPlan(self, axes: numbers, keepsAxes: keepsAxes)
        let values = try truths()
        var output = [Bool](repeating: all, count: plan.count)
        plan.walk { index, place in
            output[place] = all ? output[place] && values[index] : output[place] || values[index]
        }
        return ReferenceTensor(unchecked: plan.result, output)
    }

    /// exp(x) over the sum of all exp(x) along an axis, or its logarithm.
    ///
    /// - Throws: ``ReferenceError`` if there is no such axis.
    package func softmax(
        axis number: Int,
        isLogarithm: Bool = false
    ) throws(ReferenceError) -> ReferenceTensor {
        let wide = try cast(to: .float64)
        let largest = try wide.reduced(.maximum, axes: [number], keepsAxes: true)
        let shifted = try wide.combined(with: largest) { $0 - $1 }
        let powers = try shifted.mapped(Real.exp)
        let sums = try powers.reduced(.sum, axes: [number], keepsAxes: true)
        let result =
            isLogarithm
            ? try shifted.combined(with: sums) { $0 - Real.log($1) }
            : try powers.combined(with: sums) { $0 / $1 }
        return try result.cast(to: type)
    }

    /// The first index of the largest or smallest number along an axis, which disappears unless it is kept.
    ///
    /// - Throws: ``ReferenceError`` if there is no such axis, or it is empty.
    package func indexOfExtreme(
        axis number: Int,
        isMaximum: Bool = true,
        keepsAxis: Bool = false
    ) throws(ReferenceError) -> (shape: [Int], indices: [Int]) {
        let axis = try axis(number)
        let extent = shape[axis]
        guard extent > 0 else { throw ReferenceError("the largest of no elements") }
        let inner = shape[(axis + 1)...].reduce(1, *)
        let outer = shape[..<axis].reduce(1, *)
        let search = ExtremeSearch(
            extent: extent,
            inner: inner,
            outer: inner == 0 ? 0 : outer,
            isMaximum: isMaximum
        )
        var result = shape
        if keepsAxis { result[axis] = 1 } else { result.remove(at: axis) }
        return (result, try elements.accept(numbers: search))
    }
}

/// Which element goes where when axes disappear.
struct ReductionPlan {
    let shape: [Int]
    /// The shape of the result.
    let result: [Int]
    /// The elements of the result.
    let count: Int
    /// The elements that are taken together for each.
    let share: Int
    private let strides: [Int]
    private let isEmpty: Bool

    init(_ tensor: ReferenceTensor, axes numbers: [Int], keepsAxes: Bool) throws(ReferenceError) {
        var axes: Set<Int> = []
        for number in numbers { axes.insert(try tensor.axis(number)) }
        shape = tensor.shape
        let kept = shape.indices.map { axes.contains($0) ? 1 : tensor.shape[$0] }
        let inner = ReferenceTensor.strides(kept)
        strides = shape.indices.map { axes.contains($0) ? 0 : inner[$0] }
        count = try ReferenceTensor.count(kept)
        share = axes.reduce(1) { $0 * tensor.shape[$1] }
        result =
            keepsAxes ? kept : shape.indices.filter { !axes.contains($0) }.map { tensor.shape[$0] }
        isEmpty = tensor.count == 0
    }

    /// Calls `body` with the place of every element, in order, and that of the result it belongs to.
    @inline(__always)
    func walk(_ body: (_ element: Int, _ result: Int) -> Void) {
        guard !isEmpty else { return }
        var position = Position(Array(shape.dropLast()))
        var index = 0
        let (width, step) = (shape.last ?? 1, strides.last ?? 0)
        repeat {
            var place = position.offset(strides)
            for _ in 0..<width {
                body(index, place)
                index += 1
                place += step
            }
        } while position.advance()
    }
}

private struct NumberReduction: NumberVisitor {
    let plan: ReductionPlan
    let reduction: ReferenceTensor.Reduction

    func visit<Element: FloatElement>(floats values: [Element]) -> ReferenceElements {
        let start: Double =
            switch reduction {
            case .sum, .mean: 0
            case .product: 1
            case .maximum: -.infinity
            case .minimum: .infinity
            }
        var output = [Double](repeating: start, count: plan.count)
        switch reduction {
        case .sum, .mean: plan.walk { output[$1] += values[$0].wide }
        case .product: plan.walk { output[$1] *= values[$0].wide }
        case .maximum:
            plan.walk {
                let value = values[$0].wide
                if !(value <= output[$1]) && !output[$1].isNaN { output[$1] = value }
            }
        case .minimum:
            plan.walk {
                let value = values[$0].wide
                if !(value >= output[$1]) && !output[$1].isNaN { output[$1] = value }
            }
        }
        // The mean of nothing is 0 / 0.
        let divisor = reduction == .mean ? Double(plan.share) : 1
        return Element.elements(output.map { Element(rounding: $0 / divisor) })
    }

    func visit<Element: IntegerElement>(
        integers values: [Element]
    ) throws(ReferenceError) -> ReferenceElements {
        let start: Element =
            switch reduction {
            case .sum, .mean: 0
            case .product: 1
            case .maximum: .min
            case .minimum: .max
            }
        var output = [Element](repeating: start, count: plan.count)
        switch reduction {
        case .sum, .mean: plan.walk { output[$1] &+= values[$0] }
        case .product: plan.walk { output[$1] &*= values[$0] }
        case .maximum: plan.walk { output[$1] = max(output[$1], values[$0]) }
        case .minimum: plan.walk { output[$1] = min(output[$1], values[$0]) }
        }
        guard reduction == .mean, plan.count > 0 else { return Element.elements(output) }
        guard plan.share > 0, let divisor = Element(exactly: plan.share) else {
            throw ReferenceError("the mean of \(plan.share) whole numbers")
        }
        return Element.elements(output.map { $0 / divisor })
    }
}

private struct ExtremeSearch: NumberVisitor {
    let extent: Int
    let inner: Int
    let outer: Int
    let isMaximum: Bool

    func visit<Element: FloatElement>(floats values: [Element]) -> [Int] {
        isMaximum
            ? search { values[$0].wide > values[$1].wide }
            : search { values[$0].wide < values[$1].wide }
    }

    func visit<Element: IntegerElement>(integers values: [Element]) -> [Int] {
        isMaximum ? search { values[$0] > values[$1] } : search { values[$0] < values[$1] }
    }

    private func search(_ isBetter: (Int, Int) -> Bool) -> [Int] {
        var indices: [Int] = []
        for first in 0..<outer {
            for last in 0..<inner {
                let start = first * extent * inner + last
                var best = 0
                for index in 1..<max(extent, 1)
                where isBetter(start + index * inner, start + best * inner) {
                    best = index
                }
                indices.append(best)
            }
        }
        return indices
    }
}
