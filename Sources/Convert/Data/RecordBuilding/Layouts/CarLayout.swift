internal import Checkpoint
internal import Formats

/// Cars-196 as its archives unpack.
///
///     cars_annos.mat  annotations: relative_im_path, bbox_x1, bbox_y1, bbox_x2, bbox_y2, class, test
///                     class_names
///     car_ims/<picture>.jpg
///
/// or, as they were published first,
///
///     devkit/cars_train_annos.mat, cars_test_annos_withlabels.mat  annotations: fname, bbox_x1, …, class
///     devkit/cars_meta.mat                                         class_names
///     cars_train/<picture>.jpg, cars_test/<picture>.jpg
///
/// where the folders of pictures may lie in folders of the same name, and the classes may have no names.
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
        let isInParts = !files.exists("cars_annos.mat") && files.exists("devkit")
        var listing = PictureListing()
        func content(_ name: String) throws -> MATFile {
            let content = try MATFile(
                path: files.path(name),
                keeping: ["annotations", "class_names"]
            )
            if case .cells(_, let names) = content.variables["class_names"] {
                listing.classNames = names.map { $0.text ?? "" }
            }
            return content
        }
        let entries: [Entry]
        if !isInParts {
            let name = "cars_annos.mat"
            entries = try Self.entries(of: content(name), files.path(name), files)
        } else {
            let meta = "devkit/cars_meta.mat"
            if files.exists(meta) {
                _ = try content(meta)
            } else {
                listing.remarks.append(
                    .note("\(files.path(meta)) is not there, so the classes have no names")
                )
            }
            entries = try entriesInParts()
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

    /// The pictures of both parts, each with annotations of its own.
    private func entriesInParts() throws -> [Entry] {
        let tests = ["cars_test_annos_withlabels.mat", "devkit/cars_test_annos_withlabels.mat"]
        let test = tests.first { files.exists($0) } ?? tests[0]
        var entries: [Entry] = []
        for (file, folder, isTest) in [
            ("devkit/cars_train_annos.mat", "cars_train", false), (test, "cars_test", true),
        ] {
            let path = files.path(file)
            entries += try Self.entries(
                of: MATFile(path: path),
                path,
                files,
                part: (
                    files.isFolder("\(folder)/\(folder)") ? "\(folder)/\(folder)" : folder, isTest
                )
            )
        }
        return entries
    }

    private static func entries(
        of content: MATFile,
        _ path: String,
        _ files: ListingFiles,
        part: (folder: String, isTest: Bool)? = nil
    ) throws(DataError) -> [Entry] {
        let pathField = part == nil ? "relative_im_path" : "fname"
        func missing(_ expected: String) -> DataError {
            .missingInMAT(path: path, expected: expected)
        }
        guard case .structures(_, let fields) = content.variables["annotations"],
            let paths = fields[pathField]
        else { throw missing("a structure 'annotations' with a field '\(pathField)'") }
        func column(_ name: String) throws(DataError) -> [Int] {
            let values = fields[name]?.map(\.integer) ?? []
            guard values.count == paths.count, !values.contains(nil) else {
                throw missing("a whole number '\(name)' in each of 'annotations'")
            }
            return values.compactMap(\.self)
        }
        let labels = try column("class")
        let tests: [Int]
        if let part {
            tests = [Int](repeating: part.isTest ? 1 : 0, count: paths.count)
        } else {
            tests = try column("test")
        }
        let (left, top) = (try column("bbox_x1"), try column("bbox_y1"))
        let (right, bottom) = (try column("bbox_x2"), try column("bbox_y2"))
        var entries: [Entry] = []
        for index in paths.indices {
            guard let relative = paths[index].text, (1...1_000_000).contains(labels[index]) else {
                throw missing("a path and a class counted from 1 in each of 'annotations'")
            }
            var picture = ListedPicture(
                path: files.path(part.map { "\($0.folder)/\(relative)" } ?? relative),
                label: labels[index] - 1
            )
            picture.cut = ListedPicture.Box(
                left: Double(left[index]),
                top: Double(top[index]),
                right: Double(right[index]),
                bottom: Double(bottom[index])
            )
            entries.append(Entry(picture: picture, isTest: tests[index] != 0))
        }
        return entries.sorted { ByteName($0.picture.path) < ByteName($1.picture.path) }
    }
}
