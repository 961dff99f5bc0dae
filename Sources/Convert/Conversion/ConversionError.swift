public import Checkpoint
public import Engine

/// What can be wrong with a conversion.
public enum ConversionError: Error, Equatable, Sendable {
    /// A renaming rule does not have the form `s/old/new/`, or its pattern is no regular expression.
    case malformedRule(String)
    /// A pattern is no regular expression.
    case malformedPattern(String)
    /// Two tensors would have the same name; the names, each with those of its tensors.
    case sameName(name: String, sources: [String])
    /// Moving averages were asked for, and there are none.
    case noMovingAverages
    /// The format has no place for some tensors: each with the reason.
    case unsupported(format: String, tensors: [String])
    /// Tensors whose type cannot be changed as asked.
    case uncastable(to: String, tensors: [String])
    /// Arrays that are wanted and cannot be read: each with the reason.
    case unreadable([String])
    /// Nothing is left to write.
    case nothingLeft
    /// A part of a file breaks the rules of its format.
    case malformedFile(path: String, offset: Int, reason: String)
    /// The result would replace what is being read.
    case outputIsInput(path: String)
    /// A file is there, and is not to be replaced.
    case exists(path: String)
    /// The result cannot be written.
    case unwritable(path: String, reason: String)
    /// A file is known, but holds no weights that can be handed on.
    case noWeights(path: String)
    /// The format holds a network, and these of its variables are not to be written.
    case incompleteNetwork([String])
    /// The network is impossible with pictures of this size.
    case graph(GraphError)
    /// The engine cannot compute the network, or lacks a weight.
    case engine(EngineError)
    /// A graph that was read back cannot be computed.
    case uncomputable(path: String, node: String, reason: String)
    /// A file cannot be read, or a checkpoint written.
    case checkpoint(CheckpointError)
}

extension ConversionError: CustomStringConvertible {
    /// What is wrong, in a sentence, or in a line for each tensor.
    public var description: String {
        switch self {
        case .malformedRule(let text):
            "the rule '\(text)' is malformed; expected s/PATTERN/REPLACEMENT/"
        case .malformedPattern(let text): "'\(text)' is no regular expression"
        case .sameName(let name, let sources):
            "'\(name)' would be the name of \(sources.count) tensors: "
                + sources.prefix(4).joined(separator: ", ") + (sources.count > 4 ? ", …" : "")
        case .noMovingAverages: "there are no moving averages"
        case .unsupported(let format, let tensors):
            (["\(format) cannot hold these tensors; --exclude leaves them out:"]
                + tensors.map { "  " + $0 }).joined(separator: "\n")
        case .uncastable(let type, let tensors):
            (["these tensors cannot become \(type):"] + tensors.map { "  " + $0 })
                .joined(separator: "\n")
        case .unreadable(let arrays):
            (["these arrays cannot be read; --exclude leaves them out:"]
                + arrays.map { "  " + $0 }).joined(separator: "\n")
        case .nothingLeft: "no tensor is left to write"
        case .malformedFile(let path, let offset, let reason):
            "\(path): damaged at byte \(offset): \(reason)"
        case .outputIsInput(let path): "\(path): is being read, and cannot be the output as well"
        case .exists(let path): "\(path): the file exists; --force replaces it"
        case .unwritable(let path, let reason): "\(path): \(reason)"
        case .noWeights(let path):
            "\(path): no checkpoint, safetensors or npz file; 'inspect' tells what it is"
        case .incompleteNetwork(let names):
            "the format holds a whole network, and lacks \(names.count) of its variables: "
                + names.prefix(4).joined(separator: ", ") + (names.count > 4 ? ", …" : "")
        case .graph(let error): error.description
        case .engine(let error): error.description
        case .uncomputable(let path, let node, let reason): "\(path): \(node): \(reason)"
        case .checkpoint(let error): error.description
        }
    }
}

/// Wraps what the checkpoint module throws.
func wrapping<Result>(
    _ body: () throws(CheckpointError) -> Result
) throws(ConversionError) -> Result {
    do throws(CheckpointError) { return try body() } catch { throw .checkpoint(error) }
}
