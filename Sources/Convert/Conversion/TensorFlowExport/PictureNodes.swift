internal import Pictures
internal import Proto

/// The preparation of pictures as operations: a loop that decodes, resizes and crops one encoded picture after the other.
///
/// The loop is made of the operations that TensorFlow 1 and 2 both run: `Enter`, `Merge`, `Switch`, `NextIteration`,
/// `Exit`, and an array that collects the pictures.
struct PictureNodes {
    var builder: GraphDefBuilder
    let preprocessing: Preprocessing

    private static let scope = "map"
    static let body = "map/while"

    init(_ preprocessing: Preprocessing, in builder: GraphDefBuilder) {
        self.preprocessing = preprocessing
        self.builder = builder
    }

    var size: Int { preprocessing.imageSize }
    var extents: [Int] { [size, size, 3] }

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
    mutating func element(
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
