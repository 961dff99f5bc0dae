/// Why a file cannot be written.
package enum OutputFileError: Error, Equatable, Sendable {
    /// A file of this name is there, and is not to be replaced.
    case exists(path: String)
    /// The operating system refuses; `reason` is its sentence.
    case unwritable(path: String, reason: String)

    /// The file as it was named.
    package var path: String {
        switch self {
        case .exists(let path), .unwritable(let path, _): path
        }
    }
}

extension OutputFileError: CustomStringConvertible {
    /// One sentence for the user, without the file.
    package var description: String {
        switch self {
        case .exists: "the file exists; --force replaces it"
        case .unwritable(_, let reason): "cannot be written: \(reason)"
        }
    }
}
