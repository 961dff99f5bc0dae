extension Reshape: ExecutableLayer {
    func inputType(at index: Int, output: ElementType, math: MathMode) -> ElementType? { output }

    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let input = inputs[0]
        // Pixels lie behind each other in every layout, so that rows and columns are but names.
        if input.shape.channels == output.channels {
            return Activation(
                buffer: input.buffer,
                batch: input.batch,
                shape: output,
                layout: input.layout,
                type: input.type
            )
        }
        if output.isVector {
            let result = planner.makeVectors(output)
            let (from, to) = try wrapped { () throws(OneDNNError) in
                (try input.exactDescriptor(), try input.channelsLastDescriptor())
            }
            try planner.appendReorder(node, from: (input.buffer, from), to: (result.buffer, to))
            return result
        }
        let source = try planner.channelsLast(input, for: node)
        let result = planner.makeActivation(output, .blocked, planner.outputType(of: node))
        let (from, to) = try wrapped { () throws(OneDNNError) in
            (try result.channelsLastDescriptor(), try result.exactDescriptor())
        }
        try planner.appendReorder(node, from: (source, from), to: (result.buffer, to))
        return result
    }
}
