internal import Checkpoint
internal import Glibc

/// A file that a user has named as a result; it appears under its name only when it is whole.
///
/// A link is followed, and a file that is replaced keeps its permissions. Where the name belongs to something that is not a
/// regular file, such as a pipe or `/dev/stdout`, bytes go straight to it.
package struct OutputFile: ~Copyable {
    /// The file as it was named.
    package let path: String

    private let target: Target

    private enum Target {
        case file(AtomicFile)
        case stream(BufferedFile)
    }

    /// Begins a file.
    ///
    /// - Throws: ``FormatError`` if a file is there and is not to be replaced, or none can be made.
    package init(_ path: String, replacing isReplacing: Bool) throws(FormatError) {
        self.path = path
        var status = stat()
        let exists = unsafe stat(path, &status) == 0
        let isStream = exists && status.st_mode & S_IFMT != S_IFREG
        guard !exists || isStream || isReplacing else { throw .exists(path: path) }
        target = try Self.checked(path) { () throws(CheckpointError) in
            if isStream { return .stream(try BufferedFile(opening: path)) }
            return .file(
                try AtomicFile(
                    path: exists ? Self.resolved(path) : path,
                    mode: exists ? status.st_mode & 0o777 : 0o666,
                    replacing: isReplacing
                )
            )
        }
    }

    /// Writes bytes after those that are there.
    package mutating func write(_ bytes: RawSpan) throws(FormatError) {
        try Self.checked(path) { [target] () throws(CheckpointError) in
            switch target {
            case .file(let file): try file.write(bytes)
            case .stream(let file):
                try file.write(bytes)
                // Somebody may be waiting for them.
                try file.flush()
            }
        }
    }

    /// Writes text after what is there.
    package mutating func write(_ text: String) throws(FormatError) {
        unsafe try write(Array(text.utf8).span.bytes)
    }

    /// Writes bytes in the place of earlier ones.
    ///
    /// - Throws: ``FormatError``, always where the file is not a regular one.
    package mutating func overwrite(at offset: Int, _ bytes: RawSpan) throws(FormatError) {
        guard case .file(let file) = target else {
            throw .unwritable(path: path, reason: "it cannot be changed afterwards")
        }
        try Self.checked(path) { () throws(CheckpointError) in
            try file.overwrite(at: offset, bytes)
        }
    }

    /// Syncs the file and gives it its name.
    package mutating func commit() throws(FormatError) {
        guard case .file(let file) = target else { return }
        try Self.checked(path) { () throws(CheckpointError) in try file.commit() }
    }

    /// Errors of the module below, with the name that the user gave.
    private static func checked<Result>(
        _ path: String,
        _ body: () throws(CheckpointError) -> Result
    ) throws(FormatError) -> Result {
        do throws(CheckpointError) { return try body() } catch { throw .init(error, path) }
    }

    private static func resolved(_ path: String) -> String {
        guard let resolved = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }
}

extension FormatError {
    fileprivate init(_ error: CheckpointError, _ path: String) {
        switch error {
        case .exists: self = .exists(path: path)
        case .unwritable(_, let reason): self = .unwritable(path: path, reason: reason)
        default: self = .unwritable(path: path, reason: "\(error)")
        }
    }
}
