internal import Proto

/// Einstein's summation, such as `bij,bjk->bik`: axes with one letter go together, those that the result lacks are summed.
///
/// `...` stands for axes that are spread over each other, and come where the result has it.
struct EinsteinSum {
    /// An axis: a letter, or one of those that `...` stands for, counted from the last.
    private enum Label: Hashable {
        case letter(Character)
        case hidden(Int)
    }

    private let equation: String
    private let operands: [Substring]
    private let output: Substring

    init(_ equation: String, operands count: Int) throws(ReferenceError) {
        self.equation = equation
        let sides = equation.split(separator: "->", omittingEmptySubsequences: false)
        guard sides.count == 2 else { throw ReferenceError("the equation '\(equation)'") }
        operands = sides[0].split(separator: ",", omittingEmptySubsequences: false)
        output = sides[1]
        guard operands.count == count else {
            throw ReferenceError("\(count) operands for the equation '\(equation)'")
        }
    }

    func result(of inputs: [ReferenceTensor]) throws(ReferenceError) -> ReferenceTensor {
        var hidden = 0
        var terms: [(labels: [Label], tensor: ReferenceTensor)] = []
        for (text, input) in zip(operands, inputs) {
            let letters = text.count { $0.isLetter }
            let count = text.contains("...") ? input.rank - letters : 0
            guard count >= 0 else { throw misfit(input) }
            hidden = max(hidden, count)
            terms.append(try diagonal(try labels(text, count), input))
        }
        let result = try labels(output, hidden)
        guard Set(result).count == result.count else {
            throw ReferenceError("the equation '\(equation)' has an axis twice in its result")
        }
        // Axes of one operand alone are summed at once.
        for index in terms.indices {
            let others = terms.indices.filter { $0 != index }.flatMap { terms[$0].labels }
            let own = terms[index].labels
            let gone = own.indices.filter { !result.contains(own[$0]) && !others.contains(own[$0]) }
            guard !gone.isEmpty else { continue }
            terms[index] = (
                own.indices.filter { !gone.contains($0) }.map { own[$0] },
                try terms[index].tensor.reduced(.sum, axes: gone, keepsAxes: false)
            )
        }
        guard terms.count == 2 else {
            return try arranged(terms[0].tensor, terms[0].labels, as: result)
        }
        return try product(terms[0], terms[1], result)
    }

    private func product(
        _ first: (labels: [Label], tensor: ReferenceTensor),
        _ second: (labels: [Label], tensor: ReferenceTensor),
        _ result: [Label]
    ) throws(ReferenceError) -> ReferenceTensor {
        let shared = first.labels.filter { second.labels.contains($0) }
        let batch = shared.filter { result.contains($0) }
        let summed = shared.filter { !result.contains($0) }
        let left = first.labels.filter { !shared.contains($0) }
        let right = second.labels.filter { !shared.contains($0) }
        var extents: [Label: Int] = [:]
        for term in [first, second] {
            for (label, extent) in zip(term.labels, term.tensor.shape) {
                let known = extents[label] ?? 1
                guard known == extent || known == 1 || extent == 1 else {
                    throw misfit(term.tensor)
                }
                extents[label] = known == 1 ? extent : known
            }
        }
        func shape(_ labels: [Label]) -> [Int] { labels.map { extents[$0] ?? 1 } }
        func matrices(
            _ term: (labels: [Label], tensor: ReferenceTensor),
            _ rows: [Label],
            _ columns: [Label]
        ) throws(ReferenceError) -> ReferenceTensor {
            let order = batch + rows + columns
            let tensor = try arranged(term.tensor, term.labels, as: order)
            let count = try ReferenceTensor.count(shape(batch))
            return try tensor.spread(over: shape(order)).reshaped([
                count, try ReferenceTensor.count(shape(rows)),
                try ReferenceTensor.count(shape(columns)),
            ])
        }
        let product = try matrices(first, left, summed).batchProduct(
            matrices(second, summed, right)
        )
        let order = batch + left + right
        return try arranged(product.reshaped(shape(order)), order, as: result)
    }

    /// The axes in another order.
    private func arranged(
        _ tensor: ReferenceTensor,
        _ labels: [Label],
        as order: [Label]
    ) throws(ReferenceError) -> ReferenceTensor {
        var places: [Int] = []
        for label in order {
            guard let place = labels.firstIndex(of: label) else { throw misfit(tensor) }
            places.append(place)
        }
        return try tensor.transposed(places)
    }

    /// An operand in which each letter stands once.
    private func diagonal(
        _ labels: [Label],
        _ input: ReferenceTensor
    ) throws(ReferenceError) -> (labels: [Label], tensor: ReferenceTensor) {
        guard labels.count == input.rank else { throw misfit(input) }
        let strides = ReferenceTensor.strides(input.shape)
        var (kept, shape, steps): ([Label], [Int], [Int]) = ([], [], [])
        for (axis, label) in labels.enumerated() {
            if let place = kept.firstIndex(of: label) {
                guard shape[place] == input.shape[axis] else { throw misfit(input) }
                steps[place] += strides[axis]
            } else {
                kept.append(label)
                shape.append(input.shape[axis])
                steps.append(strides[axis])
            }
        }
        guard kept.count < labels.count else { return (labels, input) }
        return (kept, try input.viewed(shape, strides: steps, from: 0))
    }

    private func labels(_ text: Substring, _ hidden: Int) throws(ReferenceError) -> [Label] {
        var labels: [Label] = []
        var rest = text
        while let first = rest.first {
            if rest.hasPrefix("...") {
                labels += (0..<hidden).reversed().map { Label.hidden($0) }
                rest = rest.dropFirst(3)
            } else if first.isLetter {
                labels.append(.letter(first))
                rest = rest.dropFirst()
            } else if first == " " {
                rest = rest.dropFirst()
            } else {
                throw ReferenceError("the equation '\(equation)'")
            }
        }
        return labels
    }

    private func misfit(_ tensor: ReferenceTensor) -> ReferenceError {
        ReferenceError("the shape \(tensor.shape) in the equation '\(equation)'")
    }
}
