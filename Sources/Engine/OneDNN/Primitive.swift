internal import COneDNN

/// A compiled operation; a `dnnl_primitive_t`.
@safe
final class Primitive {
    private let handle: dnnl_primitive_t
    private let processor: Processor

    init(_ descriptor: PrimitiveDescriptor, on processor: Processor) throws(OneDNNError) {
        self.processor = processor
        unsafe handle = try create("dnnl_primitive_create") {
            unsafe dnnl_primitive_create(&$0, descriptor.handle)
        }
    }

    deinit { unsafe dnnl_primitive_destroy(handle) }

    /// Runs to the end with the arguments given.
    func execute(_ arguments: [Argument]) throws(OneDNNError) {
        try check(
            unsafe withUnsafeTemporaryAllocation(
                of: dnnl_exec_arg_t.self,
                capacity: arguments.count
            ) { list in
                for (index, argument) in arguments.enumerated() {
                    unsafe list[index] = dnnl_exec_arg_t(
                        arg: argument.place.index,
                        memory: argument.memory.handle
                    )
                }
                return unsafe dnnl_primitive_execute(
                    handle,
                    processor.stream,
                    Int32(arguments.count),
                    list.baseAddress
                )
            },
            "dnnl_primitive_execute"
        )
    }

    /// What an argument is to a primitive.
    struct Place {
        let index: Int32
        static let source = Place(index: DNNL_ARG_SRC)
        static let weights = Place(index: DNNL_ARG_WEIGHTS)
        static let bias = Place(index: DNNL_ARG_BIAS)
        static let destination = Place(index: DNNL_ARG_DST)
        static let scratchpad = Place(index: DNNL_ARG_SCRATCHPAD)
    }

    /// One argument of a primitive.
    struct Argument {
        let place: Place
        let memory: Memory

        init(_ place: Place, _ memory: Memory) {
            self.place = place
            self.memory = memory
        }
    }
}

/// Copies from one layout to another.
func reorder(
    _ source: Memory,
    _ from: MemoryDescriptor,
    to target: Memory,
    _ to: MemoryDescriptor,
    on processor: Processor
) throws(OneDNNError) {
    let descriptor = try unsafe create("dnnl_reorder_primitive_desc_create") {
        unsafe onednn_copy(&$0, processor.engine, from.raw, to.raw)
    }
    defer { unsafe dnnl_primitive_desc_destroy(descriptor) }
    let primitive = try unsafe create("dnnl_primitive_create") {
        unsafe dnnl_primitive_create(&$0, descriptor)
    }
    defer { unsafe dnnl_primitive_destroy(primitive) }
    let arguments = unsafe [
        dnnl_exec_arg_t(arg: DNNL_ARG_FROM, memory: source.handle),
        dnnl_exec_arg_t(arg: DNNL_ARG_TO, memory: target.handle),
    ]
    try check(
        unsafe dnnl_primitive_execute(primitive, processor.stream, 2, arguments),
        "dnnl_primitive_execute"
    )
}
