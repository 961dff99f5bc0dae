/// Oxford-IIIT Pets as its archives unpack.
///
///     annotations/trainval.txt, annotations/test.txt  <picture> <class> <species> <breed>
///     images/<picture>.jpg
struct PetLayout: PictureListingSource {
    let files: ListingFiles

    func listing(_ request: ListingRequest) throws -> PictureListing {
        var names: [Int: String] = [:]
        func part(_ name: String) throws(DataError) -> [ListedPicture] {
            let expected = "a picture's name and its class"
            var pictures: [ListedPicture] = []
            for (number, words) in try files.words(name, atLeast: 2, expected: expected)
            where !words[0].hasPrefix("#") {
                let label = try files.label(words[1], of: name, line: number, first: 1)
                // A picture is named after its breed and a number.
                names[label] = words[0].split(separator: "_").dropLast().joined(separator: " ")
                pictures.append(
                    ListedPicture(path: files.path("images/\(words[0]).jpg"), label: label)
                )
            }
            return pictures
        }
        var listing = PictureListing()
        listing.training = try part("annotations/trainval.txt")
            .shuffledAsPublished(seed: request.seed)
        listing.validation = try part("annotations/test.txt")
        let count = (names.keys.max() ?? -1) + 1
        if names.count == count { listing.classNames = (0..<count).map { names[$0] ?? "" } }
        return listing
    }
}
