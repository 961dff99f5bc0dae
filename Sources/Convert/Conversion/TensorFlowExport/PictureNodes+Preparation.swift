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
        case .middleSquare(let share):
            let middle = addSquare(of: whole, [height, width], Float(share), name, after: loop)
            resized = resize(middle, whole.type, squareSize(name, loop), name, loop)
        case .middle(let share):
            let middle = addMiddle(of: whole, [height, width], share, name, after: loop)
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
    }
}
