internal import Checkpoint
internal import Foundation
internal import Formats

/// The boxes around what ImageNet's pictures show, as shares of their extents.
///
///     <folder>/<synset>/<picture>.xml           annotations, as their archive unpacks
///     <picture>,<left>,<top>,<right>,<bottom>   a line of the published list; a picture may have several
public struct BoundingBoxes: Sendable {
    /// A box, with the name of its picture.
    struct Row: Equatable, Sendable {
        let picture: String
        let box: ListedPicture.Box
    }

    /// All boxes, in the order of the files.
    let rows: [Row]
    /// How many files of annotations there are, and how many of these gave no box.
    public private(set) var (fileCount, skippedFiles) = (0, 0)
    /// How many boxes were left out: empty ones, and those of other synsets.
    public private(set) var skippedBoxes = 0

    /// How many boxes there are.
    public var count: Int { rows.count }

    /// Reads a list, or a folder of annotations.
    ///
    /// - Parameters:
    ///   - path: The list or the folder.
    ///   - synsets: The synsets that count, of annotations; nil for all. A box that is said to be of another one of them
    ///     than its folder is left out.
    /// - Throws: ``DataError``, `FormatError`.
    public init(path: String, synsets: [String]?) throws {
        var isFolder: ObjCBool = false
        let exists = unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        guard exists, isFolder.boolValue else {
            rows = try Self.list(path)
            return
        }
        let known = synsets.map { Set($0.map { ByteName($0) }) }
        var rows: [Row] = []
        for folder in try PictureFolderScan.entries(of: path) where folder.isFolder {
            let inside = try PictureFolderScan.entries(of: "\(path)/\(folder.name)")
            for file in inside where !file.isFolder && file.name.hasSuffix(".xml") {
                fileCount += 1
                guard known?.contains(ByteName(folder.name)) ?? true else {
                    skippedFiles += 1
                    continue
                }
                let found = try Self.annotations("\(path)/\(folder.name)/\(file.name)")
                let isOther =
                    ByteName(found.synset) != ByteName(folder.name)
                    && (known?.contains(ByteName(found.synset)) ?? false)
                let boxes =
                    isOther
                    ? [] : found.boxes.filter { $0.left < $0.right && $0.top < $0.bottom }
                skippedBoxes += found.boxes.count - boxes.count
                if boxes.isEmpty { skippedFiles += 1 }
                let picture = file.name.dropLast(4) + ".JPEG"
                rows += boxes.map { Row(picture: String(picture), box: Self.rounded($0)) }
            }
        }
        guard fileCount > 0 else {
            throw DataError.notLikeLayout(
                path: "\(path)/<synset>/<picture>.xml",
                layout: "imagenet",
                expected: "annotations in a folder for each synset, or the published list of boxes"
            )
        }
        self.rows = rows
    }

    /// The synsets that a file names, whatever its form.
    ///
    /// - Throws: ``DataError``, `FormatError`.
    public static func synsets(in path: String) throws -> [String] {
        try ImageNetClasses(path: path).synsets
    }

    /// The boxes by the names of their pictures.
    var byPicture: [ByteName: [ListedPicture.Box]] {
        Dictionary(grouping: rows) { ByteName($0.picture) }.mapValues { $0.map(\.box) }
    }

    /// The published list, byte for byte but for the order of the files, which goes by their names.
    public var csv: String {
        rows.map { row in
            let sides = [row.box.left, row.box.top, row.box.right, row.box.bottom]
            return ([row.picture] + sides.map(Self.text)).joined(separator: ",") + "\n"
        }.joined()
    }

    /// Four places, as the list has them.
    private static func text(_ share: Double) -> String { String(format: "%.4f", share) }

    private static func rounded(_ box: ListedPicture.Box) -> ListedPicture.Box {
        func value(_ share: Double) -> Double { Double(text(share)) ?? share }
        return ListedPicture.Box(
            left: value(box.left),
            top: value(box.top),
            right: value(box.right),
            bottom: value(box.bottom)
        )
    }

    private static func list(_ path: String) throws(DataError) -> [Row] {
        var rows: [Row] = []
        for (number, text) in try ListingFiles.lines(at: path) {
            let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            let values = parts.dropFirst().map {
                Double($0.trimmingCharacters(in: .whitespaces)) ?? .nan
            }
            guard values.count == 4, values.allSatisfy(\.isFinite) else {
                throw .malformedLine(
                    path: path,
                    line: number,
                    expected: "a file's name and four numbers, with commas between"
                )
            }
            let box = ListedPicture.Box(
                left: values[0],
                top: values[1],
                right: values[2],
                bottom: values[3]
            )
            rows.append(Row(picture: String(parts[0]), box: box))
        }
        return rows
    }

    /// The boxes of a file of annotations, which may hang over the picture's edges, inside them, and the first synset.
    private static func annotations(
        _ path: String
    ) throws -> (synset: String, boxes: [ListedPicture.Box]) {
        let content: [UInt8]
        do {
            content = try MappedFile(path: path).withBytes { bytes in
                unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
            }
        } catch {
            throw DataError.unreadable(path: path)
        }
        let elements = try XMLElements(content, path: path)
        func numbers(_ name: String) throws(DataError) -> [Double] {
            var values: [Double] = []
            for text in elements.texts(name) {
                guard let value = Double(text.trimmingCharacters(in: .whitespacesAndNewlines)),
                    abs(value) < 1e9
                else {
                    throw .malformedAnnotation(
                        path: path,
                        expected: "a number in <\(name)>, found '\(ByteName(text))'"
                    )
                }
                // Some are written with a point.
                values.append(value.rounded(.towardZero))
            }
            return values
        }
        let (left, top) = (try numbers("xmin"), try numbers("ymin"))
        let (right, bottom) = (try numbers("xmax"), try numbers("ymax"))
        guard !left.isEmpty else { return ("", []) }
        guard Set([left.count, top.count, right.count, bottom.count]).count == 1 else {
            throw DataError.malformedAnnotation(
                path: path,
                expected: "as many <xmin>, <ymin>, <xmax> and <ymax>"
            )
        }
        guard let width = try numbers("width").first, let height = try numbers("height").first,
            width > 0, height > 0
        else {
            throw DataError.malformedAnnotation(path: path, expected: "a <width> and a <height>")
        }
        func inside(_ share: Double) -> Double { min(max(share, 0), 1) }
        let boxes = left.indices.map { index in
            let horizontal = [left[index] / width, right[index] / width]
            let vertical = [top[index] / height, bottom[index] / height]
            return ListedPicture.Box(
                left: inside(min(horizontal[0], horizontal[1])),
                top: inside(min(vertical[0], vertical[1])),
                right: inside(max(horizontal[0], horizontal[1])),
                bottom: inside(max(vertical[0], vertical[1]))
            )
        }
        return (elements.texts("name").first ?? "", boxes)
    }
}
