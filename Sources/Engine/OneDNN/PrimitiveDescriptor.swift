internal import Base
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
        let attributes = try unsafe postOperations.attributes()
        defer { unsafe dnnl_primitive_attr_destroy(attributes) }
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

    @unsafe
    private init(handle: dnnl_primitive_desc_t) {
        unsafe self.handle = handle
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

    /// Whether the library has no fast implementation.
    var isReference: Bool { implementation.hasPrefix("ref") }

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
