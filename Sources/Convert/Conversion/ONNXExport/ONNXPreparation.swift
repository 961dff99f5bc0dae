internal import Engine
internal import Formats
internal import Pictures
internal import Proto

/// What operators and constants can be appended to, under names that say where they stand.
protocol ONNXAppending {
    var model: ONNXModel { get set }

    /// Appends an operator with one output, and gives its name.
    mutating func append(
        _ operation: String,
        _ name: String,
        _ inputs: [String],
        _ attributes: [Name: ONNXAttribute]
    ) -> String
    /// Float32 numbers.
    mutating func floats(_ name: String, _ shape: [Int], _ values: [Float]) -> String
    /// Int64 numbers, or a single one.
    mutating func integers(_ name: String, _ values: [Int], isScalar: Bool) -> String
    /// A float64 number.
    mutating func doubles(_ name: String, _ value: Double) -> String
}

/// What the samples of one side of the result are taken from, along an axis of the picture.
private struct Samples {
    /// The pixels of each sample, by their distance.
    var pixels: [String]
    /// Their weights; of two pixels that of the second.
    var weights: [String]
}

// The preparation of pictures in the graph: uint8 `[batch, height, width, 3]` of any size in, the part of the
// resized picture that is seen out. Every number is computed as ``Preprocessing`` computes it, in float32 and in the
// same order; ONNX's own Resize places its samples otherwise by rounding.
extension ONNXAppending {
    /// Appends the preparation and gives the name of what the network takes, `[batch, height, width, 3]`.
    mutating func prepared(by preprocessing: Preprocessing) -> String {
        model.inputs.append(
            ONNXValue(
                name: "image",
                element: .uint8,
                shape: [.named("batch"), .named("height"), .named("width"), .fixed(3)]
            )
        )
        let name = "preprocessing"
        var value = add("Cast", "\(name)/float", ["image"], ["to": .integer(1)])
        if preprocessing.scale != 1 {
            let scale = floats("\(name)/scale", [], [preprocessing.scale])
            value = add("Mul", "\(name)/scaled", [value, scale])
        }
        let height = extent("\(name)/height", 1)
        let width = extent("\(name)/width", 2)
        let shorter = add("Min", "\(name)/shorter", [height, width])
        let columns = samples("\(name)/columns", width, shorter, preprocessing)
        let rows = samples("\(name)/rows", height, shorter, preprocessing)
        if preprocessing.rule == .bicubic {
            value = weighed("\(name)/down", value, rows, axis: 1)
            value = weighed("\(name)/across", value, columns, axis: 2)
        } else {
            value = interpolated("\(name)/across", value, columns, axis: 2)
            value = interpolated("\(name)/down", value, rows, axis: 1)
        }
        let means = preprocessing.means
        if means != .none {
            let constant = floats(
                "\(name)/means",
                [3],
                [means.red, means.green, means.blue]
            )
            value = add("Sub", "\(name)/centred", [value, constant])
        }
        let finish = preprocessing.finish
        if finish.factors != ChannelFinish.none.factors {
            let factors = floats("\(name)/factors", [finish.factors.count], finish.factors)
            value = add("Mul", "\(name)/finished", [value, factors])
        }
        if finish.isReversed {
            let order = integers("\(name)/order", [2, 1, 0])
            value = add("Gather", "\(name)/reversed", [value, order], ["axis": .integer(3)])
        }
        // Who prepares pictures by itself begins here.
        model.metadata[ONNXModel.preparedPictures] = value
        return value
    }

    private mutating func add(
        _ operation: String,
        _ name: String,
        _ inputs: [String],
        _ attributes: [Name: ONNXAttribute] = [:]
    ) -> String { append(operation, name, inputs, attributes) }

    private mutating func integers(_ name: String, _ values: [Int]) -> String {
        integers(name, values, isScalar: false)
    }

    /// The rows or columns of the picture, a scalar of int64.
    private mutating func extent(_ name: String, _ axis: Int) -> String {
        let range: [Name: ONNXAttribute] = ["start": .integer(axis), "end": .integer(axis + 1)]
        let shape = add("Shape", "\(name)/shape", ["image"], range)
        let axes = integers("preprocessing/first", [0])
        return add("Squeeze", name, [shape, axes])
    }

