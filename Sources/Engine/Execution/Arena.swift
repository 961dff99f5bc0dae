internal import Base

/// The memory of a plan's activations: one allocation in which every buffer has its place.
@safe
final class Arena {
    private let storage: Storage
    private let scratchpad: Storage
    /// Where every buffer lies, and when.
    let plan: MemoryPlan

    /// - Throws: ``EngineError/memory(needed:available:)``.
    init(_ plan: MemoryPlan, scratchpadByteCount: Int) throws(EngineError) {
        try SystemMemory.require(plan.byteCount + scratchpadByteCount)
        storage = Storage(byteCount: plan.byteCount)
        scratchpad = Storage(byteCount: scratchpadByteCount)
        self.plan = plan
    }

    /// The bytes of a buffer.
    func bytes(of buffer: Int) -> UnsafeMutableRawPointer {
        unsafe storage.bytes + plan.offsets[buffer]
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
            count: plan.byteCounts[buffer] / MemoryLayout<Float>.stride
        )
    }

    /// Memory for any step while it runs.
    var scratchpadBytes: UnsafeMutableRawPointer { unsafe scratchpad.bytes }

    /// Bytes of all buffers and the scratchpad.
    var byteCount: Int { storage.byteCount + scratchpad.byteCount }
}
