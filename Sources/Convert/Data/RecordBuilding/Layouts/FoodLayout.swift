internal import Checkpoint

/// Food-101 as its archive unpacks.
///
///     meta/labels.txt              a class a line, in words
///     meta/train.txt, meta/test.txt  <class>/<number> a line
///     images/<class>/<number>.jpg
struct FoodLayout: PictureListingSource {
    let files: ListingFiles

    func listing(_ request: ListingRequest) throws -> PictureListing {
        let names = try files.lines("meta/labels.txt").map(\.text)
        let labels = Dictionary(
            names.enumerated().map { (ByteName(Self.folder(of: $1)), $0) }
        ) { _, last in last }
        func part(_ name: String) throws(DataError) -> [ListedPicture] {
            var pictures: [ListedPicture] = []
            for (number, text) in try files.lines(name) {
                let folder = text.split(separator: "/").dropLast().last ?? ""
                guard let label = labels[ByteName(folder)] else {
                    throw .malformedLine(
                        path: files.path(name),
                        line: number,
                        expected: "a class of meta/labels.txt, a slash, a number; found '\(text)'"
                    )
                }
                pictures.append(
                    ListedPicture(path: files.path("images/\(text).jpg"), label: label)
                )
            }
            return pictures
        }
        var listing = PictureListing()
        listing.classNames = names
        listing.training = try part("meta/train.txt").shuffledAsPublished(seed: request.seed)
        listing.validation = try part("meta/test.txt")
        return listing
    }

    /// The folder of a class: in small letters, with `_` for blanks.
    private static func folder(of name: String) -> String {
        name.lowercased().map { $0 == " " ? "_" : String($0) }.joined()
    }
}
