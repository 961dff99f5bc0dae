import Glibc

/// Why a file cannot be written.
package enum OutputFileError: Error, Equatable, Sendable {
    /// A file of this name is there, and is not to be replaced.
    case exists(path: String)
    /// The operating system refuses; `reason` is its sentence.
    case system(path: String, operation: String, reason: String)

    static func exists(_ path: String) -> Self { .exists(path: path) }

    static func system(_ path: String, _ operation: String, _ code: Int32) -> Self {
        let reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        return .system(path: path, operation: operation, reason: reason)
    }

    /// The file as it was named.
    package var path: String {
        switch self {
        case .exists(let path), .system(let path, _, _): path
        }
    }
}

extension OutputFileError: CustomStringConvertible {
    /// One sentence for the user, without the file.
    package var description: String {
        switch self {
        case .exists: "the file exists; --force replaces it"
        case .system(_, let operation, let reason): "cannot \(operation): \(reason)"
        }
    }
}
