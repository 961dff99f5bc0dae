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

// The preparation of pictures in the graph: uint8 `[batch, height, width, 3]` of any size in, the part of the
// resized picture that is seen out. Every number is computed as ``Preprocessing`` computes it, in float32 and in the
// same order; ONNX's own Resize places its samples otherwise by rounding.
extension ONNXAppending {
    /// Checks that there are operators for a preparation.
    ///
    /// - Throws: ``ConversionError/inexpressible(format:node:layer:)``.
    static func check(_ preprocessing: Preprocessing) throws(ConversionError) {
        let rule = preprocessing.rule
        guard rule.method != .area, rule.method != .bicubic || !rule.hasCentres else {
            throw .inexpressible(
                format: "ONNX",
                node: "--with-preprocessing",
                layer: "resizing by \(rule.rawValue)"
            )
        }
    }

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
        switch preprocessing.rule.method {
        case .bicubic:
            value = weighed("\(name)/down", value, rows, axis: 1)
            value = weighed("\(name)/across", value, columns, axis: 2)
        case .nearest:
            for (part, samples, axis) in [("across", columns, 2), ("down", rows, 1)] {
                let inputs = [value, samples.pixels[0]]
                value = add("Gather", "\(name)/\(part)", inputs, ["axis": .integer(axis)])
            }
        case .bilinear, .area:
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

    /// Appends an operator that may have no attributes.
    mutating func add(
        _ operation: String,
        _ name: String,
        _ inputs: [String],
        _ attributes: [Name: ONNXAttribute] = [:]
    ) -> String { append(operation, name, inputs, attributes) }

    /// Int64 numbers.
    mutating func integers(_ name: String, _ values: [Int]) -> String {
        integers(name, values, isScalar: false)
    }

    /// The sum of pixels times their weights along an axis, the first pixel first.
    private mutating func weighed(
        _ name: String,
        _ input: String,
        _ samples: ONNXSamples,
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
        _ samples: ONNXSamples,
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
