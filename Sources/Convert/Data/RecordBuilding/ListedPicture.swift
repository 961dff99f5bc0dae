internal import Checkpoint

/// A picture file that is to become a record, and what is known of it.
public struct ListedPicture: Equatable, Sendable {
    /// A rectangle, in the units that the data set has: pixels, or shares of the extents.
    public struct Box: Equatable, Sendable {
        /// The left edge.
        public var left: Double
        /// The upper edge.
        public var top: Double
        /// The right edge.
        public var right: Double
        /// The lower edge.
        public var bottom: Double
    }

    /// A place in an archive.
    public struct Place: Equatable, Sendable {
        /// The path of the archive.
        public let archive: String
        /// The bytes.
        public let range: Range<Int>
    }

    /// The path of the file; of one in an archive the archive's path and its own behind it.
    public let path: String
    /// Where the file lies, if it is in an archive.
    public var place: Place?
    /// The class.
    public let label: Int
    /// Boxes around what is shown, as shares of the extents, for the record.
    public var boxes: [Box] = []
    /// The box, in pixels, to which the picture is cut, where that is asked for.
    public var cut: Box?
    /// ImageNet's name of the class, such as `n01440764`.
    public var synset: String?
    /// The class in words.
    public var text: String?

    /// The file's own name.
    public var name: String { ByteName(path).lastComponent.text ?? path }

    /// A picture of a class.
    public init(path: String, label: Int) {
        self.path = path
        self.label = label
    }
}

/// All pictures of a data set, in the order in which they are written.
public struct PictureListing: Equatable, Sendable {
    /// Pictures to train on.
    public var training: [ListedPicture] = []
    /// Pictures to validate with.
    public var validation: [ListedPicture] = []
    /// The classes' names, where the data set has any; the first is that of ``labelOffset``.
    public var classNames: [String] = []
    /// The label of the first class.
    public var labelOffset = 0
    /// What was left out, and what was taken for granted.
    public var remarks: [DataRemark] = []
}
