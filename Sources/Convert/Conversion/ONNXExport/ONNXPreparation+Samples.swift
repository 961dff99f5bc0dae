internal import Formats
internal import Pictures
internal import Proto

/// What the samples of one side of the result are taken from, along an axis of the picture.
struct ONNXSamples {
    /// The pixels of each sample, by their distance.
    var pixels: [String]
    /// Their weights; of two pixels that of the second.
    var weights: [String]
}

// Where the rows and columns of a prepared picture are taken from, computed for each picture as ``Preprocessing`` does.
extension ONNXAppending {
    /// The rows or columns of the picture, a scalar of int64.
    mutating func extent(_ name: String, _ axis: Int) -> String {
        let range: [Name: ONNXAttribute] = ["start": .integer(axis), "end": .integer(axis + 1)]
        let shape = add("Shape", "\(name)/shape", ["image"], range)
        let axes = integers("preprocessing/first", [0])
        return add("Squeeze", name, [shape, axes])
    }

    /// Where the samples along one axis lie, as ``ResampleAxis`` has them.
    mutating func samples(
        _ name: String,
        _ extent: String,
        _ shorter: String,
        _ preprocessing: Preprocessing
    ) -> ONNXSamples {
        let size = preprocessing.imageSize
        let side = integers("preprocessing/side", [size], isScalar: true)
        var source = extent
        var resized = side
        var origin: String?
        var start: String?
        switch preprocessing.framing {
        case .square: break
        case .middleSquare(let share):
            let least = add("Cast", "\(name)/least", [shorter], ["to": .integer(1)])
            let factor = floats("preprocessing/square", [], [Float(share)])
            let scaled = add("Mul", "\(name)/scaled", [least, factor])
            let truncated = add("Cast", "\(name)/truncated", [scaled], ["to": .integer(7)])
            let one = integers("preprocessing/one", [1], isScalar: true)
            let two = integers("preprocessing/half", [2], isScalar: true)
            source = add("Max", "\(name)/source", [truncated, one])
            let rest = add("Sub", "\(name)/rest", [extent, source])
            let free = add("Add", "\(name)/free", [rest, one])
            origin = add("Div", "\(name)/origin", [free, two])
        case .middle(let part):
            // Float64, as TensorFlow's central_crop: int((extent - extent * share) / 2).
            let whole = add("Cast", "\(name)/whole", [extent], ["to": .integer(11)])
            let share = doubles("preprocessing/share", part)
            let two = doubles("preprocessing/two", 2)
            let kept = add("Mul", "\(name)/kept", [whole, share])
            let rest = add("Sub", "\(name)/rest", [whole, kept])
            let half = add("Div", "\(name)/half", [rest, two])
            let first = add("Cast", "\(name)/origin", [half], ["to": .integer(7)])
            let both = add("Add", "\(name)/both", [first, first])
            source = add("Sub", "\(name)/source", [extent, both])
            origin = first
        case .shorterSide(let target):
            let wanted = floats("preprocessing/target", [], [Float(target)])
            let least = add("Cast", "\(name)/least", [shorter], ["to": .integer(1)])
            let ratio = add("Div", "\(name)/ratio", [wanted, least])
            let whole = add("Cast", "\(name)/whole", [extent], ["to": .integer(1)])
            let scaled = add("Mul", "\(name)/scaled", [whole, ratio])
            let truncated = add("Cast", "\(name)/truncated", [scaled], ["to": .integer(7)])
            resized = add("Max", "\(name)/resized", [truncated, side])
            let two = integers("preprocessing/half", [2], isScalar: true)
            let free = add("Sub", "\(name)/free", [resized, side])
            start = add("Div", "\(name)/start", [free, two])
        }
        let one = integers("preprocessing/one", [1], isScalar: true)
        let last = add("Sub", "\(name)/last", [source, one])
        var index = integers("preprocessing/indices", Array(0..<size))
        if let start { index = add("Add", "\(name)/index", [index, start]) }
        let step = step(name, source, resized, preprocessing.rule)
        let place = place(name, index, step, preprocessing.rule)
        var samples: ONNXSamples
        switch preprocessing.rule.method {
        case .nearest:
            samples = ONNXSamples(
                pixels: [nearest(name, place, last, preprocessing.rule)],
                weights: []
            )
        case .bicubic: samples = cubic(name, place, last)
        case .bilinear, .area:
            let zero = integers("preprocessing/zero", [0], isScalar: true)
            let floor = add("Floor", "\(name)/floor", [place])
            let weight = add("Sub", "\(name)/weight", [place, floor])
            let floored = add("Cast", "\(name)/floored", [floor], ["to": .integer(7)])
            let before = add("Min", "\(name)/before", [floored, last])
            let next = add("Add", "\(name)/next", [before, one])
            let low = add("Max", "\(name)/low", [before, zero])
            let high = add("Min", "\(name)/high", [next, last])
            samples = ONNXSamples(pixels: [low, high], weights: [weight])
        }
        if let origin {
            samples.pixels = samples.pixels.map { add("Add", "\($0)/seen", [$0, origin]) }
        }
        return samples
    }

