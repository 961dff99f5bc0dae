internal import Checkpoint

/// CUB-200-2011 as its archive unpacks.
///
///     images/<number>.<class>/<picture>.jpg
///     images.txt           <id> <path below images>
///     bounding_boxes.txt   <id> <left> <top> <width> <height>
///     train_test_split.txt <id> <1 where it trains>
///
/// By class, as published, the first half of the classes trains and the second validates, both shuffled class by class and
/// then as a whole; labels are those of all classes.
struct BirdLayout: PictureListingSource {
    let files: ListingFiles
    let isByClass: Bool

    func listing(_ request: ListingRequest) throws -> PictureListing {
        let classes = try files.entries("images").filter { files.isFolder("images/\($0)") }
        var listing = PictureListing()
        listing.classNames = classes
        let boxes = try self.boxes()
        let paths = isByClass ? [:] : try self.paths()
        let training = isByClass ? [] : try self.training(paths)
        let scan = try PictureFolderScan(files.path("images"))
        let found = Dictionary(
            scan.found.map { (ByteName($0.name), $0.pictures) }
        ) { first, _ in first }
        if !isByClass { listing.remarks += try checkAll(paths, found) }
        for (label, name) in classes.enumerated() {
            let pictures = (found[ByteName(name)] ?? []).map { file in
                var picture = ListedPicture(
                    path: files.path("images/\(name)/\(file)"),
                    label: label
                )
                picture.cut = boxes[ByteName("\(name)/\(file)")]
                return picture
            }
            guard isByClass else {
                for picture in pictures {
                    if training.contains(ByteName("\(name)/\(picture.name)")) {
                        listing.training.append(picture)
                    } else {
                        listing.validation.append(picture)
                    }
                }
                continue
            }
            let shuffled = pictures.shuffledAsPublished(seed: request.seed)
            if label < classes.count / 2 {
                listing.training += shuffled
            } else {
                listing.validation += shuffled
            }
        }
        listing.training = listing.training.shuffledAsPublished(seed: request.seed)
        if isByClass {
            listing.validation = listing.validation.shuffledAsPublished(seed: request.seed)
        }
        return listing
    }

    /// The path below `images` of each number.
    private func paths() throws(DataError) -> [String: ByteName] {
        let lines = try files.words("images.txt", atLeast: 2, expected: "a number and a path")
        return Dictionary(lines.map { ($0.words[0], ByteName($0.words[1])) }) { first, _ in first }
    }

    /// Throws if a picture of the list is not there, and tells of those that are in no list.
    private func checkAll(
        _ paths: [String: ByteName],
        _ found: [ByteName: [String]]
    ) throws(DataError) -> [DataRemark] {
        let there = Set(
            found.flatMap { name, files in files.map { ByteName("\(name)/\($0)") } }
        )
        let listed = Set(paths.values)
        let missing = listed.subtracting(there).sorted()
        guard missing.isEmpty else {
            throw .missingPictures(
                missing.map { files.path("images/\($0)") },
                list: files.path("images.txt")
            )
        }
        let others = there.subtracting(listed).sorted().map(\.description)
        guard !others.isEmpty else { return [] }
        return [
            .warning(
                "\(others.count) pictures that images.txt does not name validate: \(others.shortList())"
            )
        ]
    }

    private func training(
        _ paths: [String: ByteName]
    ) throws(DataError) -> Set<ByteName> {
        let lines = try files.words(
            "train_test_split.txt",
            atLeast: 2,
            expected: "a number and 0 or 1"
        )
        return Set(lines.compactMap { $0.words[1] == "1" ? paths[$0.words[0]] : nil })
    }

    /// The boxes in whole pixels, by the path below `images`; none where the file is missing.
    private func boxes() throws(DataError) -> [ByteName: ListedPicture.Box] {
        let name = "bounding_boxes.txt"
        guard files.exists(name) else { return [:] }
        let paths = try paths()
        let expected = "a number, left, top, width and height"
        var boxes: [ByteName: ListedPicture.Box] = [:]
        for (number, words) in try files.words(name, atLeast: 5, expected: expected) {
            let values = words.dropFirst().prefix(4).map { Double($0) ?? .nan }
            guard values.allSatisfy({ abs($0) < 1e9 }), let path = paths[words[0]] else {
                throw .malformedLine(path: files.path(name), line: number, expected: expected)
            }
            boxes[path] = ListedPicture.Box(
                left: values[0].rounded(.towardZero),
                top: values[1].rounded(.towardZero),
                right: (values[0] + values[2]).rounded(.towardZero),
                bottom: (values[1] + values[3]).rounded(.towardZero)
            )
        }
        return boxes
    }
}
