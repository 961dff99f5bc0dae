#if canImport(Glibc)
    internal import Glibc
#endif

/// What the machine can still lend.
package enum SystemMemory {
    /// Bytes that programs could take now without pushing others out; nil where the system does not tell.
    ///
    /// - SeeAlso: `MemAvailable` and `SwapFree` in `/proc/meminfo`.
    static var available: Int? {
        guard let file = unsafe fopen("/proc/meminfo", "re") else { return nil }
        defer { unsafe fclose(file) }
        var text = [UInt8](repeating: 0, count: 8192)
        let count = unsafe text.withUnsafeMutableBytes { bytes in
            unsafe fread(bytes.baseAddress, 1, bytes.count, file)
        }
        return available(in: String(decoding: text.prefix(count), as: UTF8.self))
    }

    /// The same, of the text of `/proc/meminfo`.
    package static func available(in text: String) -> Int? {
        func value(_ name: String) -> Int? {
            text.split(separator: "\n").first { $0.hasPrefix("\(name):") }
                .flatMap { $0.split(separator: " ").dropFirst().first.flatMap { Int($0) } }
        }
        guard let free = value("MemAvailable") else { return nil }
        return (free + (value("SwapFree") ?? 0)) * 1024
    }

    /// Throws where so many bytes are more than there are.
    ///
    /// - Throws: ``EngineError/memory(needed:available:)``.
    package static func require(_ byteCount: Int) throws(EngineError) {
        guard let available, byteCount > available else { return }
        throw .memory(needed: byteCount, available: available)
    }
}
