/// A file of the classes' names, a line each.
public struct ClassNames: Sendable {
    /// The names, in order.
    public let names: [String]

    /// Reads a file.
    ///
    /// - Throws: ``DataError/unreadable(path:)``.
    public init(path: String) throws(DataError) {
        names = try ListingFiles.lines(at: path).map(\.text)
    }
}
