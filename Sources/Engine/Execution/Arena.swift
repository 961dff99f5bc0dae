/// The memory of a plan's activations: one allocation in which every buffer has its place.
@safe
final class Arena {
    private let storage: Storage
    private let scratchpad: Storage
    private let offsets: [Int]
    private let byteCounts: [Int]

    init(_ plan: MemoryPlan, scratchpadByteCount: Int) {
        storage = Storage(byteCount: plan.byteCount)
        scratchpad = Storage(byteCount: scratchpadByteCount)
        offsets = plan.offsets
        byteCounts = plan.byteCounts
    }

    /// The bytes of a buffer.
    func bytes(of buffer: Int) -> UnsafeMutableRawPointer {
        unsafe storage.bytes + offsets[buffer]
    }

    /// The bytes of an activation.
    func bytes(of activation: Activation) -> UnsafeMutableRawPointer {
        unsafe bytes(of: activation.buffer)
    }

    /// The values of a float32 activation.
    func values(of activation: Activation) -> UnsafeMutablePointer<Float> {
        precondition(activation.type == .float32, "activations of another type")
        return unsafe bytes(of: activation).assumingMemoryBound(to: Float.self)
    }

    /// The values of a buffer of float32.
    func floats(of buffer: Int) -> UnsafeMutableBufferPointer<Float> {
        unsafe UnsafeMutableBufferPointer(
            start: bytes(of: buffer).assumingMemoryBound(to: Float.self),
            count: byteCounts[buffer] / MemoryLayout<Float>.stride
        )
    }

    /// Memory for any step while it runs.
    var scratchpadBytes: UnsafeMutableRawPointer { unsafe scratchpad.bytes }

    /// Where a buffer begins in the arena.
    func offset(of buffer: Int) -> Int { offsets[buffer] }

    /// Bytes of all buffers and the scratchpad.
    var byteCount: Int { storage.byteCount + scratchpad.byteCount }
}
