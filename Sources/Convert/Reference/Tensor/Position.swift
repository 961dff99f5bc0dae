/// Counts through the indices of a shape, the last the fastest.
struct Position {
    private let shape: [Int]
    private(set) var indices: [Int]

    /// The first place of a shape without empty extents.
    init(_ shape: [Int]) {
        self.shape = shape
        indices = [Int](repeating: 0, count: shape.count)
    }

    /// The place in memory with these strides; further strides are not looked at.
    func offset(_ strides: [Int]) -> Int {
        var offset = 0
        for (index, stride) in zip(indices, strides) { offset += index * stride }
        return offset
    }

    /// Moves to the next place; false if there is none.
    mutating func advance() -> Bool {
        for axis in shape.indices.reversed() {
            indices[axis] += 1
            if indices[axis] < shape[axis] { return true }
            indices[axis] = 0
        }
        return false
    }
}
