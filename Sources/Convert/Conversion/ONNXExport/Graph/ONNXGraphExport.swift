internal import Checkpoint
internal import Formats
package import Networks
package import Pictures
package import Proto
internal import Reference

/// How an imported graph becomes an ONNX model.
package struct ONNXGraphExport: Sendable {
    /// The graph; its inputs and outputs give the model's their names.
    package let graph: FormedGraph
    /// The arrangement of the pictures that the model takes; nil: the graph's.
    package var layout: ONNXExport.Layout?
    /// Whether batch norms are folded into the convolutions before them.
    package var foldsBatchNorms = false
    /// What constants are called in the model, by the names of their nodes, where that is something else.
    package var constantNames: [Name: String] = [:]

    /// What makes an input's pictures of decoded ones, which go in in its place; nil where all is given as the graph takes it.
    package var preparation: (index: Int, preprocessing: Preprocessing)?

    /// A graph's model.
    package init(_ graph: FormedGraph, layout: ONNXExport.Layout?) {
        self.graph = graph
        self.layout = layout
    }

    /// Whether an input's pictures have their channels behind the batch in the graph; nil if they are no pictures.
    private func hasChannelsFirst(_ input: FormedGraph.Input) -> Bool? {
        guard input.shape.count == 4 else { return nil }
        let extents = input.shape.map { $0 ?? 0 }
        let few = [1, 3, 4]
        if few.contains(extents[1]), extents[3] > 4 { return true }
        return few.contains(extents[3]) ? false : nil
    }

    /// In which order the axes of each of the graph's inputs are in the model's; nil: as they are.
    package var inputOrders: [[Int]?] {
        graph.inputs.enumerated().map { index, input in
            guard index != preparation?.index else { return nil }
            guard let layout, let isFirst = hasChannelsFirst(input) else { return nil }
            switch (layout, isFirst) {
            case (.nchw, false): return ONNXTranslator.planarOrder
            case (.nhwc, true): return ONNXTranslator.planarPlaces
            default: return nil
            }
        }
    }

    /// Builds the model; its inputs and outputs come in the order of the graph's.
    ///
    /// - Throws: ``ConversionError/inexpressibleOperations(format:operations:)``.
    package func model() throws(ConversionError) -> ONNXModel {
        var translator = ONNXTranslator(
            graph,
            foldsBatchNorms: foldsBatchNorms,
            constantNames: constantNames
        )
        do throws(ReferenceError) {
            let names = Set(graph.inputs.map(\.name) + graph.outputs.map(\.name))
            for name in names { translator.reserve(name) }
            for input in graph.inputs { translator.release(input.name) }
            for (index, (input, order)) in zip(graph.inputs, inputOrders).enumerated() {
                if let preparation, index == preparation.index {
                    translator.addPrepared(
                        input,
                        by: preparation.preprocessing,
                        channelsFirst: input.shape[1] == 3 && input.shape[3] != 3
                    )
                } else if order == ONNXTranslator.planarPlaces {
                    try translator.addTurnedInput(input)
                } else {
                    try translator.addInput(input, planar: order != nil)
                }
            }
            translator.translateAll()
            for output in graph.outputs {
                if !graph.inputs.contains(where: { Name($0.name) == Name(output.name) }) {
                    translator.release(output.name)
                }
                try translator.addOutput(try translator.own(output.place), output)
            }
        } catch {
            throw .inexpressibleOperations(format: "ONNX", operations: [error.description])
        }
        var model = translator.model
        let needed = model.removeUnneeded()
        let lacking = translator.missing.filter { needed.contains(ByteName($0.key.text)) }
        guard lacking.isEmpty else {
            let problems = translator.problems(lacking.values.reduce(into: []) { $0.formUnion($1) })
            throw .inexpressibleOperations(
                format: "ONNX",
                operations: problems.isEmpty ? ["constants that are no numbers"] : problems
            )
        }
        model.settleOperatorSet()
        return model
    }
}
