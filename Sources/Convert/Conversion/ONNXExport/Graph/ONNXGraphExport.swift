internal import Formats
package import Networks
internal import Proto
internal import Reference

/// How an imported graph becomes an ONNX model.
package struct ONNXGraphExport: Sendable {
    /// The graph.
    package let graph: FormedGraph
    /// Whether it takes pictures and gives logits, which then go by the names that a family's model has.
    package let isNetwork: Bool
    /// The arrangement of the pictures that the model takes.
    package var layout = ONNXExport.Layout.nchw
    /// Whether batch norms are folded into the convolutions before them.
    package var foldsBatchNorms = false

    /// A graph's model.
    package init(_ graph: FormedGraph, isNetwork: Bool) {
        self.graph = graph
        self.isNetwork = isNetwork
    }

    /// The names of a network's input and outputs.
    private static let names = [
        "input", "logits", "output", "probabilities", "probabilities_sigmoid", "classes",
    ]

    /// Whether a network's pictures have their channels behind the batch; nil if they are no pictures.
    package var hasChannelsFirst: Bool? {
        guard isNetwork, let shape = graph.inputs.first?.shape, shape.count == 4 else { return nil }
        let extents = shape.map { $0 ?? 0 }
        return [1, 3, 4].contains(extents[1]) && extents[3] > 4
    }

    /// Whether the model's pictures have their channels behind the batch; nil if they are no pictures.
    package var givesChannelsFirst: Bool? { hasChannelsFirst.map { _ in layout == .nchw } }

    /// Builds the model.
    ///
    /// - Throws: ``ConversionError/inexpressibleOperations(format:operations:)``.
    package func model() throws(ConversionError) -> ONNXModel {
        var translator = ONNXTranslator(graph, foldsBatchNorms: foldsBatchNorms)
        do throws(ReferenceError) {
            let kept = isNetwork ? Self.names : graph.outputs.map(\.name)
            for name in kept { translator.reserve(name) }
            for input in graph.inputs { try add(input, to: &translator) }
            translator.translateAll()
            if isNetwork, graph.outputs.count == 1 {
                try addLogits(to: &translator)
            } else {
                for output in graph.outputs {
                    translator.release(output.name)
                    let value = try translator.own(output.place)
                    try addOutput(value, output.name, output.place, to: &translator)
                }
            }
        } catch {
            throw .inexpressibleOperations(format: "ONNX", operations: [error.description])
        }
        var model = translator.model
        let needed = model.removeUnneeded()
        var lacking: Set<Int> = []
        var isLacking = false
        for (name, roots) in translator.missing where needed.contains(name) {
            lacking.formUnion(roots)
            isLacking = true
        }
        guard !isLacking else {
            let problems = translator.problems(lacking)
            throw .inexpressibleOperations(
                format: "ONNX",
                operations: problems.isEmpty ? ["constants that are no numbers"] : problems
            )
        }
        return model
    }

    private func add(
        _ input: FormedGraph.Input,
        to translator: inout ONNXTranslator
    ) throws(ReferenceError) {
        guard let isFirst = hasChannelsFirst else {
            if isNetwork { translator.release("input") }
            let name = isNetwork ? "input" : input.name
            return try translator.addInput(input, named: name, planar: false)
        }
        translator.release("input")
        guard layout == .nhwc, isFirst else {
            return try translator.addInput(
                input,
                named: "input",
                planar: layout == .nchw && !isFirst
            )
        }
        try translator.addTurnedInput(input, named: "input")
    }

    private func addOutput(
        _ value: String,
        _ name: String,
        _ place: TensorPlace,
        to translator: inout ONNXTranslator
    ) throws(ReferenceError) {
        // Where the form is not known, as of what is counted while it is computed, the reader finds out.
        let shape = graph.shape(place)
        guard let form = graph.form(place), let shape else {
            return try translator.addOutput(value, named: name, translator.type(place), [])
        }
        try translator.addOutput(value, named: name, form.type, shape)
    }

    /// Logits, and what they amount to; or whatever it is.
    private func addLogits(to translator: inout ONNXTranslator) throws(ReferenceError) {
        let place = graph.outputs[0].place
        let value = try translator.own(place)
        let (type, shape) = (try translator.type(place), try translator.shape(place))
        guard type.hasFraction, shape.count == 2 else {
            translator.release("output")
            return try addOutput(value, "output", place, to: &translator)
        }
        for name in Self.names { translator.release(name) }
        translator.reserve("input")
        try translator.addOutput(value, named: "logits", type, shape)
        let softmax = translator.append("Softmax", "softmax", ["logits"], ["axis": .integer(1)])
        try translator.addOutput(softmax, named: "probabilities", type, shape)
        let sigmoid = translator.append("Sigmoid", "sigmoid", ["logits"])
        try translator.addOutput(sigmoid, named: "probabilities_sigmoid", type, shape)
        let place0: [String: ONNXAttribute] = ["axis": .integer(1), "keepdims": .integer(0)]
        let largest = translator.append("ArgMax", "argmax", ["logits"], place0)
        try translator.addOutput(largest, named: "classes", .int64, [shape[0]])
    }
}
