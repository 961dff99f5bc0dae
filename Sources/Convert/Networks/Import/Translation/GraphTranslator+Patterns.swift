internal import Engine
internal import Proto
internal import Reference

// Functions that graphs write as arithmetic.
extension GraphTranslator {
    /// Lets a product be the function that it is written for, if it is one; else leaves it.
    ///
    /// - Returns: whether it was one.
    mutating func productPattern(_ call: TranslationCall) -> Bool {
        let product = factors(TensorPlace(node: call.number))
        guard product.rest.count == 2 else { return false }
        for (x, other) in [
            (product.rest[0], product.rest[1]), (product.rest[1], product.rest[0]),
        ] {
            guard let function = gated(x, other, product.number) else { continue }
            apply(function, call, x)
            return carried[TensorPlace(node: call.number)] != nil
        }
        return false
    }

    /// The function that number * x * other is.
    private func gated(
        _ x: TensorPlace,
        _ other: TensorPlace,
        _ number: Double
    ) -> Nonlinearity.Function? {
        let call = producer(other)
        switch call.node.operation {
        case "Sigmoid":
            guard Self.isNear(number, 1), let inner = call[0] else { return nil }
            let argument = factors(inner)
            guard argument.rest == [x] else { return nil }
            return .swish(beta: Float(argument.number))
        case "Relu6":
            guard Self.isNear(number, 1.0 / 6), let inner = call[0],
                let (base, summand) = sum(inner), base == x, summand == 3
            else { return nil }
            return .hardSwish
        case "Tanh":
            guard Self.isNear(number, 1), let inner = call[0] else { return nil }
            let softplus = producer(inner)
            return softplus.node.operation == "Softplus" && softplus[0] == x ? .mish : nil
        case "Add", "AddV2":
            guard Self.isNear(number, 0.5), let (base, summand) = sum(other), summand == 1 else {
                return nil
            }
            let inner = producer(base)
            guard let argument = inner[0] else { return nil }
            if inner.node.operation == "Erf" {
                let scaled = factors(argument)
                guard scaled.rest == [x], Self.isNear(scaled.number, 0.5.squareRoot()) else {
                    return nil
                }
                return .gelu
            }
            return inner.node.operation == "Tanh" && isCubic(argument, of: x) ? .geluByTanh : nil
        default: return nil
        }
    }

    /// Whether a tensor is √(2 / π) * (x + 0.044715 * x³).
    private func isCubic(_ place: TensorPlace, of x: TensorPlace) -> Bool {
        let outer = factors(place)
        guard outer.rest.count == 1, Self.isNear(outer.number, (2 / Double.pi).squareRoot()) else {
            return false
        }
        let sum = producer(outer.rest[0])
        guard ["Add", "AddV2"].contains(sum.node.operation), sum.inputs.count == 2 else {
            return false
        }
        for (first, second) in [(sum.inputs[0], sum.inputs[1]), (sum.inputs[1], sum.inputs[0])]
        where first == x {
            let cube = factors(second)
            guard Self.isNear(cube.number, 0.044715) else { continue }
            if cube.rest == [x, x, x] { return true }
            guard cube.rest.count == 1 else { continue }
            let power = producer(cube.rest[0])
            if power.node.operation == "Pow", power[0] == x, number(power[1]) == 3 { return true }
        }
        return false
    }

    private static func isNear(_ number: Double, _ wanted: Double) -> Bool {
        abs(number - wanted) <= 1e-6 * abs(wanted)
    }

    /// A tensor as a number times others, through products and quotients.
    private func factors(_ place: TensorPlace) -> (number: Double, rest: [TensorPlace]) {
        var factor = 1.0
        var rest: [TensorPlace] = []
        var waiting = [place]
        var steps = 0
        while let next = waiting.popLast() {
            steps += 1
            let call = producer(next)
            // What is needed elsewhere too is a factor by itself.
            let isInner = next == place || uses[next] == 1
            if steps < 16, isInner, ["Mul", "RealDiv"].contains(call.node.operation),
                let first = call[0], let second = call[1]
            {
                if let value = number(second), value != 0 {
                    factor *= call.node.operation == "Mul" ? value : 1 / value
                    waiting.append(first)
                    continue
                }
                if call.node.operation == "Mul" {
                    if let value = number(first) {
                        factor *= value
                        waiting.append(second)
                    } else {
                        waiting += [second, first]
                    }
                    continue
                }
            }
            if call.node.operation == "Square", isInner, let inner = call[0] {
                rest += [inner, inner]
                continue
            }
            rest.append(next)
        }
        return (factor, rest)
    }

