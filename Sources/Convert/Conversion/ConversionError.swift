public import Checkpoint
public import Engine
public import Formats
internal import Networks
internal import Reference

/// What can be wrong with a conversion, with what somebody wants to look at, and with a training's files.
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
    /// The result would replace what is being read.
    case outputIsInput(path: String)
    /// A file is there, and is not to be replaced.
    case exists(path: String)
    /// The result cannot be written.
    case unwritable(path: String, reason: String)
    /// The format holds a network, and these of its variables are not to be written.
    case incompleteNetwork([String])
    /// The format holds a network, and none is known.
    case noNetwork
    /// The format is written of networks of the family alone, and this one is a graph.
    case familyOnly(format: String, instead: String)
    /// Encoded pictures are to go in, and not one of the network's inputs takes what they become.
    case noPictures(side: Int, inputs: [String])
    /// The format has no place for a layer.
    case inexpressible(format: String, node: String, layer: String)
    /// The format has no form of some operations: each with how often it is there, and why.
    case inexpressibleOperations(format: String, operations: [String])
    /// The network is impossible with pictures of this size.
    case graph(GraphError)
    /// The engine cannot compute the network, or lacks a weight.
    case engine(EngineError)
    /// A graph that was read back cannot be computed.
    case uncomputable(path: String, node: String, reason: String)
    /// A file cannot be read, or a checkpoint written.
    case checkpoint(CheckpointError)
    /// A file of another format cannot be read or written.
    case format(FormatError)
    /// A slice does not have the form `0:2,:,3`.
    case malformedSlice(String)
    /// A slice reaches outside a tensor's shape.
    case sliceOutside(slice: String, shape: [Int])
    /// The elements have no form in the file that was asked for.
    case noSuchForm(tensor: String, type: String)
    /// A checkpoint's step counter is missing or is no counter.
    case noStep(path: String)
    /// What is known of a training beside its checkpoint cannot be understood.
    case malformedProgress(path: String, reason: String)
    /// A file of a partial evaluation is none, or is damaged.
    case malformedPartial(path: String, reason: String)
    /// Files of partial evaluations that are not of one evaluation; a sentence says why.
    case strangers(String)
    /// No picture of a retrieval has another that could be found; why.
    case nothingToRetrieve(String)
    /// A file beside a checkpoint cannot be written, copied or deleted.
    case file(path: String, reason: String)
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
        case .outputIsInput(let path): "\(path): is being read, and cannot be the output as well"
        case .exists(let path): "\(path): the file exists; --force replaces it"
        case .unwritable(let path, let reason): "\(path): \(reason)"
        case .incompleteNetwork(let names):
            "the format holds a whole network, and lacks \(names.count) of its variables: "
                + names.prefix(4).joined(separator: ", ") + (names.count > 4 ? ", …" : "")
        case .noNetwork: "the format holds a network, and these tensors are those of none"
        case .familyOnly(let format, let instead):
            "\(format) is written of networks of the family, and this is a graph; \(instead)"
        case .noPictures(let side, let inputs):
            "decoded pictures are float32 [batch, \(side), \(side), 3], which not just one input takes: "
                + inputs.prefix(8).joined(separator: ", ")
        case .inexpressible(let format, let node, let layer):
            "\(node): \(layer) cannot be written as \(format)"
        case .inexpressibleOperations(let format, let operations):
            (["\(format) has no form of these operations:"] + operations.map { "  " + $0 })
                .joined(separator: "\n")
        case .graph(let error): error.description
        case .engine(let error): error.description
        case .uncomputable(let path, let node, let reason): "\(path): \(node): \(reason)"
        case .checkpoint(let error): error.description
        case .format(let error): error.description
        case .malformedSlice(let text):
            "the slice '\(text)' is malformed; write one part for each axis, such as 0:2,:,3"
        case .sliceOutside(let slice, let shape):
            "the slice '\(slice)' reaches outside the shape \(shape)"
        case .noSuchForm(let tensor, let type):
            "the tensor '\(tensor)' has \(type) elements, which .npy files cannot hold"
        case .noStep(let path):
            "\(path): there is no \(VariableNames.globalStep), so this is no checkpoint of a training; "
                + "begin with it by --pretrained-model-checkpoint-path"
        case .malformedPartial(let path, let reason): "\(path): \(reason)"
        case .strangers(let sentence): sentence
        case .malformedProgress(let path, let reason): "\(path): \(reason)"
        case .nothingToRetrieve(let reason): "there is nothing to measure: \(reason)"
        case .file(let path, let reason): "\(path): \(reason)"
        }
    }
}

/// Wraps what the checkpoint module throws.
func wrapping<Result>(
    _ body: () throws(CheckpointError) -> Result
) throws(ConversionError) -> Result {
    do throws(CheckpointError) { return try body() } catch { throw .checkpoint(error) }
}

extension ConversionError {
    /// What the plain arithmetic says of the graph at a path, or of what it was given.
    init(_ error: ReferenceError, of path: String) {
        switch error {
        case .uncomputable(let node, let reason):
            self = .uncomputable(path: path, node: node, reason: reason)
        case .misfit(let reason): self = .uncomputable(path: path, node: "input", reason: reason)
        case .unknownOperations:
            self = .uncomputable(path: path, node: "graph", reason: error.description)
        }
    }
}

/// Wraps what the floor of formats throws.
func reading<Result>(
    _ body: () throws(FormatError) -> Result
) throws(ConversionError) -> Result {
    do throws(FormatError) { return try body() } catch { throw .format(error) }
}
