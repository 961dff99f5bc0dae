/// What is wrong with a `.npy` file, or with writing one.
public enum NumPyError: Error, Equatable, Sendable {
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
    /// The file cannot be written.
    case output(path: String, reason: String)
}

extension NumPyError: CustomStringConvertible {
    /// One sentence for the user.
    public var description: String {
        switch self {
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
        case .output(_, let reason):
            reason
        }
    }
}

/// A shape as NumPy writes it: `(2, 3)`, `(4,)`, `()`.
func tuple(_ shape: [Int]) -> String {
    let list = shape.map { String($0) }.joined(separator: ", ")
    return shape.count == 1 ? "(\(list),)" : "(\(list))"
}
