internal import Base

/// A parameter's values in the layout that a primitive wants, made anew whenever they have changed.
///
/// The primitive's layout may have more channels, which hold zeros. Where it has no blocks that they fill up, they lie
/// beyond the layout of the values, and the memory is as large as the primitive's.
final class KernelCopy {
    let parameter: TrainedParameter
    let wanted: MemoryDescriptor
    let storage: Storage
    private let primitive: Primitive
    private let arguments: [Primitive.Argument]

    init(
        of parameter: TrainedParameter,
        from master: MemoryDescriptor,
        as wanted: MemoryDescriptor,
        byteCount: Int,
        on processor: Processor
    ) throws(OneDNNError) {
        self.parameter = parameter
        self.wanted = wanted
        storage = Storage(byteCount: byteCount)
        primitive = try Primitive(
            PrimitiveDescriptor(copying: master, to: wanted, on: processor),
            on: processor
        )
        arguments = unsafe [
            Primitive.Argument(
                .source,
                try Memory(master, at: parameter.values.bytes, on: processor)
            ),
            Primitive.Argument(
                .destination,
                try Memory(wanted, at: storage.bytes, on: processor)
            ),
        ]
    }

    /// Copies the values.
    func refresh() throws(EngineError) {
        try wrapped { () throws(OneDNNError) in try primitive.execute(arguments) }
    }
}
