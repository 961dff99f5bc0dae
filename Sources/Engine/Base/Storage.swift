internal import CBase

/// Aligned bytes of its own, or bytes that another object keeps.
///
/// Small pieces come from the heap, zeroed. Large ones come straight from the system, which hands out zeros when they are
/// first touched, in huge pages where it has them; so what is overwritten at once is not written twice.
@safe
package final class Storage: @unchecked Sendable {  // only its maker writes, before others see it
    /// Where they begin.
    package let bytes: UnsafeMutableRawPointer
    /// How many they are.
    package let byteCount: Int
    private let origin: Origin

    @safe
    private enum Origin {
        case heap
        case pages(start: UnsafeMutableRawPointer, length: Int)
        case kept(by: AnyObject)
    }

    /// From here on bytes come from the system.
    private static let largeByteCount = 4 << 20

    /// `byteCount` zero bytes at a multiple of 64.
    package init(byteCount: Int) {
        self.byteCount = byteCount
        let rounded = (max(byteCount, 64) + 63) & ~63
        if rounded >= Self.largeByteCount {
            var start: UnsafeMutableRawPointer?
            var length = 0
            if let pages = unsafe base_map_pages(rounded, &start, &length),
                let start = unsafe start
            {
                unsafe bytes = pages
                unsafe origin = .pages(start: start, length: length)
                return
            }
        }
        unsafe bytes = .allocate(byteCount: rounded, alignment: 64)
        unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0, count: rounded)
        origin = .heap
    }

    /// Bytes that `owner` keeps, and that are only read.
    package init(_ bytes: UnsafeRawBufferPointer, keptBy owner: AnyObject) {
        guard let start = bytes.baseAddress else { preconditionFailure("no bytes") }
        unsafe self.bytes = UnsafeMutableRawPointer(mutating: start)
        byteCount = bytes.count
        origin = .kept(by: owner)
    }

    deinit {
        switch origin {
        case .heap: unsafe bytes.deallocate()
        case .pages(let start, let length): unsafe base_unmap_pages(start, length)
        case .kept: break
        }
    }

    /// The bytes as floats.
    package var floats: UnsafeMutableBufferPointer<Float> {
        let count = byteCount / MemoryLayout<Float>.stride
        return unsafe UnsafeMutableBufferPointer(
            start: bytes.assumingMemoryBound(to: Float.self),
            count: count
        )
    }
}
