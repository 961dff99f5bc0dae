/// Cars-196 as its archives unpack.
///
///     cars_annos.mat  annotations: relative_im_path, bbox_x1, bbox_y1, bbox_x2, bbox_y2, class, test
///                     class_names
///     car_ims/<picture>.jpg
///
/// By class, as published, the first half of the classes trains and the second validates, both shuffled; else `test` says.
struct CarLayout: PictureListingSource {
    let files: ListingFiles
    let isByClass: Bool

    private struct Entry {
        let picture: ListedPicture
        let isTest: Bool
    }

    func listing(_ request: ListingRequest) throws -> PictureListing {
        let path = files.path("cars_annos.mat")
        let content = try MATFile(path: path, keeping: ["annotations", "class_names"])
        let entries = try Self.entries(of: content, path, files)
        var listing = PictureListing()
        if case .cells(_, let names) = content.variables["class_names"] {
            listing.classNames = names.map { $0.text ?? "" }
        }
        guard isByClass else {
            listing.training = entries.filter { !$0.isTest }.map(\.picture)
                .shuffledAsPublished(seed: request.seed)
            listing.validation = entries.filter(\.isTest).map(\.picture)
            return listing
        }
        let classes = (entries.map(\.picture.label).max() ?? 0) + 1
        // Class by class, each in the order of the paths.
        let byClass = Dictionary(grouping: entries.map(\.picture), by: \.label)
        func part(_ labels: Range<Int>) -> [ListedPicture] {
            labels.flatMap { byClass[$0] ?? [] }.shuffledAsPublished(seed: request.seed)
        }
        listing.training = part(0..<(classes / 2))
        listing.validation = part((classes / 2)..<classes)
        return listing
    }

    private static func entries(
        of content: MATFile,
        _ path: String,
        _ files: ListingFiles
    ) throws(RecordBuildingError) -> [Entry] {
        func missing(_ expected: String) -> RecordBuildingError {
            .missingInMAT(path: path, expected: expected)
        }
        guard case .structures(_, let fields) = content.variables["annotations"],
            let paths = fields["relative_im_path"]
        else { throw missing("a structure 'annotations' with a field 'relative_im_path'") }
        func column(_ name: String) throws(RecordBuildingError) -> [Int] {
            let values = fields[name]?.map(\.integer) ?? []
            guard values.count == paths.count, !values.contains(nil) else {
                throw missing("a whole number '\(name)' in each of 'annotations'")
            }
            return values.compactMap(\.self)
        }
        let (labels, tests) = (try column("class"), try column("test"))
        let (left, top) = (try column("bbox_x1"), try column("bbox_y1"))
        let (right, bottom) = (try column("bbox_x2"), try column("bbox_y2"))
        var entries: [Entry] = []
        for index in paths.indices {
            guard let relative = paths[index].text, (1...1_000_000).contains(labels[index]) else {
                throw missing("a path and a class counted from 1 in each of 'annotations'")
            }
            var picture = ListedPicture(path: files.path(relative), label: labels[index] - 1)
            picture.cut = ListedPicture.Box(
                left: Double(left[index]),
                top: Double(top[index]),
                right: Double(right[index]),
                bottom: Double(bottom[index])
            )
            entries.append(Entry(picture: picture, isTest: tests[index] != 0))
        }
        return entries.sorted { $0.picture.path < $1.picture.path }
    }
}
