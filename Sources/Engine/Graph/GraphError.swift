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
        }
    }
}
