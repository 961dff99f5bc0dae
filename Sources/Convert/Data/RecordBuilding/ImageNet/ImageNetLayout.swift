internal import Checkpoint
internal import Foundation

/// ImageNet 2012: as its archives are downloaded, as they unpack, as Kaggle has it, and as the published builder takes it.
///
///     train/<synset>/<picture>.JPEG, train/<synset>.tar, or ILSVRC2012_img_train.tar
///     validation/<synset>/<picture>.JPEG, or pictures beside each other there or in ILSVRC2012_img_val.tar; then a file says
///         of which synset each is
///     ILSVRC2012_devkit_t12 or its archive, LOC_val_solution.csv, …
///     ILSVRC/Data/CLS-LOC/train and val
///
/// Labels count from 1: class 0 is the background. Both parts are shuffled.
struct ImageNetLayout: PictureListingSource {
    let files: ListingFiles

    func listing(_ request: ListingRequest) throws -> PictureListing {
        var listing = PictureListing()
        let training = try part(.training, request, &listing.remarks)
        let validation = try part(.validation, request, &listing.remarks)
        let kit = try DevelopmentKit.found(in: files.folder)
        let classes = try self.classes(request, kit?.kit, training ?? validation, &listing.remarks)
        let synsets = classes.synsets
        var words = classes.words
        if let path = request.metadata {
            words.merge(try Self.words(path)) { _, given in given }
        }
        let boxes = try request.boxes.map {
            try BoundingBoxes(path: $0, synsets: synsets).byPicture
        }
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

        func picture(_ file: ImageNetPart.File, _ synset: String, _ label: Int) -> ListedPicture {
            var picture = ListedPicture(path: file.path, label: label)
            picture.place = file.place
            picture.synset = synset
            picture.text = words[synset] ?? ""
            picture.boxes = boxes?[ByteName(file.name)] ?? []
            return picture
        }
        func sorted(_ part: ImageNetPart) -> [ListedPicture] {
            listing.remarks += Self.leftOut(of: part, labels)
            let found = Dictionary(
                part.found.map { (ByteName($0.synset), $0.files) }
            ) { first, _ in first }
            return synsets.enumerated().flatMap { index, synset in
                (found[ByteName(synset)] ?? []).filter { $0.name.hasSuffix(".JPEG") }
                    .map { picture($0, synset, index + 1) }
            }
        }
        listing.labelOffset = 1
        listing.classNames = synsets.map { words[$0] ?? $0 }
        if let training {
            listing.training = sorted(training).shuffledAsPublished(seed: request.seed)
            if !training.loose.isEmpty {
                listing.remarks.append(
                    .warning(
                        "\(training.loose.count) pictures in \(training.path) are left out, as they "
                            + "lie in no synset's folder: \(training.loose.map(\.name).shortList())"
                    )
                )
            }
        }
        guard let validation else { return listing }
        var pictures = sorted(validation)
        if !validation.loose.isEmpty || request.validationLabels != nil {
            let list = try labelList(request, kit, validation, synsets, &listing.remarks)
            pictures += try labelled(validation, list, labels, &listing.remarks, picture)
        }
        if pictures.isEmpty, validation.count > 0 {
            throw DataError.unused(
                path: validation.path,
                reason: "none of its \(validation.count) pictures belongs to one of the "
                    + "\(synsets.count) synsets, such as \(synsets.shortList(2))"
            )
        }
        listing.validation = pictures.shuffledAsPublished(seed: request.seed)
        return listing
    }

    // MARK: Parts

    private enum Kind {
        case training, validation

        /// What the part may be called.
        var names: [String] {
            let names =
                self == .training
                ? ["train", "ILSVRC2012_img_train"] : ["validation", "val", "ILSVRC2012_img_val"]
            return names + names.map { "\($0).tar" }
        }
    }

    /// The pictures of a part; nil where it is not there, or not wanted.
    private func part(
        _ kind: Kind,
        _ request: ListingRequest,
        _ remarks: inout [DataRemark]
    ) throws -> ImageNetPart? {
        let (given, isWanted) =
            kind == .training
            ? (request.trainingFolder, request.makesTraining)
            : (request.validationFolder, request.makesValidation)
        guard isWanted else { return nil }
        if let given { return try ImageNetPart(given) }
        // Whoever names one part names both.
        guard request.trainingFolder == nil, request.validationFolder == nil else { return nil }
        let base = files.isFolder("ILSVRC/Data/CLS-LOC") ? "ILSVRC/Data/CLS-LOC/" : ""
        let there = kind.names.map { base + $0 }.filter { name in
            name.hasSuffix(".tar") ? files.exists(name) : files.isFolder(name)
        }
        var chosen: ImageNetPart?
        for name in there {
            if let known = chosen, name.hasSuffix(".tar") {
                remarks.append(
                    .note("\(files.path(name)) is not read, as \(known.path) is there too")
                )
                continue
            }
            let part = try ImageNetPart(files.path(name))
            if let known = chosen, known.count > 0, part.count > 0 {
                throw DataError.unused(
                    path: part.path,
                    reason: "\(known.path) is there too; take one of both away, or name the parts "
                        + "(--train-directory, --validation-directory)"
                )
            }
            if chosen.map({ $0.count == 0 }) ?? true { chosen = part }
        }
        return chosen
    }

