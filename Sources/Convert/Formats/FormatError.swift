public import Checkpoint

/// What is wrong with a file of a format that is not TensorFlow's own, or with writing one.
public enum FormatError: Error, Equatable, Sendable {
    /// A part of a file breaks the rules of its format.
    case malformedFile(path: String, offset: Int, reason: String)
    /// A file is of no kind that is read.
    case unknownFile(path: String, reason: String)
    /// A file cannot be read.
    case unreadable(path: String)
    /// A file is not there.
    case missing(path: String)
    /// A MATLAB file is of a level that is not read.
    case otherLevel(path: String, level: String)
    /// A file of this name is there, and is not to be replaced.
    case exists(path: String)
    /// A file cannot be written; `reason` is the operating system's sentence.
    case unwritable(path: String, reason: String)
    /// The floor below cannot read it.
    case checkpoint(CheckpointError)

    // Of a `.npy` file, whose name the caller knows:

    /// The file does not begin with the six bytes of the format.
    case notAnArray
    /// The version of the format is none of 1.0, 2.0 and 3.0.
    case unknownVersion(major: UInt8, minor: UInt8)
    /// The file ends inside its header.
    case truncatedHeader(needed: Int, found: Int)
    /// The header is longer than any that describes an array of numbers.
    case longHeader(count: Int, limit: Int)
    /// The header is not the dictionary that it should be; `offset` counts from the file's start.
    case malformedHeader(offset: Int, expected: String)
    /// The elements are of a type that is not read.
    case unsupportedType(String)
    /// The first axis varies fastest.
    case columnOrder
    /// The shape has more elements than memory could hold.
    case tooLarge(shape: [Int])
    /// The elements do not fill the file.
    case wrongSize(expected: Int, found: Int)
    /// The elements are of another type than was asked for.
    case wrongType(expected: NumPyType, found: NumPyType)
    /// The operating system refuses; `reason` is its sentence.
    case system(operation: String, reason: String)
}

extension FormatError: CustomStringConvertible {
    /// One sentence for the user; without the file where it cannot be written, or is a `.npy` file.
    public var description: String {
        switch self {
        case .malformedFile(let path, let offset, let reason):
            "\(path): damaged at byte \(offset): \(reason)"
        case .unknownFile(let path, let reason): "\(path): \(reason)"
        case .unreadable(let path): "\(path): cannot be read"
        case .missing(let path): "\(path): there is no such file"
        case .otherLevel(let path, let level):
            "\(path): this is a MATLAB file of \(level), which is not read; save it with -v7"
        case .exists: "the file exists; --force replaces it"
        case .unwritable(_, let reason): "cannot be written: \(SystemReason.writing(reason))"
        case .checkpoint(let error): error.description
        case .notAnArray:
            "not a .npy file: the first bytes are not \\x93NUMPY"
        case .unknownVersion(let major, let minor):
            "version \(major).\(minor) of the .npy format is not known; expected 1.0, 2.0 or 3.0"
        case .truncatedHeader(let needed, let found):
            "the file ends inside its header: \(found) bytes, expected \(needed)"
        case .longHeader(let count, let limit):
            "the header claims \(count) bytes; at most \(limit) are read"
        case .malformedHeader(let offset, let expected):
            "malformed header at byte \(offset): expected \(expected)"
        case .unsupportedType(let text):
            "elements of type \(text) are not read; expected float32, float64, int32, int64 or uint8"
        case .columnOrder:
            "the array is in Fortran order; expected C order (numpy.ascontiguousarray makes it so)"
        case .tooLarge(let shape):
            "the shape \(tuple(shape)) has more elements than can be"
        case .wrongSize(let expected, let found):
            "the array needs a file of \(expected) bytes, and the file has \(found)"
        case .wrongType(let expected, let found):
            "elements are \(found.rawValue); expected \(expected.rawValue)"
        case .system(let operation, let reason):
            "cannot \(operation): \(reason)"
        }
    }
}

/// A shape as NumPy writes it: `(2, 3)`, `(4,)`, `()`.
func tuple(_ shape: [Int]) -> String {
    let list = shape.map { String($0) }.joined(separator: ", ")
    return shape.count == 1 ? "(\(list),)" : "(\(list))"
}

/// Wraps what the checkpoint module throws.
func wrapping<Result>(
    _ body: () throws(CheckpointError) -> Result
) throws(FormatError) -> Result {
    do throws(CheckpointError) { return try body() } catch { throw .checkpoint(error) }
}
