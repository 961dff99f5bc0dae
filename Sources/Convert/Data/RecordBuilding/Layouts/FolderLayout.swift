internal import Checkpoint

/// A folder for each class.
///
///     train/<class>/<picture>, validation/<class>/<picture>    or
///     <class>/<picture>
///     labels.txt    the names of the classes, where there is one
///
/// `val` and `test` are taken for `validation`. Which folders are classes, and in which order, ``ClassFolders`` says.
struct FolderLayout: PictureListingSource {
    let files: ListingFiles

    func listing(_ request: ListingRequest) throws -> PictureListing {
        var listing = PictureListing()
        listing.labelOffset = request.labelOffset ?? 0
        let validations = ["validation", "val", "test"].filter { files.isFolder($0) }
        let isDivided = files.isFolder("train") || !validations.isEmpty
        let roots =
            isDivided ? ["train"].filter { files.isFolder($0) } + validations.prefix(1) : [""]
        if validations.count > 1 {
            listing.remarks.append(
                .note(
                    "\(validations[0]) validates; left out: "
                        + validations.dropFirst().joined(separator: ", ")
                )
            )
        }
        if isDivided, validations.isEmpty {
            let others = try files.entries("").filter { $0 != "train" && files.isFolder($0) }
            for name in others
            where PictureFolderScan.firstFolderWithPictures(below: files.path(name)) != nil {
                throw DataError.unused(
                    path: files.path(name),
                    reason: "beside train it is taken for a part of its own; what validates is called "
                        + "validation, val or test"
                )
            }
        }
        let scans = try roots.map { root in
            try PictureFolderScan(root.isEmpty ? files.folder : files.path(root))
        }
        let folders = Set(scans.flatMap(\.found).map { ByteName($0.name) })
        let names =
            try request.labels.map { path throws(DataError) in try ClassNames(path: path)
            }
            ?? ClassNames.found(besidesData: files.folder)
        let known = ClassFolders.fitting(
            names,
            folders.compactMap(\.text),
            files.folder,
            &listing.remarks
        )
        let settled = known ?? ClassNames(ClassFolders.inOrder(folders), path: files.folder)
        listing.classNames = settled.names
        func pictures(_ scan: PictureFolderScan) throws -> [ListedPicture] {
            let found = try ClassFolders(scan, names: settled, labelOffset: listing.labelOffset)
            listing.remarks += found.remarks
            return found.files.map { ListedPicture(path: $0.path, label: $0.label) }
        }
        if isDivided {
            for (root, scan) in zip(roots, scans) {
                if root == "train" {
                    listing.training = try pictures(scan).shuffledAsPublished(seed: request.seed)
                } else {
                    listing.validation = try pictures(scan)
                }
            }
            return listing
        }
        // Without a division the pictures are shuffled as one, and the last of them validate.
        let all = try pictures(scans[0]).shuffledAsPublished(seed: request.seed)
        let count = Int((Double(all.count) * request.validationShare).rounded())
        listing.training = Array(all.dropLast(count))
        listing.validation = Array(all.suffix(count))
        return listing
    }
}
