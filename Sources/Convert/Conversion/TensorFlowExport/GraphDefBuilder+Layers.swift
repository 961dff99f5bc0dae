internal import Engine
internal import Proto

/// Layers without parameters as operations.
extension GraphDefBuilder {
    /// An operation on float32 values without other attributes.
    mutating func float(_ operation: String, _ name: String, _ inputs: [String]) -> String {
        add(operation, name, inputs, ["T": .of(.float32)])
    }

    mutating func reshape(_ name: String, _ input: String, _ shape: String) -> String {
        add("Reshape", name, [input, shape], ["T": .of(.float32), "Tshape": .of(.int32)])
    }

    /// Zeros around the pictures, or a value.
    mutating func pad(
        _ padding: Padding,
        _ scope: String,
        _ input: String,
        _ value: Float? = nil
    ) -> String {
        let paddings = constant("\(scope)/Pad/paddings", border(padding), shape: [4, 2])
        if let value {
            let around = constant("\(scope)/Pad/constant_values", [value], shape: [])
            return add(
                "PadV2",
                "\(scope)/Pad",
                [input, paddings, around],
                ["T": .of(.float32), "Tpaddings": .of(.int32)]
            )
        }
        return add(
            "Pad",
            "\(scope)/Pad",
            [input, paddings],
            ["T": .of(.float32), "Tpaddings": .of(.int32)]
        )
    }

    /// A pool; nil if its padding is none that the operations have.
    mutating func pool(
        _ layer: Pool,
        _ name: String,
        _ input: String,
        _ shape: FeatureShape
    ) -> String? {
        let window = layer.window
        let isSame = window.border == .same && !layer.countsPadding
        let padding = window.padding(of: shape)
        // Zeros around the picture count in a mean only where they are part of it.
        guard isSame || padding == .none || layer.function == .maximum || layer.countsPadding
        else { return nil }
        let isPadded = !isSame && padding != .none
        // What lies around the picture is never the largest.
        let value: Float? = layer.function == .maximum ? -.infinity : nil
        let source = isPadded ? pad(padding, name, input, value) : input
        return add(
            layer.function == .maximum ? "MaxPool" : "AvgPool",
            name,
            [source],
            [
                "T": .of(.float32), "data_format": dataFormat,
                "ksize": self.window(window.size), "strides": self.window(window.stride),
                "padding": .text(isSame ? "SAME" : "VALID"),
            ]
        )
    }

    mutating func blur(
        _ layer: Blur,
        _ name: String,
        _ input: String,
        _ shape: FeatureShape
    ) -> String {
        let paddings = constant(
            "\(name)/MirrorPad/paddings",
            border(
                Padding(
                    top: layer.border,
                    bottom: layer.border,
                    left: layer.border,
                    right: layer.border
                )
            ),
            shape: [4, 2]
        )
        let source = add(
            "MirrorPad",
            "\(name)/MirrorPad",
            [input, paddings],
            ["T": .of(.float32), "Tpaddings": .of(.int32), "mode": .text("REFLECT")]
        )
        let filter = constant(
            "\(name)/filter",
            layer.taps.flatMap { [Float](repeating: $0, count: shape.channels) },
            shape: [layer.size, layer.size, shape.channels, 1]
        )
        return add(
            "DepthwiseConv2dNative",
            name,
            [source, filter],
            [
                "T": .of(.float32), "data_format": dataFormat, "padding": .text("VALID"),
                "strides": window(Axes(layer.stride)),
                "dilations": .integers([1, 1, 1, 1]),
            ]
        )
    }

    mutating func upsample(_ name: String, _ input: String, _ shape: FeatureShape) -> String {
        let size = constant("\(name)/size", [Int32(2 * shape.height), Int32(2 * shape.width)])
        guard order == .channelsFirst else { return resize(name, input, size) }
        // Only pictures whose channels are last can be resized.
        let last = channelsLast("\(name)/channels_last", input)
        return arranged(name, resize("\(name)/ResizeNearestNeighbor", last, size))
    }

    private mutating func resize(_ name: String, _ input: String, _ size: String) -> String {
        add(
            "ResizeNearestNeighbor",
            name,
            [input, size],
            ["T": .of(.float32), "align_corners": .bool(false)]
        )
    }

    /// Reduces height and width to one.
    private mutating func reduce(
        _ operation: String,
        _ name: String,
        _ input: String
    ) -> String {
        let axes = constant("\(name)/reduction_indices", spaceAxes)
        return add(
            operation,
            name,
            [input, axes],
            ["T": .of(.float32), "Tidx": .of(.int32), "keep_dims": .bool(true)]
        )
    }

    mutating func globalPool(
        _ layer: GlobalPool,
        _ name: String,
        _ input: String,
        _ shape: FeatureShape
    ) -> String {
        switch layer.function {
        case .average: return reduce("Mean", name, input)
        case .flatten:
            // The weights behind it are for values whose channels are last.
            let last = channelsLast("\(name)/channels_last", input)
            let extents = constant("\(name)/shape", vectors(shape.count))
            return reshape(name, last, extents)
        case .generalizedMean:
            let least = scalar("\(name)/least", Float(1e-6))
            let most = scalar("\(name)/most", Float(1e12))
            let bounded = float("Maximum", "\(name)/Maximum", [input, least])
            let clipped = float("Minimum", "\(name)/Minimum", [bounded, most])
            let square = float("Mul", "\(name)/square", [clipped, clipped])
            let cube = float("Mul", "\(name)/cube", [square, clipped])
            let sum = reduce("Sum", "\(name)/Sum", cube)
            let positive = float("Maximum", "\(name)/Maximum", [sum, least])
            let area = scalar("\(name)/area", Float(shape.area))
            let mean = float("RealDiv", "\(name)/mean", [positive, area])
            let third = scalar("\(name)/third", Float(1) / 3)
            return float("Pow", name, [mean, third])
        }
    }

    /// Takes the two branches of a selective-kernel unit apart; gives the outputs.
    private mutating func branches(_ name: String, _ input: String) -> (String, String) {
        let axis = scalar("\(name)/axis", channelAxis)
        let parts = add(
            "Split",
            name,
            [axis, input],
            ["T": .of(.float32), "num_split": .integer(2)]
        )
        return (parts, "\(parts):1")
    }

    mutating func branchMean(_ name: String, _ input: String) -> String {
        let means = reduce("Mean", "\(name)/Mean", input)
        let (first, second) = branches("\(name)/split", means)
        return float("Add", name, [first, second])
    }

    mutating func branchAttention(_ name: String, _ input: String, _ numbers: String) -> String {
        let (first, second) = branches("\(name)/split", input)
        let (firstNumber, secondNumber) = branches("\(name)/numbers", numbers)
        // The softmax of two numbers is the sigmoid of their difference.
        let difference = float("Sub", "\(name)/difference", [firstNumber, secondNumber])
        let opposite = float("Sub", "\(name)/opposite", [secondNumber, firstNumber])
        let firstWeight = float("Sigmoid", "\(name)/first_weight", [difference])
        let secondWeight = float("Sigmoid", "\(name)/second_weight", [opposite])
        let weighedFirst = float("Mul", "\(name)/first", [first, firstWeight])
        let weighedSecond = float("Mul", "\(name)/second", [second, secondWeight])
        return float("Add", name, [weighedFirst, weighedSecond])
    }
}
