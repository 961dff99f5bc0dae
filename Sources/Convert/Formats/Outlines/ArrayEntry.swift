public import Checkpoint
internal import Proto

/// An array that a file of some other format lists.
public struct ArrayEntry: Equatable, Sendable {
    /// Its name.
    public internal(set) var name: String
    /// The type of its elements, as the format spells it.
    public internal(set) var type: String
    /// Its extents.
    public internal(set) var shape: [Int]
    /// Its bytes in the file.
    public internal(set) var byteCount: Int
    /// Where they begin, if they lie there as they are.
    public internal(set) var offset: Int?
    /// How its elements lie, where that is not row by row: `Fortran order`.
    public internal(set) var order = ""
}

extension ArrayEntry {
    /// An array that has been opened.
    public init(_ tensor: TensorEntry) {
        self.init(
            name: tensor.name,
            type: tensor.dataType.name,
            shape: tensor.shape,
            byteCount: Int(tensor.byteCount),
            offset: Int(tensor.offset)
        )
    }
}
