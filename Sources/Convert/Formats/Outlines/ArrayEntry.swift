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
}
