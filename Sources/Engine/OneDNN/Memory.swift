internal import COneDNN

/// A descriptor bound to bytes that somebody else owns; a `dnnl_memory_t`.
///
/// - Precondition: The bytes outlive it.
@safe
final class Memory {
    let handle: dnnl_memory_t

    init(
        _ descriptor: MemoryDescriptor,
        at bytes: UnsafeMutableRawPointer,
        on processor: Processor
    ) throws(OneDNNError) {
        var raw = descriptor.raw
        unsafe handle = try create("dnnl_memory_create") {
            unsafe dnnl_memory_create(&$0, &raw, processor.engine, bytes)
        }
    }

    deinit { unsafe dnnl_memory_destroy(handle) }
}
