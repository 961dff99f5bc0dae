internal import Base
internal import CKernels

extension Planner {
    /// Appends the product of a matrix, one row for each picture, with a kernel of `[input, output]`.
    ///
    /// Our own kernel and not the library's: there, how a row's products are summed up depends on the number of rows and
    /// on the row's place among them, so that a picture's logits would depend on its neighbours.
    func appendMatrixProduct(
        _ node: Node,
        _ input: Activation,
        outputs: Int,
        hasBias: Bool,
        isRectified: Bool = false,
        operations: Int,
        fold: () throws(EngineError) -> FoldedKernel
    ) throws(EngineError) -> Activation {
        let result = makeVectors(FeatureShape(channels: outputs))
        let inputs = input.shape.channels
        let tiles = (outputs + Int(kernel_tile) - 1) / Int(kernel_tile)
        let byteCount = tiles * Int(kernel_tile) * inputs * MemoryLayout<Float>.stride
        let constants = try kernelConstants(
            of: node.name,
            layout: "float32 \(inputs)x\(outputs) in tiles of \(kernel_tile) columns",
            byteCount: byteCount,
            biasCount: hasBias ? outputs : nil,
            fold: fold
        ) { folded in
            let storage = Storage(byteCount: byteCount)
            unsafe kernel_pack_tiles(
                folded.kernel.floats.baseAddress,
                storage.floats.baseAddress,
                inputs,
                outputs
            )
            return storage
        }
        let batch = batch
        append(
            node,
            operations: operations,
            reads: [input],
            keptByteCount: constants.byteCount,
            writes: result
        ) { arena in
            let rows = unsafe arena.values(of: input)
            let target = unsafe arena.values(of: result)
            return {
                parallel(tiles) { tile in
                    unsafe kernel_multiply_tile(
                        rows,
                        constants.kernel.floats.baseAddress,
                        constants.bias?.floats.baseAddress,
                        target,
                        batch,
                        inputs,
                        outputs,
                        tile,
                        isRectified ? 1 : 0
                    )
                }
            }
        }
        return result
    }
}
