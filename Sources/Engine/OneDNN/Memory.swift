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

/// Aligned bytes of its own.
@safe
final class Storage: @unchecked Sendable {  // written only by whoever made it, before others see it
    let bytes: UnsafeMutableRawPointer
    let byteCount: Int

    /// `byteCount` zero bytes at a multiple of 64.
    init(byteCount: Int) {
        self.byteCount = byteCount
        let rounded = (max(byteCount, 64) + 63) & ~63
        unsafe bytes = .allocate(byteCount: rounded, alignment: 64)
        unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0, count: rounded)
    }

    deinit { unsafe bytes.deallocate() }

    /// The bytes as floats.
    var floats: UnsafeMutableBufferPointer<Float> {
        let count = byteCount / MemoryLayout<Float>.stride
        return unsafe UnsafeMutableBufferPointer(
            start: bytes.assumingMemoryBound(to: Float.self),
            count: count
        )
    }
}
