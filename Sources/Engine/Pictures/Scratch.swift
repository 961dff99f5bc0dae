import Glibc

/// Memory that grows to the largest use and is used again.
///
/// Freed by its deinitializer.
@safe
struct Scratch: ~Copyable {
    private var memory = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)

    deinit { unsafe free(memory.baseAddress) }

    /// At least `byteCount` bytes, whose contents are not kept from the use before.
    ///
    /// They belong to the scratch, and are good until the next call.
    ///
    /// - Throws: ``PictureError/outOfMemory(byteCount:)``.
    mutating func room(for byteCount: Int) throws(PictureError) -> UnsafeMutableRawPointer {
        if let start = unsafe memory.baseAddress, unsafe memory.count >= byteCount {
            return unsafe start
        }
        unsafe free(memory.baseAddress)
        unsafe memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        var start: UnsafeMutableRawPointer?
        guard unsafe posix_memalign(&start, 64, max(byteCount, 64)) == 0, let start = unsafe start
        else {
            throw .outOfMemory(byteCount: byteCount)
        }
        unsafe memory = UnsafeMutableRawBufferPointer(start: start, count: byteCount)
        return unsafe start
    }
}
