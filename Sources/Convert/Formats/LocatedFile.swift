/// What a path means: what is there, found out once and handed on, as it may take a look at the whole file.
public struct LocatedFile: Sendable {
    /// What is there.
    public let kind: FileKind
    /// The paths that are meant.
    public let paths: [String]
    /// How the path was understood, if that is not to the letter.
    public let note: String?

    /// Looks at a path, and into a folder that is no checkpoint.
    ///
    /// - Throws: as ``FileKind/init(_:)`` does.
    public init(_ path: String) throws {
        do {
            (kind, paths, note) = (try FileKind(path), [path], nil)
        } catch {
            let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
            guard let meaning = PathMeaning(folder: trimmed), let first = meaning.paths.first else {
                throw error
            }
            (kind, paths, note) = (try FileKind(first), meaning.paths, meaning.note)
        }
    }
}
