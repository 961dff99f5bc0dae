internal import Foundation
internal import Glibc

/// Why the system refused something, in its own few words: `No such file or directory`.
package enum SystemReason {
    /// What an error of Foundation's or of the system's says; nil for an error of any other kind.
    ///
    /// Foundation describes its errors at length, by domains and numbers that mean nothing to a user.
    package static func text(of error: any Error) -> String? {
        if let error = error as? POSIXError { return text(error.code.rawValue) }
        guard let error = error as? CocoaError else { return nil }
        if let cause = error.underlying as? POSIXError { return text(cause.code.rawValue) }
        let code: Int32? =
            switch error.code {
            case .fileNoSuchFile, .fileReadNoSuchFile: ENOENT
            case .fileReadNoPermission, .fileWriteNoPermission: EACCES
            case .fileWriteOutOfSpace: ENOSPC
            case .fileWriteFileExists: EEXIST
            case .fileWriteVolumeReadOnly: EROFS
            default: nil
            }
        if let code { return text(code) }
        if error.code == .fileReadInapplicableStringEncoding || error.code == .fileReadCorruptFile {
            return "it is no text in UTF-8"
        }
        return "the file cannot be read or written"
    }

    /// What an error of a file operation says, whatever kind it is of.
    package static func sentence(of error: any Error) -> String { text(of: error) ?? "\(error)" }

    /// Why a file cannot be read, where the system's words for what is missing are as good as none.
    package static func reading(_ reason: String) -> String {
        switch reason {
        case "No such file or directory": "there is no such file"
        case "Permission denied": "it may not be read by this user"
        default: reason
        }
    }

    /// Why a file cannot be written.
    package static func writing(_ reason: String) -> String {
        switch reason {
        case "No such file or directory": "there is no such folder to write it into"
        case "Is a directory": "it is a folder; name a file"
        case "Not a directory": "a file lies in the place of one of its folders"
        case "Permission denied": "this user may not write there"
        default: reason
        }
    }

    private static func text(_ code: Int32) -> String {
        unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    }
}
