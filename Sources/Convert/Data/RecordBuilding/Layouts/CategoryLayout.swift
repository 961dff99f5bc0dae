internal import Checkpoint

/// UEC Food-100 as its archive unpacks.
///
///     val0.txt … val4.txt  the path of a picture a line, below the data set's folder: …/<class>/<number>.jpg
///     <…>/<class>/bb_info.txt  a title line, then <number> <left> <top> <right> <bottom>
///     category.txt         <class> tab <name>
///
/// The first four lists train, shuffled; the last validates. Classes count from 1.
struct CategoryLayout: PictureListingSource {
    let files: ListingFiles

    func listing(_ request: ListingRequest) throws -> PictureListing {
        var boxes: [ByteName: [ByteName: ListedPicture.Box]] = [:]
        func part(_ name: String) throws(DataError) -> [ListedPicture] {
            var pictures: [ListedPicture] = []
            for (number, text) in try files.lines(name) {
                let parts = text.split(separator: "/").map(String.init)
                let label = try files.label(
                    parts.dropLast().last ?? "",
                    of: name,
                    line: number,
                    first: 1
                )
                let folder = parts.dropLast().joined(separator: "/")
                let key = ByteName(folder)
                if boxes[key] == nil { boxes[key] = try self.boxes(folder) }
                var picture = ListedPicture(path: files.path(text), label: label)
                let stem = picture.name.split(separator: ".").first.map(String.init) ?? ""
                picture.cut = boxes[key]?[ByteName(stem)]
                pictures.append(picture)
            }
            return pictures
        }
        var listing = PictureListing()
        let training = try (0..<4).flatMap { try part("val\($0).txt") }
        listing.training = training.shuffledAsPublished(seed: request.seed)
        listing.validation = try part("val4.txt")
        listing.classNames = try names()
        return listing
    }

    private func names() throws(DataError) -> [String] {
        let file = ["category.txt", "UECFOOD100/category.txt"].first { files.exists($0) }
        guard let file else { return [] }
        return try files.lines(file).compactMap { _, text in
            let parts = text.split(separator: "\t", maxSplits: 1)
            return parts.count == 2 && Int(parts[0]) != nil ? String(parts[1]) : nil
        }
    }

    private func boxes(
        _ folder: String
    ) throws(DataError) -> [ByteName: ListedPicture.Box] {
        let name = "\(folder)/bb_info.txt"
        guard files.exists(name) else { return [:] }
        let expected = "a number, left, top, right and bottom"
        var boxes: [ByteName: ListedPicture.Box] = [:]
        for (number, words) in try files.words(name, atLeast: 5, expected: expected).dropFirst() {
            let values = words.dropFirst().prefix(4).compactMap { Int($0) }
            guard values.count == 4, values.allSatisfy({ abs($0) < 1 << 30 }) else {
                throw .malformedLine(path: files.path(name), line: number, expected: expected)
            }
            boxes[ByteName(words[0])] = ListedPicture.Box(
                left: Double(values[0]),
                top: Double(values[1]),
                right: Double(values[2]),
                bottom: Double(values[3])
            )
        }
        return boxes
    }
}
