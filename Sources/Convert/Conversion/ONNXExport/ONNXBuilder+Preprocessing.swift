internal import Engine
internal import Formats
internal import Pictures

// The preparation of pictures in the graph: uint8 `[batch, height, width, 3]` of any size in, the part of the
// resized picture that is seen out. Every number is computed as ``Preprocessing`` computes it, in float32 and in the
// same order; ONNX's own Resize places its samples otherwise by rounding.
extension ONNXBuilder {
    /// An axis of the picture: what the samples of one side of the result are taken from.
    private struct Samples {
        let low: String
        let high: String
        let weight: String
    }

    /// Appends the preparation and gives the name of what the network takes.
    mutating func prepared(_ node: Node, _ preprocessing: Preprocessing) -> String {
        model.inputs.append(
            ONNXValue(
                name: "image",
                element: .uint8,
                shape: [.named("batch"), .named("height"), .named("width"), .fixed(3)]
            )
        )
        let name = "preprocessing"
        var value = append("Cast", "\(name)/float", ["image"], ["to": .integer(1)])
        if preprocessing.scale != 1 {
            let scale = floats("\(name)/scale", [], [preprocessing.scale])
            value = append("Mul", "\(name)/scaled", [value, scale])
        }
        let height = extent("\(name)/height", 1)
        let width = extent("\(name)/width", 2)
        let shorter = append("Min", "\(name)/shorter", [height, width])
        let columns = samples("\(name)/columns", width, shorter, preprocessing)
        let rows = samples("\(name)/rows", height, shorter, preprocessing)
        value = interpolated("\(name)/across", value, columns, axis: 2)
        value = interpolated("\(name)/down", value, rows, axis: 1)
        let means = preprocessing.means
        if means != .none {
            let constant = floats(
                "\(name)/means",
                [3],
                [means.red, means.green, means.blue]
            )
            value = append("Sub", "\(name)/centred", [value, constant])
        }
        // Who prepares pictures by itself begins here.
        model.metadata[ONNXModel.preparedPictures] = value
        return append("Transpose", node.name, [value], ["perm": .integers([0, 3, 1, 2])])
    }

    /// The rows or columns of the picture, a scalar of int64.
    private mutating func extent(_ name: String, _ axis: Int) -> String {
        let range: [String: ONNXAttribute] = ["start": .integer(axis), "end": .integer(axis + 1)]
        let shape = append("Shape", "\(name)/shape", ["image"], range)
        let axes = integers("preprocessing/first", [0])
        return append("Squeeze", name, [shape, axes])
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
        case .middleSquare:
            preconditionFailure("\(preprocessing.name) is of no network that has this form")
        case .middle(let part):
            // Float64, as TensorFlow's central_crop: int((extent - extent * 0.875) / 2).
            let whole = append("Cast", "\(name)/whole", [extent], ["to": .integer(11)])
            let share = doubles("preprocessing/share", part)
            let two = doubles("preprocessing/two", 2)
            let kept = append("Mul", "\(name)/kept", [whole, share])
            let rest = append("Sub", "\(name)/rest", [whole, kept])
            let half = append("Div", "\(name)/half", [rest, two])
            let first = append("Cast", "\(name)/origin", [half], ["to": .integer(7)])
            let both = append("Add", "\(name)/both", [first, first])
            source = append("Sub", "\(name)/source", [extent, both])
            origin = first
        case .shorterSide(let target):
            let wanted = floats("preprocessing/target", [], [Float(target)])
            let least = append("Cast", "\(name)/least", [shorter], ["to": .integer(1)])
            let ratio = append("Div", "\(name)/ratio", [wanted, least])
            let whole = append("Cast", "\(name)/whole", [extent], ["to": .integer(1)])
            let scaled = append("Mul", "\(name)/scaled", [whole, ratio])
            let truncated = append("Cast", "\(name)/truncated", [scaled], ["to": .integer(7)])
            resized = append("Max", "\(name)/resized", [truncated, side])
            let two = integers("preprocessing/half", [2], isScalar: true)
            let free = append("Sub", "\(name)/free", [resized, side])
            start = append("Div", "\(name)/start", [free, two])
        }
        let from = append("Cast", "\(name)/from", [source], ["to": .integer(1)])
        let to = append("Cast", "\(name)/to", [resized], ["to": .integer(1)])
        let scale = append("Div", "\(name)/scale", [from, to])
        var index = integers("preprocessing/indices", Array(0..<size))
        if let start { index = append("Add", "\(name)/index", [index, start]) }
        let number = append("Cast", "\(name)/number", [index], ["to": .integer(1)])
        let place = append("Mul", "\(name)/place", [number, scale])
        let floor = append("Floor", "\(name)/floor", [place])
        let weight = append("Sub", "\(name)/weight", [place, floor])
        let one = integers("preprocessing/one", [1], isScalar: true)
        let last = append("Sub", "\(name)/last", [source, one])
        let floored = append("Cast", "\(name)/before", [floor], ["to": .integer(7)])
        var low = append("Min", "\(name)/low", [floored, last])
        let next = append("Add", "\(name)/next", [low, one])
        var high = append("Min", "\(name)/high", [next, last])
        if let origin {
            low = append("Add", "\(name)/low/seen", [low, origin])
            high = append("Add", "\(name)/high/seen", [high, origin])
        }
        return Samples(low: low, high: high, weight: weight)
    }

    /// low + (high - low) * weight along an axis.
    private mutating func interpolated(
        _ name: String,
        _ input: String,
        _ samples: Samples,
        axis: Int
    ) -> String {
        let attributes: [String: ONNXAttribute] = ["axis": .integer(axis)]
        let low = append("Gather", "\(name)/low", [input, samples.low], attributes)
        let high = append("Gather", "\(name)/high", [input, samples.high], attributes)
        let shape = integers("preprocessing/axis\(axis)", axis == 1 ? [-1, 1, 1] : [-1, 1])
        let weight = append("Reshape", "\(name)/weight", [samples.weight, shape])
        let difference = append("Sub", "\(name)/difference", [high, low])
        let share = append("Mul", "\(name)/share", [difference, weight])
        return append("Add", name, [low, share])
    }
}