    /// A tensor as another plus a number.
    private func sum(_ place: TensorPlace) -> (base: TensorPlace, summand: Double)? {
        let call = producer(place)
        guard ["Add", "AddV2"].contains(call.node.operation), let first = call[0],
            let second = call[1]
        else { return nil }
        if let value = number(second) { return (first, value) }
        if let value = number(first) { return (second, value) }
        return nil
    }

    // MARK: Layer norm

    /// Lets a sum be the layer norm that it is written for: x * m + (beta - mean * m), m = rsqrt(variance + epsilon) * gamma.
    ///
    /// - Returns: whether it was one.
    mutating func layerNormPattern(_ call: TranslationCall) -> Bool {
        guard let first = call[0], let second = call[1] else { return false }
        for (scaled, shift) in [(first, second), (second, first)] {
            let (product, difference) = (producer(scaled), producer(shift))
            guard product.node.operation == "Mul", difference.node.operation == "Sub",
                let betaPlace = difference[0], let beta = vector(betaPlace),
                let meanPlace = difference[1]
            else { continue }
            let mean = producer(meanPlace)
            guard mean.node.operation == "Mul" else { continue }
            for (x, scale) in pairs(product) {
                for (centre, other) in pairs(mean) where other == scale {
                    guard let norm = norm(x, centre, scale),
                        norm.gamma == nil || norm.gamma?.count == beta.count
                    else { continue }
                    if layerNorm(call, x, norm.epsilon, norm.gamma, beta) { return true }
                }
            }
        }
        return false
    }

    private func pairs(_ call: TranslationCall) -> [(TensorPlace, TensorPlace)] {
        guard let first = call[0], let second = call[1] else { return [] }
        return [(first, second), (second, first)]
    }

    /// The numbers of rsqrt(variance + epsilon) * gamma.
    private func norm(
        _ x: TensorPlace,
        _ centre: TensorPlace,
        _ scale: TensorPlace
    ) -> (epsilon: Double, gamma: [Double]?)? {
        guard isMean(centre, of: x) else { return nil }
        var (root, gamma): (TensorPlace, [Double]?) = (scale, nil)
        let product = producer(scale)
        if product.node.operation == "Mul" {
            guard let first = product[0], let second = product[1] else { return nil }
            if let numbers = vector(second) {
                (root, gamma) = (first, numbers)
            } else if let numbers = vector(first) {
                (root, gamma) = (second, numbers)
            } else {
                return nil
            }
        }
        let call = producer(root)
        guard call.node.operation == "Rsqrt", let argument = call[0],
            let (variance, epsilon) = sum(argument)
        else { return nil }
        let mean = producer(variance)
        guard mean.node.operation == "Mean", let squares = mean[0],
            isOverLast(mean), keepsAxes(mean)
        else { return nil }
        let difference = producer(squares)
        guard difference.node.operation == "SquaredDifference",
            difference.inputs == [x, centre] || difference.inputs == [centre, x]
        else { return nil }
        return (epsilon, gamma)
    }

    private func isMean(_ place: TensorPlace, of x: TensorPlace) -> Bool {
        let call = producer(place)
        return call.node.operation == "Mean" && call[0] == x && isOverLast(call) && keepsAxes(call)
    }

    private func isOverLast(_ call: TranslationCall) -> Bool {
        guard let place = call[0], let rank = forms[place]?.shapes[0].count,
            let axes = integers(call[1])
        else { return false }
        return axes == [-1] || axes == [rank - 1]
    }

    private func keepsAxes(_ call: TranslationCall) -> Bool {
        (try? call.node.bool("keep_dims", default: false)) == true
            || (try? call.node.bool("keepdims", default: false)) == true
    }

    private mutating func layerNorm(
        _ call: TranslationCall,
        _ place: TensorPlace,
        _ epsilon: Double,
        _ gamma: [Double]?,
        _ beta: [Double]
    ) -> Bool {
        guard let (lead, rest) = outcome(call), let input = whole(place, .last),
            input.shape.channels == beta.count,
            let node = append(
                LayerNorm(channels: beta.count, epsilon: epsilon, hasScale: gamma != nil),
                call.node.name,
                [input.node],
                giving: Carried.shape(lead, rest, .last)
            )
        else { return false }
        let key = name(of: node)
        if let gamma { set(.gamma, of: key, gamma.map { Float($0) }) }
        set(.beta, of: key, beta.map { Float($0) })
        set(call, Carried(node, lead: lead, rest: rest))
        return carried[TensorPlace(node: call.number)] != nil
    }
}
