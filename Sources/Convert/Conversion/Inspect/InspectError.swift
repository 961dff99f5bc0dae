/// What can be wrong with what somebody wants to look at.
public enum InspectError: Error, Equatable, Sendable {
    /// A slice does not have the form `0:2,:,3`.
    case malformedSlice(String)
    /// A slice reaches outside a tensor's shape.
    case sliceOutside(slice: String, shape: [Int])
    /// The file is of no kind that is known.
    case unknownFile(path: String, reason: String)
    /// A part of a file breaks the rules of its format.
    case malformed(path: String, offset: Int, reason: String)
    /// The elements have no form in the file that was asked for.
    case noSuchForm(tensor: String, type: String)
}

extension InspectError: CustomStringConvertible {
    /// What is wrong, in a sentence.
    public var description: String {
        switch self {
        case .malformedSlice(let text):
            "the slice '\(text)' is malformed; write one part for each axis, such as 0:2,:,3"
        case .sliceOutside(let slice, let shape):
            "the slice '\(slice)' reaches outside the shape \(shape)"
        case .unknownFile(let path, let reason): "\(path): \(reason)"
        case .malformed(let path, let offset, let reason):
            "\(path): damaged at byte \(offset): \(reason)"
        case .noSuchForm(let tensor, let type):
            "the tensor '\(tensor)' has \(type) elements, which .npy files cannot hold"
        }
    }
}
