internal import Checkpoint
internal import Foundation

/// Why a tool gives up: an exit code, the file concerned, and a sentence.
///
/// It is shown as `tool: file: sentence`; each line of the sentence is shown so.
public struct ToolError: Error, Equatable, Sendable {
    /// What the caller is told.
    public let exitCode: ExitCode

    /// The file, as the user named it.
    public let file: String?

    /// What is wrong, where, and what was expected.
    public let sentence: String

    /// An error about a file, or about none.
    public init(_ exitCode: ExitCode, file: String? = nil, _ sentence: String) {
        self.exitCode = exitCode
        self.file = file
        self.sentence = sentence
    }

    /// An error of a module below, about a file.
    public init(_ exitCode: ExitCode, file: String? = nil, _ error: any Error) {
        self.init(exitCode, file: file, Self.sentence(of: error))
    }

    /// What an error says, in a sentence; the system's own for those of its libraries, which describe themselves at length.
    static func sentence(of error: any Error) -> String {
        guard let reason = SystemReason.text(of: error) else { return "\(error)" }
        let path = (error as? CocoaError)?.filePath
        return (path.map { "\($0): " } ?? "") + reason
    }

    /// Runs `body`, and turns what it throws into an error about `file`.
    ///
    /// A ``ToolError`` or a ``UsageError`` passes as it is.
    public static func about<Result: ~Copyable>(
        _ file: String?,
        exitCode: ExitCode = .file,
        _ body: () throws -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch let error as ToolError {
            throw error
        } catch let error as UsageError {
            throw error
        } catch {
            throw ToolError(exitCode, file: file, error)
        }
    }
}

extension ToolError: CustomStringConvertible {
    /// A line for each line of the sentence, each after the file.
    public var description: String {
        let start = file.map { "\($0): " } ?? ""
        return sentence.split(separator: "\n", omittingEmptySubsequences: false)
            .map { start + $0 }.joined(separator: "\n")
    }
}
