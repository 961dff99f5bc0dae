import Glibc

/// A `.npy` file that is read from its start to its end, as much at a time as is asked for.
///
/// Owns the file's descriptor. Nothing is allocated for elements that the file does not have: its size
/// is compared with its header first.
@safe
public struct NPYReader: ~Copyable {
    /// The shape and the type.
    public let header: NPYHeader

    /// How many elements have been read.
    public private(set) var position = 0

    private let descriptor: Int32

    /// Opens a file and reads its header.
    ///
    /// - Throws: ``NumPyError`` if the file cannot be read, is not a `.npy` file, has another size than its
    ///   header says, or holds what is not read.
    public init(path: String) throws(NumPyError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("open", errno) }
        do {
            header = try Self.header(descriptor)
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    private static func header(_ descriptor: Int32) throws(NumPyError) -> NPYHeader {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .system("read", errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .system(operation: "read", reason: "not a regular file")
        }
        let prefix = try bytes(descriptor, at: 0, count: NPYHeader.prefixByteCount)
        let count = try NPYHeader.byteCount(prefix.span)
        let header = try NPYHeader(bytes(descriptor, at: 0, count: count).span)
        guard header.fileByteCount == status.st_size else {
            throw .wrongSize(expected: header.fileByteCount, found: Int(status.st_size))
        }
        return header
    }

    /// Up to `count` bytes; fewer at the end of the file.
    private static func bytes(
        _ descriptor: Int32,
        at offset: Int,
        count: Int
    ) throws(NumPyError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var span = bytes.mutableSpan
        let found = unsafe try read(descriptor, at: offset, into: span.mutableBytes)
        bytes.removeLast(count - found)
        return bytes
    }

    /// Fills `buffer` as far as the file goes, and says how far that was.
    private static func read(
        _ descriptor: Int32,
        at offset: Int,
        into buffer: consuming MutableRawSpan
    ) throws(NumPyError) -> Int {
        var found = 0
        var failure: Int32 = 0
        unsafe buffer.withUnsafeMutableBytes { bytes in
            while found < bytes.count {
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[found...])
                let count = unsafe pread(descriptor, rest.baseAddress, rest.count, offset + found)
                if count < 0 && errno == EINTR { continue }
                if count < 0 { failure = errno }
                if count <= 0 { break }
                found += count
            }
        }
        guard failure == 0 else { throw .system("read", failure) }
        return found
    }

    /// The next `count` elements, or those that are left where they are fewer.
    ///
    /// - Throws: ``NumPyError/wrongType(expected:found:)`` if the file's elements are of another type, or
    ///   what reading can throw.
    public mutating func elements<Element: NumPyElement>(
        _ count: Int = .max,
        as type: Element.Type
    ) throws(NumPyError) -> [Element] {
        guard header.type == Element.numPyType else {
            throw .wrongType(expected: Element.numPyType, found: header.type)
        }
        let count = min(max(count, 0), header.elementCount - position)
        guard count > 0 else { return [] }
        let size = header.type.byteCount
        let offset = header.byteCount + position * size
        let descriptor = self.descriptor
        var found = 0
        var failure: NumPyError?
        var elements = unsafe [Element](unsafeUninitializedCapacity: count) { buffer, filled in
            let bytes = unsafe MutableRawSpan(_unsafeBytes: UnsafeMutableRawBufferPointer(buffer))
            do throws(NumPyError) {
                found = try Self.read(descriptor, at: offset, into: bytes)
            } catch {
                failure = error
            }
            filled = found / size
        }
        if let failure { throw failure }
        guard elements.count == count else {
            throw .wrongSize(expected: header.fileByteCount, found: offset + found)
        }
        if header.isByteSwapped {
            for index in elements.indices {
                elements[index] = elements[index].withBytesSwapped
            }
        }
        position += count
        return elements
    }
}

extension NumPyError {
    /// The operating system's error number as a sentence.
    static func system(_ operation: String, _ code: Int32) -> NumPyError {
        let reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        return .system(operation: operation, reason: reason)
    }
}
