/// A model that cannot be built, or not for pictures of this size.
public enum GraphError: Error, Equatable, Sendable {
    /// No network has this size in this version.
    case noSuchSize(size: Int, version: Int, allowed: [Int])
    /// A setting is outside what the family knows.
    case invalidSetting(name: String, value: String, expected: String)
    /// The activations have become too small for a layer.
    case tooSmall(node: String, height: Int, width: Int)
    /// Branches that are added have different shapes; odd sizes do this to the upsampled branch.
    case shapesDiffer(node: String, first: FeatureShape, second: FeatureShape)
    /// A layer has an attribute that makes no sense.
    case invalidAttribute(node: String, name: String, value: String, expected: String)
    /// A layer takes more inputs, or fewer.
    case wrongInputCount(node: String, found: Int, expected: Int)
    /// A layer takes activations of another shape, which is told in words.
    case wrongInput(node: String, found: FeatureShape, expected: String)
    /// Activations or parameters of these extents have more values than any machine holds.
    case tooLarge(node: String, extents: [Int])
    /// A layer has no gradient.
    case untrainable(node: String, reason: String)
}

extension GraphError: CustomStringConvertible {
    /// One sentence that a user can act on.
    public var description: String {
        switch self {
        case .noSuchSize(let size, let version, let allowed):
            "there is no network of size \(size) in version \(version); sizes are "
                + allowed.map(String.init).joined(separator: ", ")
        case .invalidSetting(let name, let value, let expected):
            "\(name) is \(value), but must be \(expected)"
        case .tooSmall(let node, let height, let width):
            "\(node): activations of \(height)x\(width) are too small; use larger pictures"
        case .shapesDiffer(let node, let first, let second):
            "\(node): cannot add \(first) and \(second); use a picture size that is a multiple of 32"
        case .invalidAttribute(let node, let name, let value, let expected):
            "\(node): \(name) is \(value), but must be \(expected)"
        case .wrongInputCount(let node, let found, let expected):
            "\(node): the number of inputs is \(found), but must be \(expected)"
        case .wrongInput(let node, let found, let expected):
            "\(node): activations of \(found) come in, expected \(expected)"
        case .tooLarge(let node, let extents):
            "\(node): \(extents.map(String.init).joined(separator: "x")) values are more than any machine holds"
        case .untrainable(let node, let reason): "\(node): cannot be trained: \(reason)"
        }
    }
}
