internal import COneDNN

/// A chosen implementation of an operation, before it is compiled; a `dnnl_primitive_desc_t`.
@safe
final class PrimitiveDescriptor {
    let handle: dnnl_primitive_desc_t

    /// `operation` points to the operation's descriptor, such as a `dnnl_convolution_desc_t`; `forward` is the forward
    /// operation that a gradient belongs to.
    init(
        _ operation: UnsafeRawPointer,
        postOperations: PostOperations = PostOperations(),
        gradientOf forward: PrimitiveDescriptor? = nil,
        on processor: Processor
    ) throws(OneDNNError) {
        let attributes = try unsafe create("dnnl_primitive_attr_create") {
            unsafe dnnl_primitive_attr_create(&$0)
        }
        defer { unsafe dnnl_primitive_attr_destroy(attributes) }
        try check(
            unsafe dnnl_primitive_attr_set_scratchpad_mode(
                attributes,
                dnnl_scratchpad_mode_user
            ),
            "dnnl_primitive_attr_set_scratchpad_mode"
        )
        try unsafe postOperations.attach(to: attributes)
        unsafe handle = try create("dnnl_primitive_desc_create") {
            unsafe dnnl_primitive_desc_create(
                &$0,
                operation,
                attributes,
                processor.engine,
                forward?.handle
            )
        }
    }

    /// A copy from one layout to another.
    init(
        copying from: MemoryDescriptor,
        to: MemoryDescriptor,
        on processor: Processor
    ) throws(OneDNNError) {
        var from = from.raw
        var to = to.raw
        unsafe handle = try create("dnnl_reorder_primitive_desc_create") {
            unsafe dnnl_reorder_primitive_desc_create(
                &$0,
                &from,
                processor.engine,
                &to,
                processor.engine,
                nil
            )
        }
    }

    deinit { unsafe dnnl_primitive_desc_destroy(handle) }

    /// The layout that the implementation wants of its weights.
    var weights: MemoryDescriptor? { descriptor(dnnl_query_weights_md) }

    /// The memory that the implementation needs while it runs.
    var scratchpad: MemoryDescriptor? { descriptor(dnnl_query_scratchpad_md) }

    /// The shortest of several runs on zeros.
    func measure(on processor: Processor) throws(OneDNNError) -> Duration {
        let primitive = try Primitive(self, on: processor)
        var arguments: [Primitive.Argument] = []
        var storages: [Storage] = []
        let places: [(Primitive.Place, dnnl_query_t)] = [
            (.source, dnnl_query_src_md), (.weights, dnnl_query_weights_md),
            (.destination, dnnl_query_dst_md), (.scratchpad, dnnl_query_scratchpad_md),
        ]
        for (place, what) in places {
            guard let descriptor = descriptor(what), descriptor.byteCount > 0 else { continue }
            let storage = Storage(byteCount: descriptor.byteCount)
            storages.append(storage)
            try arguments.append(
                Primitive.Argument(
                    place,
                    unsafe Memory(descriptor, at: storage.bytes, on: processor)
                )
            )
        }
        if let bias = descriptor(dnnl_query_weights_md, 1), bias.byteCount > 0 {
            let storage = Storage(byteCount: bias.byteCount)
            storages.append(storage)
            try arguments.append(
                Primitive.Argument(.bias, unsafe Memory(bias, at: storage.bytes, on: processor))
            )
        }
        let clock = ContinuousClock()
        var best = Duration.seconds(Int.max)
        for _ in 0..<4 {
            let start = clock.now
            try primitive.execute(arguments)
            best = min(best, clock.now - start)
        }
        return withExtendedLifetime(storages) { best }
    }

    /// A layout that the implementation wants.
    func descriptor(_ what: dnnl_query_t, _ index: Int32 = 0) -> MemoryDescriptor? {
        guard let raw = unsafe dnnl_primitive_desc_query_md(handle, what, index) else { return nil }
        return MemoryDescriptor(unsafe raw.pointee)
    }

    /// The library's name of the implementation, such as `jit:avx512_common`.
    var implementation: String {
        var name: UnsafePointer<CChar>?
        let status = unsafe withUnsafeMutablePointer(to: &name) { pointer in
            unsafe dnnl_primitive_desc_query(
                handle,
                dnnl_query_impl_info_str,
                0,
                UnsafeMutableRawPointer(pointer)
            )
        }
        guard status == dnnl_success, let name = unsafe name else { return "unknown" }
        return unsafe String(cString: name)
    }
}

/// What a primitive does to its result before it is written.
struct PostOperations {
    /// The result is added to what lies at the destination.
    var addsToDestination = false
    /// Negative results become zero.
    var isRectified = false

    fileprivate func attach(to attributes: dnnl_primitive_attr_t) throws(OneDNNError) {
        guard addsToDestination || isRectified else { return }
        let operations = try unsafe create("dnnl_post_ops_create") {
            unsafe dnnl_post_ops_create(&$0)
        }
        defer { unsafe dnnl_post_ops_destroy(operations) }
        if addsToDestination {
            try check(
                unsafe dnnl_post_ops_append_sum(operations, 1),
                "dnnl_post_ops_append_sum"
            )
        }
        if isRectified {
            try check(
                unsafe dnnl_post_ops_append_eltwise(operations, 1, dnnl_eltwise_relu, 0, 0),
                "dnnl_post_ops_append_eltwise"
            )
        }
        try check(
            unsafe dnnl_primitive_attr_set_post_ops(attributes, operations),
            "dnnl_primitive_attr_set_post_ops"
        )
    }
}

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
    var from = from.raw
    var to = to.raw
    let descriptor = try unsafe create("dnnl_reorder_primitive_desc_create") {
        unsafe dnnl_reorder_primitive_desc_create(
            &$0,
            &from,
            processor.engine,
            &to,
            processor.engine,
            nil
        )
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
