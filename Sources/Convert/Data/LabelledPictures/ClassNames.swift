internal import Checkpoint
internal import Foundation

/// The names of classes in the order of their labels, as a file has them, a line each.
public struct ClassNames: Sendable {
    /// The name of the file that tools leave beside what it belongs to.
    public static let fileName = "labels.txt"

    /// The names, in order.
    public let names: [String]
    /// The file.
    public let path: String
    /// Whether nobody named the file: it was found beside what it seems to belong to.
    public private(set) var isFound = false
    /// The places of each name, of each name without blanks around it, and of each line's first word where all of these are
    /// synsets.
    private let exact: [ByteName: [Int]]
    private let trimmed: [ByteName: [Int]]
    private let synsets: [ByteName: [Int]]
    /// The places of each name as the published evaluation of corrupted pictures writes it: small letters, `_` for blanks.
    private let published: [ByteName: [Int]]

    /// Reads a file.
    ///
    /// - Throws: ``DataError``, also for an empty line between others, which would shift all that follow.
    public init(path: String) throws(DataError) {
        let lines = try TextLines(path: path).lines
        if let empty = lines.first(where: { $0.text.allSatisfy(\.isWhitespace) }) {
            throw .malformedLine(
                path: path,
                line: empty.number,
                expected: "the name of a class, found nothing"
            )
        }
        guard !lines.isEmpty else { throw .noNames(path: path) }
        self.init(lines.map(\.text), path: path)
    }

    /// Names that are known already.
    public init(_ names: [String], path: String) {
        self.names = names
        self.path = path
        func places(_ keys: [ByteName]) -> [ByteName: [Int]] {
            Dictionary(grouping: keys.indices) { keys[$0] }
        }
        exact = places(names.map { ByteName($0) })
        trimmed = places(names.map { ByteName($0.trimmingCharacters(in: .whitespaces)) })
        published = places(
            names.map {
                ByteName(
                    $0.trimmingCharacters(in: .whitespaces).lowercased()
                        .replacingOccurrences(of: " ", with: "_")
                )
            }
        )
        let words = names.map { ByteName($0.split(whereSeparator: \.isWhitespace).first ?? "") }
        synsets = words.allSatisfy(Self.isSynset) ? places(words) : [:]
    }

    /// The names beside something that was left in a folder; nil where there are none.
    ///
    /// - Throws: ``DataError`` for a file that is there and cannot be read.
    public static func found(in folder: String) throws(DataError) -> ClassNames? {
        let path = "\(folder)/\(fileName)"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        var names = try ClassNames(path: path)
        names.isFound = true
        return names
    }

    /// The names beside a data set of pictures: in its folder or, where that is one part of it, in the one above.
    ///
    /// - Throws: ``DataError``.
    public static func found(besidesData folder: String) throws(DataError) -> ClassNames? {
        if let names = try found(in: folder) { return names }
        let url = URL(filePath: folder).standardizedFileURL
        guard ["train", "validation", "val", "test"].contains(url.lastPathComponent) else {
            return nil
        }
        return try found(in: url.deletingLastPathComponent().path(percentEncoded: false).trimmed)
    }

    /// The names that a training left beside a checkpoint, see `CheckpointHome`.
    ///
    /// - Throws: ``DataError``.
    public static func found(
        besidesCheckpoint prefix: String
    ) throws(DataError) -> ClassNames? {
        try found(in: CheckpointHome.folder(of: prefix))
    }

    /// Whether a folder is called like one of the classes.
    public func knows(_ folder: String) -> Bool { !places(of: folder).isEmpty }

    /// The places of the classes that a folder's name may mean; one, if all is well.
    func places(of folder: String) -> [Int] {
        let key = ByteName(folder)
        return exact[key] ?? trimmed[key] ?? synsets[key] ?? published[key] ?? []
    }

    /// Whether the names of two lists stand for the same labels, as far as both have them.
    ///
    /// - Parameters:
    ///   - offset: The label of the first name.
    ///   - other: Names of the same kind.
    ///   - offsets: The labels that the other's first name may have.
    /// - Returns: a sentence about the first label that is called differently, however the other's labels begin; nil where they
    ///   agree, or have no name in common.
    public func disagreement(
        offset: Int,
        with other: ClassNames,
        offsets: ClosedRange<Int>
    ) -> String? {
        guard other.exact.keys.contains(where: { exact[$0] != nil }) else { return nil }
        var best: (count: Int, sentence: String)?
        for otherOffset in offsets {
            var (count, sentence) = (0, "")
            for (place, name) in other.names.enumerated() {
                let ours = place + otherOffset - offset
                guard names.indices.contains(ours), ByteName(names[ours]) != ByteName(name) else {
                    continue
                }
                count += 1
                guard sentence.isEmpty else { continue }
                sentence =
                    "label \(place + otherOffset) is '\(ByteName(name))' in \(other.path), but "
                    + "'\(ByteName(names[ours]))' in \(path)"
            }
            if count == 0 { return nil }
            if best.map({ count < $0.count }) ?? true { best = (count, sentence) }
        }
        return best?.sentence
    }

    /// The file's bytes.
    ///
    /// - Throws: ``DataError/unwritableName(_:)`` for a name that would be two lines, or none.
    public static func file(_ names: [String]) throws(DataError) -> [UInt8] {
        for name in names where name.utf8.contains(where: { $0 == 10 || $0 == 13 }) || name.isEmpty
        {
            throw .unwritableName(name)
        }
        return names.flatMap { Array($0.utf8) + [UInt8(ascii: "\n")] }
    }

    /// Whether a word is one of WordNet's names: `n` and eight digits.
    static func isSynset(_ word: ByteName) -> Bool {
        word.bytes.count == 9 && word.bytes.first == UInt8(ascii: "n")
            && word.bytes.dropFirst().allSatisfy { (48...57).contains($0) }
    }
}

extension String {
    /// A path without the slash at its end.
    fileprivate var trimmed: String { count > 1 && hasSuffix("/") ? String(dropLast()) : self }
}
