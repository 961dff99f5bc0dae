extension Planner {
    /// The same activations in float32 with channels last, in a buffer; their own where they lie so.
    func channelsLast(_ input: Activation, for node: Node) throws(EngineError) -> Int {
        // A vector is what it is in any order, and pixels of one channel too.
        if input.layout == .planar, input.type == .float32,
            input.shape.isVector || input.shape.channels == 1
        {
            return input.buffer
        }
        let (from, to) = try wrapped { () throws(OneDNNError) in
            (try input.exactDescriptor(), try input.channelsLastDescriptor())
        }
        let buffer = makeBuffer(byteCount: to.byteCount)
        try appendReorder(node, from: (input.buffer, from), to: (buffer, to))
        return buffer
    }

    /// Values with channels last, arranged as layers want them.
    ///
    /// `fill` is given the arena and what makes the values; it runs in a step of its own.
    func appendChannelsLast(
        _ node: Node,
        reads: [Int],
        output: FeatureShape,
        operations: Int,
        bind: @escaping (Arena, _ target: Int) throws(EngineError) -> Step.Work
    ) throws(EngineError) -> Activation {
        let isPlain = output.isVector || output.channels == 1
        let result = makeActivation(output, isPlain ? .planar : .blocked, .float32)
        let to = try wrapped { () throws(OneDNNError) in try result.channelsLastDescriptor() }
        let target = isPlain ? result.buffer : makeBuffer(byteCount: to.byteCount)
        append(
            Step(
                node: node.name,
                kind: node.layer.kind,
                implementation: "kernel",
                operations: operations,
                reads: reads,
                writes: [target],
                bind: { arena throws(EngineError) in try bind(arena, target) }
            )
        )
        guard !isPlain else { return result }
        let layout = try wrapped { () throws(OneDNNError) in try result.exactDescriptor() }
        try appendReorder(node, from: (target, to), to: (result.buffer, layout))
        return result
    }

    /// Appends a copy from one layout to another.
    func appendReorder(
        _ node: Node,
        from source: (buffer: Int, layout: MemoryDescriptor),
        to target: (buffer: Int, layout: MemoryDescriptor)
    ) throws(EngineError) {
        let processor = processor
        let copy = try wrapped { () throws(OneDNNError) in
            try PrimitiveDescriptor(copying: source.layout, to: target.layout, on: processor)
        }
        try append(
            node,
            kind: "reorder",
            copy,
            operations: 0,
            [
                Operand(
                    place: .source,
                    home: .read(buffer: source.buffer),
                    descriptor: source.layout
                ),
                Operand(
                    place: .destination,
                    home: .written(buffer: target.buffer),
                    descriptor: target.layout
                ),
            ]
        )
    }
}