    /// What of a part is not taken.
    private static func leftOut(
        of part: ImageNetPart,
        _ labels: [ByteName: Int]
    ) -> [DataRemark] {
        var remarks: [DataRemark] = []
        let unknown = part.found.filter { labels[ByteName($0.synset)] == nil }
        if !unknown.isEmpty {
            let count = unknown.reduce(0) { $0 + $1.files.count }
            remarks.append(
                .warning(
                    "\(count) pictures in \(part.path) are left out, as their folders are none of the "
                        + "synsets: \(unknown.map(\.synset).shortList())"
                )
            )
        }
        let others = part.found.filter { labels[ByteName($0.synset)] != nil }.flatMap { found in
            found.files.filter { !$0.name.hasSuffix(".JPEG") }
                .map { "\(found.synset)/\($0.name)" }
        }
        if !others.isEmpty {
            remarks.append(
                .warning(
                    "\(others.count) pictures in \(part.path) are left out, as their names do not end "
                        + "in .JPEG: \(others.shortList())"
                )
            )
        }
        if !part.foreign.isEmpty {
            remarks.append(
                .note(
                    "\(part.foreign.count) files in \(part.path) are no pictures and are left out: "
                        + part.foreign.shortList()
                )
            )
        }
        return remarks
    }

    // MARK: Classes

    /// The synsets in the order of their classes: as the file says, the development kit, or by name.
    private func classes(
        _ request: ListingRequest,
        _ kit: DevelopmentKit?,
        _ part: ImageNetPart?,
        _ remarks: inout [DataRemark]
    ) throws -> (synsets: [String], words: [String: String]) {
        if let path = request.labels {
            let given = try ImageNetClasses(path: path)
            return (given.synsets, (kit?.words ?? [:]).merging(given.words) { _, given in given })
        }
        if let kit {
            remarks.append(.note("the classes are those of \(kit.path)"))
            return (kit.classes, kit.words)
        }
        let mapping = "LOC_synset_mapping.txt"
        if files.exists(mapping) {
            let given = try ImageNetClasses(path: files.path(mapping))
            remarks.append(.note("the classes are those of \(files.path(mapping))"))
            return (given.synsets, given.words)
        }
        guard let part else { throw DataError.missing(path: files.path("train")) }
        guard !part.found.isEmpty else {
            throw DataError.unclassified(
                path: part.path,
                count: part.loose.count,
                remedy: "--labels-file names the synsets in the order of their classes; the development "
                    + "kit's meta.mat will do"
            )
        }
        return (part.found.map(\.synset), [:])
    }

    /// `<synset>` tab `<words>`; or a blank between, as LOC_synset_mapping.txt has it.
    private static func words(_ path: String) throws -> [String: String] {
        if path.hasSuffix(".mat") || DevelopmentKit.isArchive(path) {
            return try DevelopmentKit(path: path).words
        }
        var words: [String: String] = [:]
        for (number, text) in try ListingFiles.lines(at: path) {
            var parts = text.split(separator: "\t", maxSplits: 1)
            if parts.count == 1 {
                parts = text.split(separator: " ", maxSplits: 1)
                if !ClassNames.isSynset(ByteName(parts[0])) { parts = [] }
            }
            guard parts.count == 2 else {
                throw DataError.malformedLine(
                    path: path,
                    line: number,
                    expected: "a synset, a tab, words"
                )
            }
            words[String(parts[0])] = String(parts[1])
        }
        return words
    }

    // MARK: Labels of validation

    /// The synsets of pictures that lie beside each other.
    private func labelList(
        _ request: ListingRequest,
        _ kit: (kit: DevelopmentKit, truth: String?)?,
        _ part: ImageNetPart,
        _ synsets: [String],
        _ remarks: inout [DataRemark]
    ) throws -> ValidationLabels {
        if let path = request.validationLabels {
            return try ValidationLabels(path: path, synsets: synsets)
        }
        let beside = ValidationLabels.usualNames.first { files.exists($0) }.map(files.path)
        guard let path = kit?.truth ?? beside else {
            throw DataError.unclassified(
                path: part.path,
                count: part.loose.count,
                remedy: "--validation-labels says of which synset each is"
            )
        }
        remarks.append(.note("the validation pictures are labelled by \(path)"))
        return try ValidationLabels(path: path, synsets: synsets)
    }

    private func labelled(
        _ part: ImageNetPart,
        _ list: ValidationLabels,
        _ labels: [ByteName: Int],
        _ remarks: inout [DataRemark],
        _ picture: (ImageNetPart.File, String, Int) -> ListedPicture
    ) throws -> [ListedPicture] {
        var pictures: [ListedPicture] = []
        var unlabelled: [String] = []
        for file in part.loose {
            guard let found = try list.synset(of: file.name) else {
                unlabelled.append(file.name)
                continue
            }
            guard let label = labels[ByteName(found.synset)] else {
                throw DataError.malformedLine(
                    path: list.path,
                    line: found.line,
                    expected: "one of the \(labels.count) synsets, found '\(found.synset)'"
                )
            }
            pictures.append(picture(file, found.synset, label))
        }
        if !unlabelled.isEmpty {
            remarks.append(
                .warning(
                    "\(unlabelled.count) pictures in \(part.path) are left out, as \(list.path) has no "
                        + "label for them: \(unlabelled.shortList())"
                )
            )
        }
        if pictures.count != list.count {
            remarks.append(
                .warning(
                    "\(list.path) has labels of \(list.count) pictures, \(pictures.count) are there"
                )
            )
        }
        return pictures.sorted { ($0.label, ByteName($0.path)) < ($1.label, ByteName($1.path)) }
    }
}
