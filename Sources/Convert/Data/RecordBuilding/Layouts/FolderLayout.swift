/// A folder for each class.
///
///     train/<class>/<picture>, validation/<class>/<picture>    or
///     <class>/<picture>
///
/// `val` and `test` are taken for `validation`. Classes are numbered by name, or as the label file has them.
struct FolderLayout: PictureListingSource {
    let files: ListingFiles

    func listing(_ request: ListingRequest) throws -> PictureListing {
        var listing = PictureListing()
        listing.labelOffset = request.labelOffset ?? 0
        let validation = ["validation", "val", "test"].first { files.isFolder($0) }
        let isDivided = files.isFolder("train") || validation != nil
        let roots = isDivided ? [files.isFolder("train") ? "train" : nil, validation] : [""]
        if let labels = request.labels {
            listing.classNames = try ListingFiles.lines(at: labels).map(\.text)
        } else {
            var names: Set<String> = []
            for root in roots.compactMap({ $0 }) {
                names.formUnion(
                    try files.entries(root).filter { files.isFolder(Self.join(root, $0)) }
                )
            }
            listing.classNames = names.sorted()
        }
        func pictures(_ root: String?) throws -> [ListedPicture] {
            guard let root else { return [] }
            let source = try PictureFiles(
                classFolders: root.isEmpty ? files.folder : files.path(root),
                classes: listing.classNames,
                labelOffset: listing.labelOffset
            )
            return source.files.compactMap { path, label in
                label.map { ListedPicture(path: path, label: $0) }
            }
        }
        if isDivided {
            listing.training = try pictures(roots[0]).shuffledAsPublished(seed: request.seed)
            listing.validation = try pictures(validation)
            return listing
        }
        // Without a division the pictures are shuffled as one, and the last of them validate.
        let all = try pictures("").shuffledAsPublished(seed: request.seed)
        let count = Int((Double(all.count) * request.validationShare).rounded())
        listing.training = Array(all.dropLast(count))
        listing.validation = Array(all.suffix(count))
        return listing
    }

    private static func join(_ root: String, _ name: String) -> String {
        root.isEmpty ? name : "\(root)/\(name)"
    }
}
