internal import Pictures
internal import Proto

/// One picture.
extension PictureNodes {
    /// Adds what makes a picture of encoded bytes.
    mutating func addPreparation(of bytes: String, after loop: String) -> String {
        let name = "\(Self.body)/prepare"
        let isFast = preprocessing.dctMethod == .fast
        let decoded = builder.add(
            "DecodeJpeg",
            "\(name)/DecodeJpeg",
            [bytes],
            [
                "channels": .integer(3), "ratio": .integer(1), "fancy_upscaling": .bool(true),
                "try_recover_truncated": .bool(false), "acceptable_fraction": .float(1),
                "dct_method": .text(isFast ? "INTEGER_FAST" : "INTEGER_ACCURATE"),
            ]
        )
        let shape = builder.add(
            "Shape",
            "\(name)/Shape",
            [decoded],
            ["T": .of(.uint8), "out_type": .of(.int32)]
        )
        let height = element(0, of: shape, "\(name)/height", after: loop)
        let width = element(1, of: shape, "\(name)/width", after: loop)
        let resized: String
        let whole = scaled(decoded, name, after: loop)
        switch preprocessing.framing {
        case .shorterSide(let target):
            resized = addCrop(of: whole, [height, width], target, name, after: loop)
        case .square:
            resized = resize(whole.values, whole.type, squareSize(name, loop), name, loop)
<<<<<<< HEAD
        case .middleSquare(let share):
            let middle = addSquare(of: whole, [height, width], Float(share), name, after: loop)
            resized = resize(middle, whole.type, squareSize(name, loop), name, loop)
        case .middle(let share):
            let middle = addMiddle(of: whole, [height, width], share, name, after: loop)
=======
        case .middleSquare(let padding):
            let whole = scaled(decoded, name, after: loop)
            let square = addSquare(of: whole, [height, width], padding, name, after: loop)
            resized = resize(square, whole.type, squareSize(name, loop), name, loop)
        case .middle:
            let whole = scaled(decoded, name, after: loop)
            let middle = addMiddle(of: whole, [height, width], name, after: loop)
>>>>>>> h-onnx
            resized = resize(middle, whole.type, squareSize(name, loop), name, loop)
        }
        let means = builder.constant(
            "\(name)/means",
            [preprocessing.means.red, preprocessing.means.green, preprocessing.means.blue],
            shape: [3],
            after: loop
        )
        let centred = addFinish(
            to: builder.float("Sub", "\(name)/Sub", [resized, means]),
            name,
            after: loop
        )
        let extents = builder.constant(
            "\(name)/Reshape/shape",
            extents.map { Int32($0) },
            after: loop
        )
        return builder.reshape("\(name)/Reshape", centred, extents)
    }

    /// What is done to each channel at the very end.
    private mutating func addFinish(
        to picture: String,
        _ name: String,
        after loop: String
    ) -> String {
        var picture = picture
        let finish = preprocessing.finish
        if finish.factors != ChannelFinish.none.factors {
            let factors = builder.constant(
                "\(name)/factors",
                finish.factors,
                shape: [finish.factors.count],
                after: loop
            )
            picture = builder.float("Mul", "\(name)/Mul", [picture, factors])
        }
        guard finish.isReversed else { return picture }
        let axis = builder.constant("\(name)/ReverseV2/axis", [3], after: loop)
        return builder.add(
            "ReverseV2",
            "\(name)/ReverseV2",
            [picture, axis],
            ["T": .of(.float32), "Tidx": .of(.int32)]
        )
    }

    /// The values 0...255 times what the preprocessing says, before anything else.
    private mutating func scaled(
        _ decoded: String,
        _ name: String,
        after loop: String
    ) -> (values: String, type: DataType) {
        guard preprocessing.scale != 1 else { return (decoded, .uint8) }
        let values = cast(decoded, .uint8, .float32, "\(name)/values")
        let scale = builder.scalar("\(name)/scale", preprocessing.scale, after: loop)
        return (builder.float("Mul", "\(name)/scaled", [values, scale]), .float32)
    }

