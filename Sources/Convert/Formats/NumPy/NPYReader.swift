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
    /// - Throws: ``FormatError`` if the file cannot be read, is not a `.npy` file, has another size than its
    ///   header says, or holds what is not read.
    public init(path: String) throws(FormatError) {
        (descriptor, header) = try Self.opened(path)
    }

    deinit {
        close(descriptor)
    }

    private static func opened(
        _ path: String
    ) throws(FormatError) -> (descriptor: Int32, header: NPYHeader) {
        // A pipe without a writer would wait for one.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .system("open", errno) }
        do {
            return (descriptor, try header(descriptor))
        } catch {
            close(descriptor)
            throw error
        }
    }

    private static func header(_ descriptor: Int32) throws(FormatError) -> NPYHeader {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .system("read", errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .system(operation: "read", reason: "not a regular file")
        }
        let prefix = try bytes(descriptor, at: 0, count: NPYHeader.prefixByteCount)
        let count = try NPYHeader.byteCount(prefix.span)
        let start = try bytes(descriptor, at: 0, count: count)
        let header = try NPYHeader(start.span)
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
    ) throws(FormatError) -> [UInt8] {
        let (bytes, failure) = read(descriptor, at: offset, count: count, as: UInt8.self)
        guard failure == 0 else { throw .system("read", failure) }
        return bytes
    }

    /// Up to `count` elements, fewer at the end of the file, and the error number or 0.
    private static func read<Element: NumPyElement>(
        _ descriptor: Int32,
        at offset: Int,
        count: Int,
        as type: Element.Type
    ) -> (elements: [Element], failure: Int32) {
        var failure: Int32 = 0
        let elements = unsafe [Element](unsafeUninitializedCapacity: count) { buffer, filled in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            let result = unsafe read(descriptor, at: offset, into: bytes)
            filled = result.found / Element.numPyType.byteCount
            failure = result.failure
        }
        return (elements, failure)
    }

    /// Fills `buffer` as far as the file goes; gives how far that was, and the error number or 0.
    private static func read(
        _ descriptor: Int32,
        at offset: Int,
        into buffer: UnsafeMutableRawBufferPointer
    ) -> (found: Int, failure: Int32) {
        var found = 0
        while found < buffer.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[found...])
            let count = unsafe pread(descriptor, rest.baseAddress, rest.count, offset + found)
            if count < 0, errno == EINTR { continue }
            if count < 0 { return (found, errno) }
            if count == 0 { break }
            found += count
        }
        return (found, 0)
    }

    /// The next `count` elements, or those that are left where they are fewer.
    ///
    /// - Throws: ``FormatError/wrongType(expected:found:)`` if the file's elements are of another type, or
    ///   what reading can throw.
    public mutating func elements<Element: NumPyElement>(
        _ count: Int = .max,
        as type: Element.Type
    ) throws(FormatError) -> [Element] {
        guard header.type == Element.numPyType else {
            throw .wrongType(expected: Element.numPyType, found: header.type)
        }
        let count = min(max(count, 0), header.elementCount - position)
        guard count > 0 else { return [] }
        let size = header.type.byteCount
        let offset = header.byteCount + position * size
        let result = Self.read(descriptor, at: offset, count: count, as: type)
        guard result.failure == 0 else { throw .system("read", result.failure) }
        var elements = result.elements
        guard elements.count == count else {
            let found = offset + elements.count * size
            throw .wrongSize(expected: header.fileByteCount, found: found)
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

extension FormatError {
    /// The operating system's error number as a sentence.
    static func system(_ operation: String, _ code: Int32) -> FormatError {
        let reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        return .system(operation: operation, reason: reason)
    }
}
