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
        unsafe handle = try create("dnnl_memory_create") {
            unsafe onednn_memory(&$0, descriptor.raw, processor.engine, bytes)
        }
    }

    deinit { unsafe dnnl_memory_destroy(handle) }
}
