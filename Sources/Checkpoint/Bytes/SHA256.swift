import CSHA256

/// The SHA-256 digest of bytes that come in pieces (FIPS 180-4).
public struct SHA256: Sendable {
    private static let blockSize = 64

    // The fractional parts of the square roots of the first eight primes.
    private var state: [UInt32] = [
        0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A,
        0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19,
    ]
    private var pending: [UInt8] = []
    private var byteCount: UInt64 = 0

    /// The digest of no bytes so far.
    public init() {
        pending.reserveCapacity(Self.blockSize)
    }

    /// Takes in the next bytes.
    public mutating func update(_ bytes: RawSpan) {
        byteCount += UInt64(bytes.byteCount)
        unsafe bytes.withUnsafeBytes { buffer in
            var rest = unsafe buffer[...]
            if !pending.isEmpty {
                let missing = unsafe rest.prefix(Self.blockSize - pending.count)
                unsafe pending.append(contentsOf: missing)
                unsafe rest = rest.dropFirst(missing.count)
                if pending.count == Self.blockSize {
                    absorb(pending)
                    pending.removeAll(keepingCapacity: true)
                }
            }
            let whole = unsafe rest.count / Self.blockSize * Self.blockSize
            unsafe absorb(UnsafeRawBufferPointer(rebasing: rest.prefix(whole)))
            unsafe pending.append(contentsOf: rest.dropFirst(whole))
        }
    }

    /// Takes in a file's bytes, of which little is in memory at a time.
    ///
    /// - Throws: ``CheckpointError/fileShrank(path:from:to:)``.
    package mutating func update(_ file: MappedFile) throws(CheckpointError) {
        let piece = 1 << 20
        for start in stride(from: 0, to: file.count, by: piece) {
            let buffer = unsafe try file.buffer(start..<min(start + piece, file.count))
            unsafe update(buffer.bytes)
            unsafe file.release(buffer)
        }
        try file.checkIntact()
    }

    /// The digest, 32 bytes, of everything taken in.
    public consuming func finish() -> [UInt8] {
        let bitCount = byteCount << 3
        pending.append(0x80)
        let zeros = (2 * Self.blockSize - 8 - pending.count) % Self.blockSize
        pending.append(contentsOf: repeatElement(0, count: zeros))
        pending.append(
            contentsOf: stride(from: 56, through: 0, by: -8).map {
                UInt8(truncatingIfNeeded: bitCount >> UInt64($0))
            }
        )
        absorb(pending)
        return state.flatMap { word in
            [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
        }
    }

    /// The digest of bytes that are all there, in hexadecimal.
    public static func hex(of bytes: RawSpan) -> String {
        var digest = SHA256()
        digest.update(bytes)
        return hex(digest.finish())
    }

    /// Bytes as lower-case hexadecimal digits.
    public static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let characters = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: characters, as: UTF8.self)
    }

    private mutating func absorb(_ blocks: [UInt8]) {
        unsafe blocks.withUnsafeBytes { unsafe absorb($0) }
    }

    private mutating func absorb(_ blocks: UnsafeRawBufferPointer) {
        let start = unsafe blocks.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe csha256_blocks(&state, start, blocks.count / Self.blockSize)
    }
}
