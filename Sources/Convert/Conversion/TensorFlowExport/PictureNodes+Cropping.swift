internal import Pictures
internal import Proto

/// The part of one picture that is seen, before or after it is resized.
extension PictureNodes {
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
    mutating func addCrop(
        of whole: (values: String, type: DataType),
        _ sides: [String],
        _ target: Int,
        _ name: String,
        after loop: String
    ) -> String {
        let numbers = ["height", "width"].enumerated().map { index, side in
            cast(sides[index], .int32, .float32, "\(name)/\(side)/Cast")
        }
        let shorter = builder.float("Minimum", "\(name)/Minimum", numbers)
        let side = builder.scalar("\(name)/side", Int32(size), after: loop)
        let wanted = builder.scalar("\(name)/target", Float(target), after: loop)
        let ratio = builder.float("RealDiv", "\(name)/ratio", [wanted, shorter])
        let resizedSides = ["height", "width"].enumerated().map { index, label in
            let product = builder.float("Mul", "\(name)/\(label)/Mul", [numbers[index], ratio])
            let extent = cast(product, .float32, .int32, "\(name)/\(label)/resized")
            // What is cut off is otherwise more than is lost by rounding.
            guard target <= size else { return extent }
            return builder.add(
                "Maximum",
                "\(name)/\(label)/least",
                [extent, side],
                ["T": .of(.int32)]
            )
        }
        let extent = pack(resizedSides, "\(name)/size")
        let resized = resize(whole.values, whole.type, extent, name, loop)
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

    /// The middle of each side, so large a share of it.
    mutating func addMiddle(
        of whole: (values: String, type: DataType),
        _ sides: [String],
        _ share: Double,
        _ name: String,
        after loop: String
    ) -> String {
        let double: [String: AttributeValue] = ["T": .of(.float64)]
        let share = builder.scalar("\(name)/share", share, after: loop)
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
    }

    /// A square in the middle, of a share of the shorter side.
    mutating func addSquare(
        of whole: (values: String, type: DataType),
        _ sides: [String],
        _ share: Float,
        _ name: String,
        after loop: String
    ) -> String {
        let int32: [String: AttributeValue] = ["T": .of(.int32)]
        let shorter = builder.add("Minimum", "\(name)/shorter", sides, int32)
        let number = cast(shorter, .int32, .float32, "\(name)/shorter/Cast")
        let factor = builder.scalar("\(name)/share", share, after: loop)
        let product = builder.float("Mul", "\(name)/seen", [factor, number])
        let one = builder.scalar("\(name)/one", Int32(1), after: loop)
        let two = builder.scalar("\(name)/two", Int32(2), after: loop)
        let zero = builder.scalar("\(name)/zero", Int32(0), after: loop)
        let channels = builder.scalar("\(name)/channels", Int32(3), after: loop)
        let truncated = cast(product, .float32, .int32, "\(name)/seen/Cast")
        let side = builder.add("Maximum", "\(name)/seen/least", [truncated, one], int32)
        let starts = ["height", "width"].enumerated().map { index, label in
            let scope = "\(name)/\(label)"
            let rest = builder.add("Sub", "\(scope)/rest", [sides[index], side], int32)
            let more = builder.add("Add", "\(scope)/more", [rest, one], int32)
            return builder.add("FloorDiv", "\(scope)/start", [more, two], int32)
        }
        let begin = pack(starts + [zero], "\(name)/begin")
        let extents = pack([side, side, channels], "\(name)/extents")
        return slice(whole.values, whole.type, begin, extents, "\(name)/Slice")
    }
}
