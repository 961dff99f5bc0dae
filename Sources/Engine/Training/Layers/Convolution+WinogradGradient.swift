internal import Base
internal import CKernels

extension TrainingPlanner {
    /// Appends a convolution by Winograd's algorithm with a kernel that changes from step to step, or with its turned
    /// one.
    ///
    /// The transformed kernel is four times as large and of use in this step only, so it lies in scratch memory.
    func appendWinograd(
        _ node: Node,
        _ kind: String,
        _ layer: winograd_layer,
        of kernel: TrainedParameter,
        isTurned: Bool,
        from source: Activation,
        to result: Activation,
        operations: Int
    ) {
        let schedule = WinogradTrainedSchedule(
            layer,
            batch: batch,
            threads: ThreadCount.current
        )
        planner.reserveScratchpad(byteCount: schedule.scratchpadByteCount)
        append(
            node,
            kind,
            implementation: layer.name,
            operations: operations,
            arithmetic: layer.operationCount(batch: batch),
            reads: [source],
            keptByteCount: kernel.values.byteCount,
            writes: [result]
        ) { arena in
            let input = unsafe arena.values(of: source)
            let output = unsafe arena.values(of: result)
            let scratchpad = unsafe arena.scratchpadBytes
            return {
                unsafe schedule.run(
                    input,
                    kernel: kernel.winogradKernel(isTurned: isTurned),
                    into: output,
                    scratchpad: scratchpad
                )
            }
        }
    }

    /// Appends what finds a kernel's gradient by Winograd's algorithm.
    func appendWinogradWeights(
        _ node: Node,
        _ layer: winograd_layer,
        of kernel: TrainedParameter,
        source: Activation,
        slope: Activation,
        operations: Int
    ) {
        let schedule = WinogradWeightsSchedule(layer, batch: batch, threads: ThreadCount.current)
        planner.reserveScratchpad(byteCount: schedule.scratchpadByteCount)
        let shape = kernel.parameter.shape
        append(
            node,
            "convolution weights gradient",
            implementation: layer.name,
            operations: operations,
            arithmetic: layer.operationCount(batch: batch),
            reads: [source, slope],
            keptByteCount: kernel.gradient.byteCount,
            writes: []
        ) { arena in
            let input = unsafe arena.values(of: source)
            let gradient = unsafe arena.values(of: slope)
            let scratchpad = unsafe arena.scratchpadBytes
            return {
                unsafe schedule.run(
                    input,
                    slope: gradient,
                    into: kernel.gradient.floats.baseAddress,
                    inputs: shape[2],
                    outputs: shape[3],
                    scratchpad: scratchpad
                )
            }
        }
    }
}

extension TrainedParameter {
    /// The values as the kernel of a convolution, `[height, width, input, output]`.
    fileprivate func winogradKernel(isTurned: Bool) -> winograd_kernel {
        let shape = parameter.shape
        return unsafe winograd_kernel(
            values: values.floats.baseAddress,
            inputs: shape[2],
            outputs: shape[3],
            isTurned: isTurned ? 1 : 0
        )
    }
}