    mutating func cast(
        _ value: String,
        _ from: DataType,
        _ to: DataType,
        _ name: String
    ) -> String {
        builder.add(
            "Cast",
            name,
            [value],
            ["SrcT": .of(from), "DstT": .of(to), "Truncate": .bool(false)]
        )
    }

    mutating func pack(_ values: [String], _ name: String) -> String {
        builder.add(
            "Pack",
            name,
            values,
            ["T": .of(.int32), "N": .integer(Int64(values.count)), "axis": .integer(0)]
        )
    }

    private mutating func squareSize(_ name: String, _ loop: String) -> String {
        builder.constant("\(name)/size", [Int32(size), Int32(size)], after: loop)
    }

    /// Resizes one picture by the preparation's rule, to `[1, height, width, 3]`.
    mutating func resize(
        _ picture: String,
        _ type: DataType,
        _ target: String,
        _ name: String,
        _ loop: String
    ) -> String {
        let axis = builder.scalar("\(name)/ExpandDims/dim", Int32(0), after: loop)
        let batch = builder.add(
            "ExpandDims",
            "\(name)/ExpandDims",
            [picture, axis],
            ["T": .of(type), "Tdim": .of(.int32)]
        )
<<<<<<< HEAD
        let rule = preprocessing.rule
        let operation =
            switch rule.method {
            case .bilinear: "ResizeBilinear"
            case .bicubic: "ResizeBicubic"
            case .area: "ResizeArea"
            case .nearest: "ResizeNearestNeighbor"
            }
        var attributes: [String: AttributeValue] = [
            "T": .of(type), "align_corners": .bool(rule.alignsCorners),
        ]
        if rule.hasCentres { attributes["half_pixel_centers"] = .bool(true) }
        let resized = builder.add(operation, "\(name)/\(operation)", [batch, target], attributes)
        // Of the nearest pixel its own type is given.
        guard rule.method == .nearest, type != .float32 else { return resized }
        return cast(resized, type, .float32, "\(name)/pixels")
=======
        let operation = preprocessing.rule == .bicubic ? "ResizeBicubic" : "ResizeBilinear"
        return builder.add(
            operation,
            "\(name)/\(operation)",
            [batch, target],
            ["T": .of(type), "align_corners": .bool(false)]
        )
    }

    private mutating func slice(
        _ values: String,
        _ type: DataType,
        _ begin: String,
        _ extents: String,
        _ name: String
    ) -> String {
        builder.add(
            "Slice",
            name,
            [values, begin, extents],
            ["T": .of(type), "Index": .of(.int32)]
        )
    }

    /// The shorter side resized to `target` pixels, and the middle square of that.
    private mutating func addCrop(
        of decoded: String,
        _ sides: [String],
        _ target: Int,
        _ name: String,
        after loop: String
    ) -> String {
        let numbers = ["height", "width"].enumerated().map { index, side in
            cast(sides[index], .int32, .float32, "\(name)/\(side)/Cast")
        }
        let shorter = builder.float("Minimum", "\(name)/Minimum", numbers)
        let wanted = builder.scalar("\(name)/target", Float(target), after: loop)
        let ratio = builder.float("RealDiv", "\(name)/ratio", [wanted, shorter])
        let resizedSides = ["height", "width"].enumerated().map { index, side in
            let product = builder.float("Mul", "\(name)/\(side)/Mul", [numbers[index], ratio])
            return cast(product, .float32, .int32, "\(name)/\(side)/resized")
        }
        let target = pack(resizedSides, "\(name)/size")
        let resized = resize(decoded, .uint8, target, name, loop)
        let side = builder.scalar("\(name)/side", Int32(size), after: loop)
        let two = builder.scalar("\(name)/two", Int32(2), after: loop)
        let starts = ["height", "width"].enumerated().map { index, label in
            let rest = builder.add(
                "Sub",
                "\(name)/\(label)/rest",
                [resizedSides[index], side],
                ["T": .of(.int32)]
            )
            return builder.add(
                "FloorDiv",
                "\(name)/\(label)/start",
                [rest, two],
                ["T": .of(.int32)]
            )
        }
        let zero = builder.scalar("\(name)/zero", Int32(0), after: loop)
        let begin = pack([zero] + starts + [zero], "\(name)/begin")
        let extents = builder.constant(
            "\(name)/extents",
            [1, Int32(size), Int32(size), 3],
            after: loop
        )
        return slice(resized, .float32, begin, extents, "\(name)/Slice")
    }

