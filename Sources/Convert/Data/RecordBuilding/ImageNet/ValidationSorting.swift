internal import Checkpoint
internal import Foundation

/// Validation pictures that lie in one folder, moved into a folder for each synset, as the published step does.
public struct ValidationSorting: Sendable {
    private let moves: [(from: String, to: String)]

    /// How many pictures are to be moved.
    public var count: Int { moves.count }

    /// Finds out which picture goes where; nothing is moved yet.
    ///
    /// - Parameters:
    ///   - folder: The folder of the pictures.
    ///   - labels: A file of their synsets, see `--validation-labels`.
    ///   - synsets: The synsets of all classes, where they are known; Caffe's list needs them.
    /// - Throws: ``DataError``, `FormatError`; also where a picture that has a label is not there.
    public init(folder: String, labels: String, synsets: String?) throws {
        let known = try synsets.map { try ImageNetClasses(path: $0).synsets } ?? []
        let list = try ValidationLabels(path: labels, synsets: known)
        let scan = try PictureFolderScan(folder)
        var moves: [(from: String, to: String)] = []
        var unlabelled: [String] = []
        for name in scan.loose {
            guard let synset = try list.synset(of: name)?.synset else {
                unlabelled.append(name)
                continue
            }
            guard !synset.contains("/"), synset != "..", synset != "." else {
                throw DataError.unwritableName(synset)
            }
            moves.append(("\(folder)/\(name)", "\(folder)/\(synset)/\(name)"))
        }
        guard unlabelled.isEmpty else {
            throw DataError.unused(
                path: folder,
                reason: "\(labels) has no label for \(unlabelled.shortList())"
            )
        }
        let sorted = scan.found.reduce(0) { $0 + $1.pictures.count }
        guard moves.count + sorted == list.count else {
            throw DataError.unused(
                path: labels,
                reason:
                    "it has labels of \(list.count) pictures, and \(moves.count + sorted) are in \(folder)"
            )
        }
        let inTheWay = moves.map(\.to).filter { FileManager.default.fileExists(atPath: $0) }
        guard inTheWay.isEmpty else { throw DataError.exists(inTheWay) }
        self.moves = moves
    }

    /// Moves the pictures.
    ///
    /// - Throws: ``DataError/unwritable(path:reason:)``.
    public func run() throws(DataError) {
        for (from, to) in moves {
            do {
                try FileManager.default.createDirectory(
                    at: URL(filePath: to).deletingLastPathComponent(),
                    withIntermediateDirectories: true
                )
                try FileManager.default.moveItem(atPath: from, toPath: to)
            } catch {
                throw .unwritable(path: to, reason: SystemReason.sentence(of: error))
            }
        }
    }
}
