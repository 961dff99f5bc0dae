/// Stanford Online Products as its archive unpacks.
///
///     Ebay_train.txt, Ebay_test.txt  a title line, then <id> <class> <super-class> <path>
struct ProductLayout: PictureListingSource {
    let files: ListingFiles

    func listing(_ request: ListingRequest) throws -> PictureListing {
        var listing = PictureListing()
        listing.training = try part("Ebay_train.txt").shuffledAsPublished(seed: request.seed)
        listing.validation = try part("Ebay_test.txt")
        return listing
    }

    private func part(_ name: String) throws(DataError) -> [ListedPicture] {
        let expected = "four words: image_id class_id super_class_id path"
        var pictures: [ListedPicture] = []
        for (number, words) in try files.words(name, atLeast: 4, expected: expected)
        where words[0] != "image_id" {
            let label = try files.label(words[1], of: name, line: number, first: 1)
            pictures.append(ListedPicture(path: files.path(words[3]), label: label))
        }
        return pictures
    }
}
