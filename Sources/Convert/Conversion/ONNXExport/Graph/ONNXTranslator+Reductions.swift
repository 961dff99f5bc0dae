internal import Formats
internal import Networks
internal import Proto
internal import Reference

// Operations that take elements together along axes.
extension ONNXTranslator {
    static let reductions: [String: Handler] = [
        "Sum": reduction("ReduceSum"), "Mean": reduction("ReduceMean"),
        "Prod": reduction("ReduceProd"), "Max": reduction("ReduceMax"),
        "Min": reduction("ReduceMin"), "EuclideanNorm": reduction("ReduceL2"),
        "All": truths("ReduceMin"), "Any": truths("ReduceMax"),
        "ArgMax": extreme("ArgMax"), "ArgMin": extreme("ArgMin"),
        "Softmax": softmax("Softmax"), "LogSoftmax": softmax("LogSoftmax"),
    ]

    /// The attribute has two names.
    private static func keepsAxes(_ call: ONNXCall) throws(ReferenceError) -> Bool {
        if call.node["keepdims"] != nil { return try call.node.bool("keepdims") }
        return try call.node.bool("keep_dims", default: false)
    }

    /// A tensor in an order in which axes can be taken away, and the axes in it.
    ///
    /// A planar tensor stays one if the axes are kept; it is the graph's own if what is left has the graph's order.
    private mutating func reducible(
        _ place: TensorPlace,
        _ axes: Set<Int>,
        keeps: Bool
    ) throws(ReferenceError) -> (name: String, axes: [Int], isPlanar: Bool) {
        if isPlanar(place) {
            let left = (0..<4).filter { !axes.contains($0) }.map { Self.planarPlaces[$0] }
            if keeps || left == left.sorted() {
                let places = axes.map { Self.planarPlaces[$0] }.sorted()
                return (try planar(place), places, keeps)
            }
        }
        return (try own(place), axes.sorted(), false)
    }

    private func axes(_ call: ONNXCall) throws(ReferenceError) -> Set<Int> {
        let rank = try rank(call[0])
        var axes: Set<Int> = []
        for number in try integers(call[1]) { axes.insert(try axis(number, of: rank)) }
        return axes
    }

    /// Reduces a tensor along axes.
    mutating func reduced(
        _ operation: String,
        _ name: String,
        _ input: String,
        _ axes: [Int],
        keeps: Bool
    ) -> String {
        var attributes: [Name: ONNXAttribute] = ["keepdims": .integer(keeps ? 1 : 0)]
        var inputs = [input]
        if operation == "ReduceSum" {
            inputs.append(integers(axes))
        } else {
            attributes["axes"] = .integers(axes)
        }
        return append(operation, name, inputs, attributes)
    }

    private static func reduction(_ operation: String) -> Handler {
        { one, call throws(ReferenceError) in
            let axes = try one.axes(call)
            guard !axes.isEmpty else { return try one.pass(call, call[0]) }
            let keeps = try keepsAxes(call)
            let input = try one.reducible(call[0], axes, keeps: keeps)
            let name = one.reduced(operation, call.name, input.name, input.axes, keeps: keeps)
            one.set(call, name, planar: input.isPlanar)
        }
    }

    private static func truths(_ operation: String) -> Handler {
        { one, call throws(ReferenceError) in
            let axes = try one.axes(call)
            guard !axes.isEmpty else { return try one.pass(call, call[0]) }
            let keeps = try keepsAxes(call)
            let input = try one.reducible(call[0], axes, keeps: keeps)
            let numbers = one.cast(input.name, to: .int32, call.part("numbers"))
            let part = call.part("reduced")
            let found = one.reduced(operation, part, numbers, input.axes, keeps: keeps)
            one.set(call, one.cast(found, to: .bool, call.name), planar: input.isPlanar)
        }
    }

    private static func extreme(_ operation: String) -> Handler {
        { one, call throws(ReferenceError) in
            let axis = try one.axis(one.integer(call[1]), of: one.rank(call[0]))
            let input = try one.reducible(call[0], [axis], keeps: false)
            let type = try call.node.type("output_type", default: .int64)
            let found = one.append(
                operation,
                call.name,
                [input.name],
                ["axis": .integer(input.axes[0]), "keepdims": .integer(0)]
            )
            one.set(call, one.cast(found, to: type, call.part("cast")), planar: false)
        }
    }

    private static func softmax(_ operation: String) -> Handler {
        { one, call throws(ReferenceError) in
            try one.map(call) { one, x throws(ReferenceError) in
                let axis = try one.isPlanar(call[0]) ? 1 : -1
                return one.append(operation, call.name, [x], ["axis": .integer(axis)])
            }
        }
    }
}
