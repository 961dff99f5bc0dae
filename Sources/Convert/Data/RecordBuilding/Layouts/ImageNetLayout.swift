internal import Foundation

/// ImageNet 2012 as its archives unpack, and as the published builder takes it.
///
///     train/<synset>/<picture>.JPEG
///     validation/<synset>/<picture>.JPEG, or validation/ILSVRC2012_val_<8 digits>.JPEG with a file of synsets
///
/// Labels count from 1: class 0 is the background. Both parts are shuffled.
struct ImageNetLayout: PictureListingSource {
    let files: ListingFiles

    private typealias Box = ListedPicture.Box

    func listing(_ request: ListingRequest) throws -> PictureListing {
        let synsets = try self.synsets(request)
        let words = try request.metadata.map(Self.words) ?? [:]
        let boxes = try request.boxes.map(Self.boxes) ?? [:]
        let labels = Dictionary(synsets.enumerated().map { ($1, $0 + 1) }) { first, _ in first }

        func picture(_ path: String, _ synset: String, _ label: Int) -> ListedPicture {
            var picture = ListedPicture(path: path, label: label)
            picture.synset = synset
            picture.text = words[synset] ?? ""
            picture.boxes = boxes[picture.name] ?? []
            return picture
        }
        func part(_ root: String) throws -> [ListedPicture] {
            guard files.isFolder(root) else { return [] }
            return try synsets.enumerated().flatMap { index, synset in
                guard files.isFolder("\(root)/\(synset)") else { return [ListedPicture]() }
                return try files.entries("\(root)/\(synset)").filter { $0.hasSuffix(".JPEG") }
                    .map { picture(files.path("\(root)/\(synset)/\($0)"), synset, index + 1) }
            }
        }
        var listing = PictureListing()
        listing.labelOffset = 1
        listing.classNames = synsets.map { words[$0] ?? $0 }
        listing.training = try part("train").shuffledAsPublished(seed: request.seed)
        let root = ["validation", "val"].first { files.isFolder($0) } ?? "validation"
        var validation = try part(root)
        if let path = request.validationLabels {
            validation += try flat(root, path).map { name, synset, line in
                guard let label = labels[synset] else {
                    throw DataError.malformedLine(
                        path: path,
                        line: line,
                        expected: "one of the \(synsets.count) synsets, found '\(synset)'"
                    )
                }
                return picture(files.path("\(root)/\(name)"), synset, label)
            }.sorted { ($0.label, $0.path) < ($1.label, $1.path) }
        }
        listing.validation = validation.shuffledAsPublished(seed: request.seed)
        return listing
    }

    /// The synsets in the order of their classes: as the file says, or by name.
    private func synsets(_ request: ListingRequest) throws -> [String] {
        if let path = request.labels { return try ListingFiles.lines(at: path).map(\.text) }
        let root = files.isFolder("train") ? "train" : "validation"
        return try files.entries(root).filter { files.isFolder("\(root)/\($0)") }
    }

    /// Validation pictures that lie in one folder, with the synset that their number has in a file.
    private func flat(
        _ root: String,
        _ labels: String
    ) throws -> [(name: String, synset: String, line: Int)] {
        let lines = try ListingFiles.lines(at: labels)
        return try files.entries(root).compactMap { name in
            let prefix = "ILSVRC2012_val_"
            guard name.hasPrefix(prefix), name.hasSuffix(".JPEG"),
                let number = Int(name.dropFirst(prefix.count).dropLast(5))
            else { return nil }
            guard lines.indices.contains(number - 1) else {
                throw DataError.malformedLine(
                    path: labels,
                    line: lines.count,
                    expected: "a synset for \(name)"
                )
            }
            return (name, lines[number - 1].text, lines[number - 1].number)
        }
    }

    /// `<synset>` tab `<words>`.
    private static func words(_ path: String) throws(DataError) -> [String: String] {
        var words: [String: String] = [:]
        for (number, text) in try ListingFiles.lines(at: path) {
            let parts = text.split(separator: "\t", maxSplits: 1)
            guard parts.count == 2 else {
                throw .malformedLine(path: path, line: number, expected: "a synset, a tab, words")
            }
            words[String(parts[0])] = String(parts[1])
        }
        return words
    }

    /// `<picture>,<left>,<top>,<right>,<bottom>`, as shares of the extents; a picture may have several.
    private static func boxes(_ path: String) throws(DataError) -> [String: [Box]] {
        var boxes: [String: [Box]] = [:]
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
            boxes[String(parts[0]), default: []].append(
                Box(left: values[0], top: values[1], right: values[2], bottom: values[3])
            )
        }
        return boxes
    }
}