    /// Where the samples along one axis lie, as ``ResampleAxis`` has them.
    private mutating func samples(
        _ name: String,
        _ extent: String,
        _ shorter: String,
        _ preprocessing: Preprocessing
    ) -> Samples {
        let size = preprocessing.imageSize
        let side = integers("preprocessing/side", [size], isScalar: true)
        var source = extent
        var resized = side
        var origin: String?
        var start: String?
        switch preprocessing.framing {
        case .square: break
        case .middleSquare(let padding):
            let share = Float(Double(size) / Double(size + padding))
            let least = add("Cast", "\(name)/least", [shorter], ["to": .integer(1)])
            let factor = floats("preprocessing/square", [], [share])
            let scaled = add("Mul", "\(name)/scaled", [least, factor])
            let truncated = add("Cast", "\(name)/truncated", [scaled], ["to": .integer(7)])
            let one = integers("preprocessing/one", [1], isScalar: true)
            let two = integers("preprocessing/half", [2], isScalar: true)
            source = add("Max", "\(name)/source", [truncated, one])
            let rest = add("Sub", "\(name)/rest", [extent, source])
            let free = add("Add", "\(name)/free", [rest, one])
            origin = add("Div", "\(name)/origin", [free, two])
        case .middle:
            // Float64, as TensorFlow's central_crop: int((extent - extent * 0.875) / 2).
            let whole = add("Cast", "\(name)/whole", [extent], ["to": .integer(11)])
            let share = doubles("preprocessing/share", 0.875)
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
        let from = add("Cast", "\(name)/from", [source], ["to": .integer(1)])
        let to = add("Cast", "\(name)/to", [resized], ["to": .integer(1)])
        let scale = add("Div", "\(name)/scale", [from, to])
        var index = integers("preprocessing/indices", Array(0..<size))
        if let start { index = add("Add", "\(name)/index", [index, start]) }
        let number = add("Cast", "\(name)/number", [index], ["to": .integer(1)])
        let place = add("Mul", "\(name)/place", [number, scale])
        let floor = add("Floor", "\(name)/floor", [place])
        let weight = add("Sub", "\(name)/weight", [place, floor])
        let one = integers("preprocessing/one", [1], isScalar: true)
        let last = add("Sub", "\(name)/last", [source, one])
        let floored = add("Cast", "\(name)/before", [floor], ["to": .integer(7)])
        var samples: Samples
        if preprocessing.rule == .bicubic {
            samples = cubic(name, floored, last, weight)
        } else {
            let low = add("Min", "\(name)/low", [floored, last])
            let next = add("Add", "\(name)/next", [low, one])
            let high = add("Min", "\(name)/high", [next, last])
            samples = Samples(pixels: [low, high], weights: [weight])
        }
        if let origin {
            samples.pixels = samples.pixels.map { add("Add", "\($0)/seen", [$0, origin]) }
        }
        return samples
    }

    /// The four pixels around places, each inside of the picture, and their weights, as ``CubicAxis`` has them.
    private mutating func cubic(
        _ name: String,
        _ pixel: String,
        _ last: String,
        _ weight: String
    ) -> Samples {
        let steps = floats("preprocessing/steps", [], [Float(CubicAxis.steps)])
        let scaled = add("Mul", "\(name)/steps", [weight, steps])
        let rounded = add("Round", "\(name)/rounded", [scaled])
        let step = add("Cast", "\(name)/step", [rounded], ["to": .integer(7)])
        let zero = integers("preprocessing/zero", [0], isScalar: true)
        var samples = Samples(pixels: [], weights: [])
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

    /// The sum of pixels times their weights along an axis, the first pixel first.
    private mutating func weighed(
        _ name: String,
        _ input: String,
        _ samples: Samples,
        axis: Int
    ) -> String {
        let shape = integers("preprocessing/axis\(axis)", axis == 1 ? [-1, 1, 1] : [-1, 1])
        var sum: String?
        for (tap, pixels) in samples.pixels.enumerated() {
            let values = add(
                "Gather",
                "\(name)/tap\(tap)",
                [input, pixels],
                ["axis": .integer(axis)]
            )
            let part = "\(name)/weight\(tap)"
            let weight = add("Reshape", part, [samples.weights[tap], shape])
            let share = add("Mul", "\(name)/share\(tap)", [values, weight])
            sum = sum.map { add("Add", "\(name)/sum\(tap)", [$0, share]) } ?? share
        }
        return sum ?? input
    }

    /// low + (high - low) * weight along an axis.
    private mutating func interpolated(
        _ name: String,
        _ input: String,
        _ samples: Samples,
        axis: Int
    ) -> String {
        let attributes: [Name: ONNXAttribute] = ["axis": .integer(axis)]
        let low = add("Gather", "\(name)/low", [input, samples.pixels[0]], attributes)
        let high = add("Gather", "\(name)/high", [input, samples.pixels[1]], attributes)
        let shape = integers("preprocessing/axis\(axis)", axis == 1 ? [-1, 1, 1] : [-1, 1])
        let weight = add("Reshape", "\(name)/weight", [samples.weights[0], shape])
        let difference = add("Sub", "\(name)/difference", [high, low])
        let share = add("Mul", "\(name)/share", [difference, weight])
        return add("Add", name, [low, share])
    }
}
