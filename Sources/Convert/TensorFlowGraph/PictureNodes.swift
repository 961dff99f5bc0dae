internal import Engine
internal import Proto

/// The preparation of pictures as operations: a loop that decodes, resizes and crops one encoded picture after the other.
///
/// The loop is made of the operations that TensorFlow 1 and 2 both run: `Enter`, `Merge`, `Switch`, `NextIteration`,
/// `Exit`, and an array that collects the pictures.
struct PictureNodes {
    var builder: GraphDefBuilder
    private let preprocessing: Preprocessing

    private static let scope = "map"
    private static let body = "map/while"

    init(_ preprocessing: Preprocessing, in builder: GraphDefBuilder) {
        self.preprocessing = preprocessing
        self.builder = builder
    }

    private var size: Int { preprocessing.imageSize }
    private var extents: [Int] { [size, size, 3] }

    /// Adds the loop over strings `[batch]`, and gives the output that has the pictures `[batch, size, size, 3]`.
    mutating func add(strings input: String) -> String {
        let scope = Self.scope
        let shape = builder.add(
            "Shape",
            "\(scope)/Shape",
            [input],
            ["T": .of(.string), "out_type": .of(.int32)]
        )
        let count = element(0, of: shape, "\(scope)/count", after: nil)
        let array = builder.add(
            "TensorArrayV3",
            "\(scope)/TensorArray",
            [count],
            [
                "dtype": .of(.float32), "element_shape": .extents(extents),
                "identical_element_shapes": .bool(true), "dynamic_size": .bool(false),
                "clear_after_read": .bool(true), "tensor_array_name": .text(""),
            ]
        )
        let flow = addLoop(input, count: count, array: array)
        let first = builder.scalar("\(scope)/range/start", Int32(0))
        let step = builder.scalar("\(scope)/range/delta", Int32(1))
        let indices = builder.add(
            "Range",
            "\(scope)/range",
            [first, count, step],
            ["Tidx": .of(.int32)]
        )
        return builder.add(
            "TensorArrayGatherV3",
            "\(scope)/TensorArrayGatherV3",
            [array, indices, flow],
            ["dtype": .of(.float32), "element_shape": .extents(extents)]
        )
    }

    /// Adds the loop, and gives the flow behind it.
    private mutating func addLoop(_ input: String, count: String, array: String) -> String {
        let body = Self.body
        let nextNames = ["\(body)/NextIteration", "\(body)/NextIteration_1"]
        let start = builder.scalar("\(body)/start", Int32(0))
        let indexEnter = enter(start, .int32, "\(body)/Enter")
        let flowEnter = enter("\(array):1", .float32, "\(body)/Enter_1")
        let countEnter = enter(count, .int32, "\(body)/count", isConstant: true)
        let arrayEnter = enter(array, .resource, "\(body)/array", isConstant: true)
        let inputEnter = enter(input, .string, "\(body)/input", isConstant: true)

        let int32: [String: AttributeValue] = ["T": .of(.int32)]
        let float32: [String: AttributeValue] = ["T": .of(.float32)]
        func merging(_ type: [String: AttributeValue]) -> [String: AttributeValue] {
            type.merging(["N": .integer(2)]) { first, _ in first }
        }
        let indexMerge = builder.add(
            "Merge",
            "\(body)/Merge",
            [indexEnter, nextNames[0]],
            merging(int32)
        )
        let flowMerge = builder.add(
            "Merge",
            "\(body)/Merge_1",
            [flowEnter, nextNames[1]],
            merging(float32)
        )
        let less = builder.add("Less", "\(body)/Less", [indexMerge, countEnter], int32)
        let condition = builder.add("LoopCond", "\(body)/LoopCond", [less])
        let indexSwitch = builder.add(
            "Switch",
            "\(body)/Switch",
            [indexMerge, condition],
            int32
        )
        let flowSwitch = builder.add(
            "Switch",
            "\(body)/Switch_1",
            [flowMerge, condition],
            float32
        )
        let index = builder.add("Identity", "\(body)/Identity", ["\(indexSwitch):1"], int32)
        let flow = builder.add("Identity", "\(body)/Identity_1", ["\(flowSwitch):1"], float32)

        let axis = builder.scalar("\(body)/axis", Int32(0), after: index)
        let bytes = builder.add(
            "GatherV2",
            "\(body)/GatherV2",
            [inputEnter, index, axis],
            ["Tparams": .of(.string), "Tindices": .of(.int32), "Taxis": .of(.int32)]
        )
        let picture = addPreparation(of: bytes, after: index)
        let written = builder.add(
            "TensorArrayWriteV3",
            "\(body)/TensorArrayWriteV3",
            [arrayEnter, index, picture, flow],
            float32
        )
        let one = builder.scalar("\(body)/one", Int32(1), after: index)
        let next = builder.add("Add", "\(body)/next", [index, one], int32)
        _ = builder.add("NextIteration", nextNames[0], [next], int32)
        _ = builder.add("NextIteration", nextNames[1], [written], float32)
        _ = builder.add("Exit", "\(body)/Exit", [indexSwitch], int32)
        return builder.add("Exit", "\(body)/Exit_1", [flowSwitch], float32)
    }

