/// What a parameter is to its layer.
public enum ParameterRole: String, Sendable, CaseIterable {
    /// A convolution's `[height, width, input, output]`, the inputs of one group, or a dense layer's `[input, output]`.
    case kernel
    /// An offset for each of a convolution's or a dense layer's outputs, `[output]`.
    case bias
    /// A norm's scale, `[channel]`.
    case gamma
    /// A norm's offset, `[channel]`.
    case beta
    /// A batch norm's running mean, `[channel]`.
    case movingMean
    /// A batch norm's running variance, `[channel]`.
    case movingVariance
    /// What each channel is multiplied by, `[channel]`.
    case scale
    /// What is added to each channel, `[channel]`.
    case shift

    /// Whether gradient descent changes it; the moving statistics follow the batches instead.
    public var isTrainable: Bool { self != .movingMean && self != .movingVariance }
}

/// Names one parameter of a graph.
public struct ParameterKey: Hashable, Sendable {
    /// The name of the node that owns it.
    public let node: String
    /// What it is to that node.
    public let role: ParameterRole

    /// The parameter in `role` of the node called `node`.
    public init(node: String, role: ParameterRole) {
        self.node = node
        self.role = role
    }

    /// Whether they are those of one node: names go by bytes.
    public static func == (left: ParameterKey, right: ParameterKey) -> Bool {
        left.role == right.role && left.node.utf8.elementsEqual(right.node.utf8)
    }

    /// Feeds the bytes of the name, and the role.
    public func hash(into hasher: inout Hasher) {
        var node = node
        node.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(role)
    }
}

extension ParameterKey: CustomStringConvertible {
    /// The node and the role, with a point between.
    public var description: String { "\(node).\(role.rawValue)" }
}

/// A parameter that a graph needs, in the order in which the model creates them.
public struct Parameter: Hashable, Sendable {
    /// Its name.
    public let key: ParameterKey
    /// Its shape; kernels are HWIO.
    public let shape: [Int]

    /// The parameter called `key` of a shape.
    package init(key: ParameterKey, shape: [Int]) {
        self.key = key
        self.shape = shape
    }

    /// The number of its elements.
    public var count: Int { shape.reduce(1, *) }
}
