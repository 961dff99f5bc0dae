internal import CKernels

extension Planner {
    /// Elements of a piece: enough to be worth a thread's while, and few enough that a single picture has several.
    private static let pieceCount = 16384

    /// Appends a step that runs work for every piece of an activation's elements, whatever their order.
    ///
    /// `work` is given the arena and makes the work for a range of elements.
    func appendPieces(
        _ node: Node,
        reads: [Activation],
        writes result: Activation,
        work: @escaping (Arena) -> (Range<Int>) -> Void
    ) {
        let count = result.elementCount
        appendPlanes(
            node,
            operations: count,
            reads: reads,
            writes: result,
            planes: (count + Self.pieceCount - 1) / Self.pieceCount
        ) { arena in
            let work = work(arena)
            return { index in
                let start = index * Self.pieceCount
                work(start..<min(start + Self.pieceCount, count))
            }
        }
    }

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
        appendPieces(node, reads: [input], writes: result) { arena in
            let source = unsafe arena.bytes(of: input)
            let target = unsafe arena.bytes(of: result)
            return { piece in
                unsafe map(
                    source + piece.lowerBound * input.type.byteCount,
                    target + piece.lowerBound * type.byteCount,
                    piece.count
                )
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
