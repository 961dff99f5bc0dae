extension Planner {
    /// Appends a step that maps every value by itself; zero must map to zero where the layout has blocks.
    ///
    /// - Parameter map: Is given source, target and the number of values.
    func appendElementwise(
        _ node: Node, _ input: Activation,
        _ map: @escaping (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
    ) -> Activation {
        let result = makeActivation(input.shape, input.layout)
        let count = input.elementCount / batch
        appendPlanes(
            node, operations: input.elementCount, reads: [input], writes: result, planes: batch
        ) { arena in
            let source = unsafe arena.bytes(of: input.buffer).assumingMemoryBound(to: Float.self)
            let target = unsafe arena.bytes(of: result.buffer).assumingMemoryBound(to: Float.self)
            return { picture in
                unsafe map(source + picture * count, target + picture * count, count)
            }
        }
        return result
    }
}
