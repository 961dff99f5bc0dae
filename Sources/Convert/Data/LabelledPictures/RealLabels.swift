internal import Checkpoint
internal import Foundation

/// The reassessed labels of ImageNet's validation pictures ("ReaL"): a JSON list with a list of classes for each picture,
/// by its number.
///
///     [[], [970, 795], [230, 231], …]
///
/// The first is `ILSVRC2012_val_00000001.JPEG`'s. Classes count from 0, without a background.
public struct RealLabels: Sendable {
    private let labels: [[Int]]
    private let offset: Int

    /// The largest file that is read.
    private static let limit = 1 << 26

    /// Reads the labels of a file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - classes: The classes of the network: 1000, or 1001 with a background in front.
    /// - Throws: ``DataError``.
    public init(path: String, classes: Int) throws(DataError) {
        guard classes == 1000 || classes == 1001 else {
            throw .reassessedLabels(
                path: path,
                reason: "is for networks of 1000 or 1001 classes, not of \(classes)"
            )
        }
        offset = classes - 1000
        guard let handle = FileHandle(forReadingAtPath: path),
            let data = try? handle.read(upToCount: Self.limit + 1)
        else { throw .reassessedLabels(path: path, reason: "cannot be read") }
        guard data.count <= Self.limit else {
            throw .reassessedLabels(path: path, reason: "has more than 64 MB")
        }
        guard let labels = try? JSONDecoder().decode([[Int]].self, from: data) else {
            throw .reassessedLabels(
                path: path,
                reason: "is no JSON list of lists of classes, such as [[], [970, 795]]"
            )
        }
        for (index, classes) in labels.enumerated() {
            guard classes.allSatisfy({ (0..<1000).contains($0) }) else {
                throw .reassessedLabels(
                    path: path,
                    reason: "picture \(index + 1) has a class outside of 0...999"
                )
            }
        }
        self.labels = labels
    }

    /// The labels of a picture, as classes of the network; empty where it has none.
    ///
    /// - Throws: ``DataError`` where the picture's name has no number, or one that the file does not reach.
    public func labels(of picture: LabelledPicture) throws(DataError) -> [Int] {
        guard let number = Self.number(of: picture) else {
            throw .reassessedLabels(
                path: "\(picture.origin)",
                reason:
                    "is not called ILSVRC2012_val_<number>, so it has no labels in --real-labels"
            )
        }
        guard labels.indices.contains(number - 1) else {
            throw .reassessedLabels(
                path: "\(picture.origin)",
                reason: "is number \(number), and --real-labels has \(labels.count) pictures"
            )
        }
        return labels[number - 1].map { $0 + offset }
    }

    private static func number(of picture: LabelledPicture) -> Int? {
        let path = picture.name?.text ?? picture.origin.file
        guard let name = path.split(separator: "/").last,
            let rest = name.split(separator: ".").first?.split(separator: "_"),
            rest.count == 3, rest[0] == "ILSVRC2012", rest[1] == "val"
        else { return nil }
        return Int(rest[2])
    }
}
