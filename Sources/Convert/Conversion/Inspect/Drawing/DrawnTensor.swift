/// A tensor of a drawing: what it is, and what its numbers are like.
public struct DrawnTensor: Sendable {
    /// Its name.
    public let name: String
    /// The type of its elements.
    public let type: String
    /// Its extents.
    public let shape: [Int]
    /// The number of its elements.
    public let count: Int
    /// What its numbers are like; nil where they were not looked at.
    public internal(set) var statistics: TensorStatistics?
    /// The first of its values, as text.
    public internal(set) var values = ""
    /// What is suspicious about it, or why there are no statistics.
    public internal(set) var remark = ""
}