    /// The middle 87.5 % of each side.
    private mutating func addMiddle(
        of whole: (values: String, type: DataType),
        _ sides: [String],
        _ name: String,
        after loop: String
    ) -> String {
        let double: [String: AttributeValue] = ["T": .of(.float64)]
        let share = builder.scalar("\(name)/share", 0.875 as Double, after: loop)
        let two = builder.scalar("\(name)/two_float", 2 as Double, after: loop)
        let zero = builder.scalar("\(name)/zero", Int32(0), after: loop)
        let channels = builder.scalar("\(name)/channels", Int32(3), after: loop)
        var starts: [String] = []
        var extents: [String] = []
        for (index, label) in ["height", "width"].enumerated() {
            let scope = "\(name)/\(label)"
            let extent = cast(sides[index], .int32, .float64, "\(scope)/Cast")
            let kept = builder.add("Mul", "\(scope)/Mul", [extent, share], double)
            let rest = builder.add("Sub", "\(scope)/Sub", [extent, kept], double)
            let half = builder.add("RealDiv", "\(scope)/RealDiv", [rest, two], double)
            let start = cast(half, .float64, .int32, "\(scope)/start")
            let twice = builder.add("Add", "\(scope)/Add", [start, start], ["T": .of(.int32)])
            starts.append(start)
            extents.append(
                builder.add("Sub", "\(scope)/extent", [sides[index], twice], ["T": .of(.int32)])
            )
        }
        let begin = pack(starts + [zero], "\(name)/begin")
        let size = pack(extents + [channels], "\(name)/extents")
        return slice(whole.values, whole.type, begin, size, "\(name)/Slice")
>>>>>>> h-onnx
    }

    /// A square in the middle, of the shorter side less so many of the result's pixels.
    private mutating func addSquare(
        of whole: (values: String, type: DataType),
        _ sides: [String],
        _ padding: Int,
        _ name: String,
        after loop: String
    ) -> String {
        let integer: [String: AttributeValue] = ["T": .of(.int32)]
        let share = Float(Double(size) / Double(size + padding))
        let factor = builder.scalar("\(name)/share", share, after: loop)
        let zero = builder.scalar("\(name)/zero", Int32(0), after: loop)
        let one = builder.scalar("\(name)/one", Int32(1), after: loop)
        let two = builder.scalar("\(name)/two", Int32(2), after: loop)
        let channels = builder.scalar("\(name)/channels", Int32(3), after: loop)
        let shorter = builder.add("Minimum", "\(name)/Minimum", sides, integer)
        let number = cast(shorter, .int32, .float32, "\(name)/shorter/Cast")
        let product = builder.float("Mul", "\(name)/shorter/Mul", [number, factor])
        let truncated = cast(product, .float32, .int32, "\(name)/shorter/truncated")
        let side = builder.add("Maximum", "\(name)/side", [truncated, one], integer)
        let starts = ["height", "width"].enumerated().map { index, label in
            let rest = builder.add("Sub", "\(name)/\(label)/rest", [sides[index], side], integer)
            let next = builder.add("Add", "\(name)/\(label)/next", [rest, one], integer)
            return builder.add("FloorDiv", "\(name)/\(label)/start", [next, two], integer)
        }
        let begin = pack(starts + [zero], "\(name)/begin")
        let extents = pack([side, side, channels], "\(name)/extents")
        return slice(whole.values, whole.type, begin, extents, "\(name)/Slice")
    }
}
