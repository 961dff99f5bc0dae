internal import Glibc

/// Rows of numbers in a temporary file that has no name, so that any number of them needs no memory.
@safe
final class RowStore {
    /// Numbers of one row.
    let width: Int
    /// Rows so far.
    private(set) var count = 0
    private let descriptor: Int32
    private var pending: [Float] = []

    /// Numbers that are gathered before they are written.
    private static let bufferCount = 1 << 16

    /// No rows, of so many numbers each.
    ///
    /// The file lies in `TMPDIR`, or else in `/tmp`.
    ///
    /// - Throws: ``DataError/temporaryFile(_:)``.
    init(width: Int) throws(DataError) {
        self.width = width
        let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var template = Array("\(folder)/reassemble-rows-XXXXXX".utf8CString)
        descriptor = unsafe template.withUnsafeMutableBufferPointer { name in
            guard let start = name.baseAddress else { return -1 }
            let descriptor = unsafe mkstemp(start)
            if descriptor >= 0 { unsafe _ = unlink(start) }
            return descriptor
        }
        guard descriptor >= 0 else { throw Self.failure(folder) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Adds a row.
    ///
    /// - Precondition: it has ``width`` numbers.
    /// - Throws: ``DataError/temporaryFile(_:)``.
    func append(_ row: [Float]) throws(DataError) {
        precondition(row.count == width, "\(row.count) numbers in a row of \(width)")
        pending += row
        count += 1
        if pending.count >= Self.bufferCount { try flush() }
    }

    /// A row that was added.
    ///
    /// - Throws: ``DataError/temporaryFile(_:)``.
    func row(_ index: Int) throws(DataError) -> [Float] {
        precondition(index < count, "row \(index) of \(count)")
        try flush()
        let byteCount = 4 * width
        var found = 0
        let row = unsafe [Float](unsafeUninitializedCapacity: width) { target, filled in
            let bytes = UnsafeMutableRawBufferPointer(target)
            while found < byteCount {
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[found...])
                let read = unsafe pread(
                    descriptor,
                    rest.baseAddress,
                    rest.count,
                    index * byteCount + found
                )
                if read < 0, errno == EINTR { continue }
                guard read > 0 else { break }
                found += read
            }
            filled = found / 4
        }
        guard row.count == width else { throw Self.failure("temporary file") }
        return row
    }

    private func flush() throws(DataError) {
        guard !pending.isEmpty else { return }
        let isWritten = unsafe pending.withUnsafeBytes { bytes in
            var written = 0
            while written < bytes.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[written...])
                let count = unsafe write(descriptor, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                written += count
            }
            return true
        }
        guard isWritten else { throw Self.failure("temporary file") }
        pending.removeAll(keepingCapacity: true)
    }

    private static func failure(_ place: String) -> DataError {
        .temporaryFile(
            "\(place): " + (unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "")
        )
    }
}
