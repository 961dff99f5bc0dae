public import Engine

/// Everything that decides the shape of a network of the family.
///
/// The source of the rules is the published implementation, clovaai/assembled-cnn, `nets/resnet_model.py`.
public struct ModelConfiguration: Hashable, Sendable {
    /// How the last activations become one vector.
    public enum Pooling: String, Sendable, CaseIterable {
        /// Mean over space.
        case average = "gap"
        /// Generalised mean with exponent 3.
        case generalizedMean = "gem"
        /// All pixels side by side.
        case flatten
    }

    /// What lies around the picture where a pool has a stride.
    public enum PoolPadding: String, Sendable, CaseIterable {
        /// As little as the windows need, the odd row behind: TensorFlow's `SAME`.
        case tensorFlow = "tensorflow"
        /// As much on all sides, and no pool where there is no stride, as PyTorch's users build these networks.
        case pyTorch = "pytorch"
    }

    /// 1 is ResNet, 2 is BigLittle.
    public var version = 1
    /// The number in the network's name: 50, 101, 152 or (version 1) 200.
    public var size = 50
    /// Channels of the first stage; 64 in everything published.
    public var width = 64
    /// Logits of the classifier.
    public var classes = 1001
    /// Three 3x3 convolutions as stem, and average pooling before projections.
    public var usesResNetD = false
    /// Squeeze-and-excitation behind each bottleneck.
    public var usesSqueezeExcitation = false
    /// Selective-kernel units in the place of 3x3 convolutions.
    public var usesSelectiveKernel = false
    /// Strided 3x3 convolutions are replaced by a blur with the stride.
    public var antiAliasesConvolutions = false
    /// Strided projections are preceded by a blur with the stride.
    public var antiAliasesProjections = false
    /// Taps of the blur on each axis, 1...7.
    public var antiAliasSize = 3
    /// BigLittle: the little branch has 1/alpha of the channels.
    public var alpha = 2
    /// BigLittle: the little branch has 1/beta of the blocks, less one.
    public var beta = 4
    /// The last group keeps its resolution.
    public var keepsLastResolution = false
    /// The pooling in front of the classifier.
    public var pooling = Pooling.average
    /// How the pools of version 1 are padded; version 2 has no such pool outside this family.
    public var poolPadding = PoolPadding.tensorFlow
    /// Channels of the embedding in front of the classifier; 0 for none.
    public var embeddingSize = 0
    /// How much of the old moving statistics survives a step.
    public var batchNormDecay = 0.997

    /// The vanilla ResNet-50 with 1001 classes; change what differs.
    public init() {}

    /// Blocks of each of the four groups.
    ///
    /// - Throws: ``GraphError/noSuchSize(size:version:allowed:)``.
    public func blockCounts() throws(GraphError) -> [Int] {
        guard let table = Self.blockTables[version] else {
            throw .invalidSetting(name: "version", value: "\(version)", expected: "1 or 2")
        }
        guard let counts = table[size] else {
            throw .noSuchSize(size: size, version: version, allowed: table.keys.sorted())
        }
        return counts
    }

    /// BigLittle: blocks of the little branch of each of the first three groups.
    package var littleBlockCounts: [Int] {
        let counts = Self.blockTables[2]?[size] ?? []
        return counts.prefix(3).map { max(1, $0 / beta - 1) }
    }

    /// Whether the network has a pool that PyTorch's networks pad otherwise.
    package var hasPaddedPool: Bool { version == 1 }

    /// Whether pools are those of PyTorch's networks.
    package var poolsAsPyTorch: Bool { hasPaddedPool && poolPadding == .pyTorch }

    /// Strides of the four groups.
    public var groupStrides: [Int] {
        (version == 2 ? [2, 2, 1] : [1, 2, 2]) + [keepsLastResolution ? 1 : 2]
    }

    /// Blocks of each group by version and size.
    package static let blockTables: [Int: [Int: [Int]]] = [
        1: [50: [3, 4, 6, 3], 101: [3, 4, 23, 3], 152: [3, 8, 36, 3], 200: [3, 24, 36, 3]],
        2: [50: [3, 4, 6, 3], 101: [4, 8, 18, 3], 152: [5, 12, 30, 3]],
    ]

    /// Throws if a setting is outside what the family knows.
    func validate() throws(GraphError) {
        _ = try blockCounts()
        func require(
            _ holds: Bool,
            _ name: String,
            _ value: some Any,
            _ expected: String
        ) throws(GraphError) {
            guard holds else {
                throw .invalidSetting(name: name, value: "\(value)", expected: expected)
            }
        }
        try require((1...4096).contains(width), "width", width, "1...4096")
        try require((1...10_000_000).contains(classes), "classes", classes, "1...10000000")
        try require(
            (1...7).contains(antiAliasSize),
            "anti-alias filter size",
            antiAliasSize,
            "1...7"
        )
        try require(alpha >= 1 && alpha <= width, "alpha", alpha, "1...\(width)")
        try require((1...1000).contains(beta), "beta", beta, "1...1000")
        try require(
            (0...1_000_000).contains(embeddingSize),
            "embedding size",
            embeddingSize,
            "0...1000000"
        )
        if usesResNetD { try require(width >= 2, "width", width, "at least 2 with ResNet-D") }
    }
}
