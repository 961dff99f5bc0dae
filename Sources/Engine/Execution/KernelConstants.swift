internal import Base

/// A folded kernel as a step wants it, and the numbers that are added to its outputs.
struct KernelConstants {
    let kernel: Storage
    /// `[output]`, with the channels that fill up blocks; nil where nothing is added.
    let bias: Storage?

    /// Bytes that the plan keeps for them.
    var byteCount: Int { kernel.byteCount + (bias?.byteCount ?? 0) }
}

extension Planner {
    /// A node's kernel and bias as a step wants them: from an earlier plan, else of what `fold` makes, which is asked once.
    ///
    /// `layout` tells in words how `arrange` lays the kernel out in `byteCount` bytes; `biasCount` is nil where there is no
    /// bias.
    func kernelConstants(
        of node: String,
        layout: String,
        byteCount: Int,
        biasCount: Int?,
        fold: () throws(EngineError) -> FoldedKernel,
        arrange: (FoldedKernel) throws(EngineError) -> Storage
    ) throws(EngineError) -> KernelConstants {
        var made: FoldedKernel?
        func folded() throws(EngineError) -> FoldedKernel {
            if let made { return made }
            let kernel = try fold()
            made = kernel
            return kernel
        }
        let kernel = try prepared(node, "kernel", layout: layout, byteCount: byteCount) {
            () throws(EngineError) in try arrange(try folded())
        }
        guard let biasCount else { return KernelConstants(kernel: kernel, bias: nil) }
        let bias = try preparedVector(node, "bias", count: biasCount) { () throws(EngineError) in
            guard let bias = try folded().bias else {
                preconditionFailure("\(node): a kernel without bias")
            }
            return unsafe Array(bias.floats)
        }
        return KernelConstants(kernel: kernel, bias: bias)
    }
}
