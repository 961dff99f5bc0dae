internal import Base
internal import COneDNN

/// A chosen implementation of an operation, before it is compiled; a `dnnl_primitive_desc_t`.
@safe
final class PrimitiveDescriptor {
    let handle: dnnl_primitive_desc_t

    /// `make` is the call that makes it, with the attributes given to it; what it does afterwards is in these.
    @unsafe
    init(
        _ function: StaticString,
        postOperations: PostOperations = PostOperations(),
        on processor: Processor,
        _ make: (inout OpaquePointer?, dnnl_primitive_attr_t) -> dnnl_status_t
    ) throws(OneDNNError) {
        let attributes = try unsafe postOperations.attributes()
        defer { unsafe dnnl_primitive_attr_destroy(attributes) }
        unsafe handle = try create(function) { unsafe make(&$0, attributes) }
    }

    /// A copy from one layout to another.
    init(
        copying from: MemoryDescriptor,
        to: MemoryDescriptor,
        on processor: Processor
    ) throws(OneDNNError) {
        unsafe handle = try create("dnnl_reorder_primitive_desc_create") {
            unsafe onednn_copy(&$0, processor.engine, from.raw, to.raw)
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
        unsafe MemoryDescriptor(wantedBy: handle, what, index)
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