    /// Brings a value into the loop.
    private mutating func enter(
        _ value: String,
        _ type: DataType,
        _ name: String,
        isConstant: Bool = false
    ) -> String {
        builder.add(
            "Enter",
            name,
            [value],
            [
                "T": .of(type), "frame_name": .text("\(Self.body)/while_context"),
                "is_constant": .bool(isConstant), "parallel_iterations": .integer(10),
            ]
        )
    }

    /// One number of a list of whole numbers.
    private mutating func element(
        _ index: Int32,
        of list: String,
        _ name: String,
        after operation: String?
    ) -> String {
        let begin = builder.constant("\(name)/begin", [index], after: operation)
        let end = builder.constant("\(name)/end", [index + 1], after: operation)
        let strides = builder.constant("\(name)/strides", [1], after: operation)
        return builder.add(
            "StridedSlice",
            name,
            [list, begin, end, strides],
            [
                "T": .of(.int32), "Index": .of(.int32), "shrink_axis_mask": .integer(1),
                "begin_mask": .integer(0), "end_mask": .integer(0), "ellipsis_mask": .integer(0),
                "new_axis_mask": .integer(0),
            ]
        )
    }
}

/// One picture.
extension PictureNodes {
    /// Adds what makes a picture of encoded bytes.
    private mutating func addPreparation(of bytes: String, after loop: String) -> String {
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
        switch preprocessing.framing {
        case .shorterSide(let target):
            resized = addCrop(of: decoded, [height, width], target, name, after: loop)
        case .square:
            let whole = scaled(decoded, name, after: loop)
            resized = resize(whole.values, whole.type, squareSize(name, loop), name, loop)
        case .middle:
            let whole = scaled(decoded, name, after: loop)
            let middle = addMiddle(of: whole, [height, width], name, after: loop)
            resized = resize(middle, whole.type, squareSize(name, loop), name, loop)
        }
        let means = builder.constant(
            "\(name)/means",
            [preprocessing.means.red, preprocessing.means.green, preprocessing.means.blue],
            shape: [3],
            after: loop
        )
        let centred = builder.float("Sub", "\(name)/Sub", [resized, means])
        let extents = builder.constant(
            "\(name)/Reshape/shape",
            extents.map { Int32($0) },
            after: loop
        )
        return builder.reshape("\(name)/Reshape", centred, extents)
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

    private mutating func cast(
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

    private mutating func pack(_ values: [String], _ name: String) -> String {
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

    /// Resizes one picture by TensorFlow 1's rule, to `[1, height, width, 3]`.
    private mutating func resize(
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
        return builder.add(
            "ResizeBilinear",
            "\(name)/ResizeBilinear",
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
    }
}
