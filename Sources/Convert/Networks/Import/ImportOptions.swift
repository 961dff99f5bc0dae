/// How a graph is to be taken.
public struct ImportOptions: Sendable {
    /// A value in the place of a tensor.
    public struct Feed: Sendable {
        /// Where it comes from.
        public enum Value: Sendable, Equatable {
            /// A number, a truth, or several between commas.
            case text(String)
            /// An array in a `.npy` file.
            case array(path: String)
        }

        /// The tensor: `node` or `node:0`.
        public var tensor: String
        /// The value.
        public var value: Value

        /// A value in the place of a tensor.
        public init(_ tensor: String, _ value: Value) {
            self.tensor = tensor
            self.value = value
        }
    }

    /// Which graph of a file is meant; nil for the one that serves.
    public var tags: [String]?
    /// Which function of the graph is meant; nil for the one that serves.
    public var signature: String?
    /// Where the pictures go in; nil if that is to be found.
    public var inputTensor: String?
    /// Where the logits come out; nil if that is to be found.
    public var outputTensor: String?
    /// Values of placeholders.
    public var feeds: [Feed] = []
    /// The checkpoint of the graph's variables; nil for the one beside it.
    public var checkpoint: String?
    /// The side of pictures of an ONNX model that leaves it open, where its operators ask for one; nil: what the model says.
    public var imageSize: Int?
    /// The same, where nothing says one.
    public var usualImageSize: Int?
    /// Which values of the checkpoint are meant.
    public var weights = WeightSet.raw

    /// A graph with nothing said about it.
    public init() {}
}