    /// Pixels of the source for each place of the result, as ``ResizeRule`` has them.
    private mutating func step(
        _ name: String,
        _ source: String,
        _ resized: String,
        _ rule: ResizeRule
    ) -> String {
        var ends = [source, resized]
        if rule.alignsCorners {
            let one = integers("preprocessing/one", [1], isScalar: true)
            ends = ends.enumerated().map { add("Sub", "\(name)/reach\($0)", [$1, one]) }
        }
        let from = add("Cast", "\(name)/from", [ends[0]], ["to": .integer(1)])
        let to = add("Cast", "\(name)/to", [ends[1]], ["to": .integer(1)])
        return add("Div", "\(name)/scale", [from, to])
    }

    /// Where places lie on the source's axis; of a nearest pixel where the pixel's own place is looked for.
    private mutating func place(
        _ name: String,
        _ index: String,
        _ step: String,
        _ rule: ResizeRule
    ) -> String {
        let number = add("Cast", "\(name)/number", [index], ["to": .integer(1)])
        guard rule.hasCentres else { return add("Mul", "\(name)/place", [number, step]) }
        let half = floats("preprocessing/centre", [], [0.5])
        let centre = add("Add", "\(name)/centre", [number, half])
        let place = add("Mul", "\(name)/place", [centre, step])
        guard rule.method != .nearest else { return place }
        return add("Sub", "\(name)/moved", [place, half])
    }

    /// The pixel of each place, inside of the picture.
    private mutating func nearest(
        _ name: String,
        _ place: String,
        _ last: String,
        _ rule: ResizeRule
    ) -> String {
        var pixel = add("Floor", "\(name)/floor", [place])
        if rule.alignsCorners {
            // The nearest, a half away from zero.
            let rest = add("Sub", "\(name)/rest/pixel", [place, pixel])
            let half = floats("preprocessing/centre", [], [0.5])
            let test = add("GreaterOrEqual", "\(name)/above", [rest, half])
            let more = add("Cast", "\(name)/more", [test], ["to": .integer(1)])
            pixel = add("Add", "\(name)/nearest", [pixel, more])
        }
        let whole = add("Cast", "\(name)/pixel", [pixel], ["to": .integer(7)])
        let zero = integers("preprocessing/zero", [0], isScalar: true)
        let least = add("Max", "\(name)/pixel/least", [whole, zero])
        return add("Min", "\(name)/pixel/held", [least, last])
    }

    /// The four pixels around places, each inside of the picture, and their weights, as ``CubicAxis`` has them.
    private mutating func cubic(_ name: String, _ place: String, _ last: String) -> ONNXSamples {
        let floor = add("Floor", "\(name)/floor", [place])
        let weight = add("Sub", "\(name)/weight", [place, floor])
        let pixel = add("Cast", "\(name)/before", [floor], ["to": .integer(7)])
        let steps = floats("preprocessing/steps", [], [Float(CubicAxis.steps)])
        let scaled = add("Mul", "\(name)/steps", [weight, steps])
        let rounded = add("Round", "\(name)/rounded", [scaled])
        let step = add("Cast", "\(name)/step", [rounded], ["to": .integer(7)])
        let zero = integers("preprocessing/zero", [0], isScalar: true)
        var samples = ONNXSamples(pixels: [], weights: [])
        for (tap, weights) in CubicAxis.kernel.enumerated() {
            let table = floats("preprocessing/kernel\(tap)", [weights.count], weights)
            samples.weights.append(add("Gather", "\(name)/weight\(tap)", [table, step]))
            let distance = integers("preprocessing/tap\(tap)", [tap - 1], isScalar: true)
            let place = add("Add", "\(name)/place\(tap)", [pixel, distance])
            let least = add("Max", "\(name)/least\(tap)", [place, zero])
            samples.pixels.append(add("Min", "\(name)/pixel\(tap)", [least, last]))
        }
        return samples
    }
}
