internal import Checkpoint
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
        var listing = PictureListing()
        let validationRoot = ["validation", "val"].first { files.isFolder($0) }
        let scans = try Dictionary(
            uniqueKeysWithValues: ["train", validationRoot].compactMap(\.self)
                .filter { files.isFolder($0) }
                .map { ($0, try PictureFolderScan(files.path($0))) }
        )
        let synsets = try self.synsets(
            request,
            scans["train"] ?? validationRoot.flatMap { scans[$0] }
        )
        let words = try request.metadata.map(Self.words) ?? [:]
        let boxes = try request.boxes.map(Self.boxes) ?? [:]
        let labels = Dictionary(
            synsets.enumerated().map { (ByteName($1), $0 + 1) }
        ) { first, _ in first }
        if let path = request.labels, labels.count != synsets.count,
            let doubled = synsets.indices.first(where: { labels[ByteName(synsets[$0])] != $0 + 1 })
        {
            throw DataError.malformedLine(
                path: path,
                line: doubled + 1,
                expected: "a synset of its own, found '\(synsets[doubled])' again"
            )
        }

        func picture(_ path: String, _ synset: String, _ label: Int) -> ListedPicture {
            var picture = ListedPicture(path: path, label: label)
            picture.synset = synset
            picture.text = words[synset] ?? ""
            picture.boxes = boxes[ByteName(picture.name)] ?? []
            return picture
        }
        func part(_ root: String) -> [ListedPicture] {
            guard let scan = scans[root] else { return [] }
            listing.remarks += Self.leftOut(of: scan, labels)
            if root == "train", !scan.loose.isEmpty {
                listing.remarks.append(
                    .warning(
                        "\(scan.loose.count) pictures in \(scan.folder) are left out, as they lie in no "
                            + "synset's folder: \(scan.loose.shortList())"
                    )
                )
            }
            let found = Dictionary(
                scan.found.map { (ByteName($0.name), $0.pictures) }
            ) { first, _ in first }
            return synsets.enumerated().flatMap { index, synset in
                (found[ByteName(synset)] ?? []).filter { $0.hasSuffix(".JPEG") }
                    .map { picture(files.path("\(root)/\(synset)/\($0)"), synset, index + 1) }
            }
        }
        listing.labelOffset = 1
        listing.classNames = synsets.map { words[$0] ?? $0 }
        listing.training = part("train").shuffledAsPublished(seed: request.seed)
        guard let validationRoot, let scan = scans[validationRoot] else { return listing }
        var validation = part(validationRoot)
        if let path = request.validationLabels {
            let list = try ValidationLabels(path: path)
            let flat = try scan.loose.compactMap { name in
                try list.synset(of: name).map { (name, $0) }
            }
            validation += try flat.map { name, found in
                guard let label = labels[ByteName(found.synset)] else {
                    throw DataError.malformedLine(
                        path: path,
                        line: found.line,
                        expected: "one of the \(synsets.count) synsets, found '\(found.synset)'"
                    )
                }
                return picture(files.path("\(validationRoot)/\(name)"), found.synset, label)
            }.sorted { ($0.label, ByteName($0.path)) < ($1.label, ByteName($1.path)) }
            if flat.count != list.count {
                listing.remarks.append(
                    .warning(
                        "\(path) has labels of \(list.count) pictures, \(flat.count) are there"
                    )
                )
            }
        } else if !scan.loose.isEmpty {
            throw DataError.unclassified(
                path: files.path(validationRoot),
                count: scan.loose.count,
                remedy: "--validation-labels says of which synset each is"
            )
        }
        listing.validation = validation.shuffledAsPublished(seed: request.seed)
        return listing
    }

    /// What of a part is not taken.
    private static func leftOut(
        of scan: PictureFolderScan,
        _ labels: [ByteName: Int]
    ) -> [DataRemark] {
        var remarks: [DataRemark] = []
        let unknown = scan.found.filter { labels[ByteName($0.name)] == nil }
        if !unknown.isEmpty {
            let count = unknown.reduce(0) { $0 + $1.pictures.count }
            remarks.append(
                .warning(
                    "\(count) pictures in \(scan.folder) are left out, as their folders are none of the "
                        + "synsets: \(unknown.map(\.name).shortList())"
                )
            )
        }
        let others = scan.found.filter { labels[ByteName($0.name)] != nil }.flatMap { found in
            found.pictures.filter { !$0.hasSuffix(".JPEG") }.map { "\(found.name)/\($0)" }
        }
        if !others.isEmpty {
            remarks.append(
                .warning(
                    "\(others.count) pictures in \(scan.folder) are left out, as their names do not end "
                        + "in .JPEG: \(others.shortList())"
                )
            )
        }
        if !scan.foreign.isEmpty {
            remarks.append(
                .note(
                    "\(scan.foreign.count) files in \(scan.folder) are no pictures and are left out: "
                        + scan.foreign.shortList()
                )
            )
        }
        return remarks
    }

    /// The synsets in the order of their classes: as the file says, or by name.
    private func synsets(
        _ request: ListingRequest,
        _ scan: PictureFolderScan?
    ) throws -> [String] {
        if let path = request.labels {
            return try ClassNames(path: path).names.map { $0.trimmingCharacters(in: .whitespaces) }
        }
        guard let scan else { throw DataError.missing(path: files.path("train")) }
        return scan.found.map(\.name)
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
    private static func boxes(_ path: String) throws(DataError) -> [ByteName: [Box]] {
        var boxes: [ByteName: [Box]] = [:]
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
            boxes[ByteName(parts[0]), default: []].append(
                Box(left: values[0], top: values[1], right: values[2], bottom: values[3])
            )
        }
        return boxes
    }
}
