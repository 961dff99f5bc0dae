internal import CKernels

extension Planner {
    /// Appends a step that maps every value by itself; zero must map to zero where the layout has blocks.
    ///
    /// The map is given source, target and the number of values.
    func appendElementwise(
        _ node: Node,
        _ input: Activation,
        to type: ElementType,
        _ map: @escaping (UnsafeRawPointer, UnsafeMutableRawPointer, Int) -> Void
    ) -> Activation {
        let result = makeActivation(input.shape, input.layout, type)
        let count = input.elementCount / batch
        let strides = (input.byteCount / batch, result.byteCount / batch)
        appendPlanes(
            node,
            operations: input.elementCount,
            reads: [input],
            writes: result,
            planes: batch
        ) { arena in
            let source = unsafe arena.bytes(of: input)
            let target = unsafe arena.bytes(of: result)
            return { picture in
                unsafe map(source + picture * strides.0, target + picture * strides.1, count)
            }
        }
        return result
    }

    /// The same activations in another type; they themselves if they have it.
    func converted(_ input: Activation, to type: ElementType, for node: Node) -> Activation {
        guard input.type != type else { return input }
        return unsafe appendElementwise(node, input, to: type) { source, target, count in
            unsafe kernel_convert(source, input.type.kernel, target, type.kernel, count)
        }
    }
}
