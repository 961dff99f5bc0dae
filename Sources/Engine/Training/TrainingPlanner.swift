internal import Base
internal import CKernels
internal import COneDNN

/// Collects the steps of a forward and a backward pass for one batch size.
///
/// Buffers live from the step that writes them to the last one that reads them, so activations go when the backward
/// pass has consumed them.
final class TrainingPlanner {
    /// Takes the steps, in order; layers without parameters plan their forward pass in it as for inference.
    let planner: Planner
    let parameters: ParameterStore
    let options: TrainingOptions
    /// The kernels in the layouts that primitives want.
    private(set) var kernelCopies: [KernelCopy] = []
    /// What each batch norm saw in the batch.
    private(set) var statistics: [BatchStatistics] = []
    /// The masks of DropBlock.
    private(set) var masks: [DropBlockMask] = []

    init(planner: Planner, parameters: ParameterStore, options: TrainingOptions) {
        self.planner = planner
        self.parameters = parameters
        self.options = options
    }

    var processor: Processor { planner.processor }
    var batch: Int { planner.batch }

    /// The type of pictures' activations and their gradients; vectors are float32 always.
    var activationType: ElementType { options.math == .bf16 ? .bfloat16 : .float32 }

    /// The type in which convolutions multiply, but for Winograd's: that of the activations, unless the processor
    /// multiplies float32 as fast.
    var productType: ElementType { options.multipliesBFloat16 ? .bfloat16 : .float32 }

    /// A buffer for the gradient with respect to an activation.
    func makeGradient(of activation: Activation) -> Activation {
        planner.makeActivation(activation.shape, activation.layout, activation.type)
    }

    /// The parameter of a node.
    func parameter(_ node: String, _ role: ParameterRole) -> TrainedParameter {
        guard let parameter = parameters[ParameterKey(node: node, role: role)] else {
            preconditionFailure("\(node) has no \(role.rawValue)")
        }
        return parameter
    }

    /// A parameter's values in another layout, kept up to date, in as many bytes, those behind them zero; shared between
    /// those who want the same.
    func kernelCopy(
        of parameter: TrainedParameter,
        from master: MemoryDescriptor,
        as wanted: MemoryDescriptor,
        byteCount: Int
    ) throws(EngineError) -> Storage {
        if master == wanted, parameter.values.byteCount >= byteCount { return parameter.values }
        if let known = kernelCopies.first(where: {
            $0.parameter === parameter && $0.wanted == wanted
                && $0.storage.byteCount == byteCount
        }) {
            return known.storage
        }
        let processor = processor
        let copy = try wrapped { () throws(OneDNNError) in
            try KernelCopy(
                of: parameter,
                from: master,
                as: wanted,
                byteCount: byteCount,
                on: processor
            )
        }
        kernelCopies.append(copy)
        return copy.storage
    }

    /// What a batch norm will see; the same again when its forward pass is planned again.
    func statistics(of node: Node, _ norm: BatchNorm, count: Int) -> BatchStatistics {
        if let known = statistics.first(where: { $0.node == node.name }) { return known }
        let made = BatchStatistics(
            node: node.name,
            channels: norm.channels,
            decay: norm.decay,
            count: count,
            movingMean: parameter(node.name, .movingMean),
            movingVariance: parameter(node.name, .movingVariance)
        )
        statistics.append(made)
        return made
    }

    /// A DropBlock layer's mask; the same again when its forward pass is planned again.
    func mask(of node: Node, _ layer: DropBlock, shape: FeatureShape) -> DropBlockMask {
        if let known = masks.first(where: { $0.node == node.name }) { return known }
        let made = DropBlockMask(node: node.name, shape: shape, gammaScale: layer.gammaScale)
        masks.append(made)
        return made
    }

    /// Appends a oneDNN primitive.
    func append(
        _ node: Node,
        _ kind: String,
        _ descriptor: PrimitiveDescriptor,
        operations: Int,
        _ operands: [Operand]
    ) throws(EngineError) {
        try planner.append(node, kind: kind, descriptor, operations: operations, operands)
    }

    /// Appends a step of our own.
    func append(
        _ node: Node,
        _ kind: String,
        implementation: String = "kernel",
        operations: Int,
        arithmetic: Int? = nil,
        reads: [Activation],
        keptByteCount: Int = 0,
        writes: [Activation],
        bind: @escaping (Arena) throws(EngineError) -> Step.Work
    ) {
        planner.append(
            Step(
                node: node.name,
                kind: kind,
                implementation: implementation,
                operations: operations,
                reads: reads.map(\.buffer),
                writes: writes.map(\.buffer),
                keptByteCount: keptByteCount,
                arithmetic: arithmetic,
                bind: bind
            )
        )
    }

    /// Appends a step that runs work for every plane.
    func appendPlanes(
        _ node: Node,
        _ kind: String,
        operations: Int,
        reads: [Activation],
        writes: [Activation],
        planes: Int,
        work: @escaping (Arena) -> (Int) -> Void
    ) {
        append(node, kind, operations: operations, reads: reads, writes: writes) { arena in
            let work = work(arena)
            return { parallel(planes, work) }
        }
    }

    /// The sum of activations of one type and arrangement, zero where a relu's result is zero.
    func sum(
        _ terms: [Activation],
        rectifiedBy rectified: Activation?,
        for node: Node
    ) -> Activation {
        let result = makeGradient(of: terms[0])
        let type = result.type.kernel
        let stride = result.byteCount / batch
        let count = result.elementCount / batch
        appendPlanes(
            node,
            rectified == nil ? "sum gradients" : "relu gradient",
            operations: terms.count * result.elementCount,
            reads: terms + (rectified.map { [$0] } ?? []),
            writes: [result],
            planes: batch
        ) { arena in
            let sources = unsafe terms.map { unsafe UnsafeRawPointer(arena.bytes(of: $0)) }
            let positive = unsafe rectified.map { unsafe UnsafeRawPointer(arena.bytes(of: $0)) }
            let target = unsafe arena.bytes(of: result)
            return { picture in
                let start = picture * stride
                unsafe withUnsafeTemporaryAllocation(
                    of: UnsafeRawPointer?.self,
                    capacity: sources.count
                ) { list in
                    for index in unsafe sources.indices {
                        unsafe list.initializeElement(at: index, to: sources[index] + start)
                    }
                    unsafe training_sum(
                        list.baseAddress,
                        list.count,
                        positive.map { unsafe $0 + start },
                        target + start,
                        type,
                        count
                    )
                }
            }
        }
        return result
    }
}
