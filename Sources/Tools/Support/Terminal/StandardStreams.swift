internal import Checkpoint
import Glibc

/// The stream for results.
public enum StandardOutput {
    /// Writes text, at the first rank; characters that a terminal would obey are shown as `\x1b`.
    ///
    /// - Throws: ``ToolError`` if the stream takes no more, because a disk is full.
    public static func write(_ text: String) throws(ToolError) {
        guard !Ranks.isSilent else { return }
        try writeAll(text.printableLines, to: STDOUT_FILENO)
    }

    /// Writes text and a line break.
    ///
    /// - Throws: ``ToolError`` as ``write(_:)`` does.
    public static func line(_ text: String = "") throws(ToolError) {
        try write(text + "\n")
    }

    /// Writes what C's buffers, and so `print`, still hold.
    static func flush() throws(ToolError) {
        guard fflush(nil) == 0 else { throw failure(errno) }
    }

    private static func writeAll(_ text: String, to descriptor: Int32) throws(ToolError) {
        let failed = writeBytes(of: text, to: descriptor)
        if failed != 0 { throw failure(failed) }
    }

    private static func failure(_ code: Int32) -> ToolError {
        ToolError(.file, file: "standard output", systemMessage(code))
    }
}

/// The stream for everything that is not a result.
///
/// What cannot be written to it is lost: there is nowhere else to say so.
public enum StandardError {
    /// Writes text as it is.
    public static func write(_ text: String) {
        _ = writeBytes(of: text, to: STDERR_FILENO)
    }
}

/// The operating system's sentence for an error number.
package func systemMessage(_ code: Int32) -> String {
    unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
}

/// Writes all of a text, and gives the error number, or 0.
private func writeBytes(of text: String, to descriptor: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { bytes in
        var written = 0
        while written < bytes.count {
            let rest = unsafe UnsafeRawBufferPointer(
                rebasing: UnsafeRawBufferPointer(bytes)[written...]
            )
            let count = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                return errno
            }
            written += count
        }
        return 0
    }
}
