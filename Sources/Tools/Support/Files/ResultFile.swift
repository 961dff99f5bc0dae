internal import Formats

/// A file of text that a tool leaves behind, a piece at a time.
///
/// It appears under its name when it is finished, and never in part. Nothing that exists is replaced
/// unless that was asked for.
public struct ResultFile: ~Copyable {
    private var file: OutputFile
    private var pending: [UInt8] = []

    /// Bytes that are gathered before they are written.
    private static let bufferSize = 1 << 16

    /// Begins a file.
    ///
    /// - Throws: ``ToolError`` if a file is there and is not to be replaced, or none can be made.
    public init(_ path: String, replacing isReplacing: Bool) throws(ToolError) {
        do {
            file = try OutputFile(path, replacing: isReplacing)
        } catch {
            throw ToolError(.file, file: path, error)
        }
    }

    /// Adds text.
    ///
    /// - Throws: ``ToolError`` if it cannot be written.
    public mutating func write(_ text: String) throws(ToolError) {
        pending += text.utf8
        if pending.count >= Self.bufferSize { try flush() }
    }

    /// Adds a value as one line of JSON.
    ///
    /// - Throws: ``ToolError`` if it cannot be written.
    public mutating func line(_ value: JSONValue) throws(ToolError) {
        try write(value.compactText + "\n")
    }

    /// Syncs the file and gives it its name.
    ///
    /// - Throws: ``ToolError`` if that fails.
    public consuming func finish() throws(ToolError) {
        try flush()
        do {
            try file.commit()
        } catch {
            throw ToolError(.file, file: file.path, error)
        }
    }

    private mutating func flush() throws(ToolError) {
        let bytes = pending
        do {
            try unsafe file.write(bytes.span.bytes)
        } catch {
            throw ToolError(.file, file: file.path, error)
        }
        pending = []
    }
}
