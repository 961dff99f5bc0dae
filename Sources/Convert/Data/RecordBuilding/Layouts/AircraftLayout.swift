internal import Checkpoint

/// FGVC-Aircraft as its archive unpacks, classified by variant.
///
///     data/variants.txt                     a class a line
///     data/images_{train,val,test}.txt      <7 digits> a line
///     data/images_variant_{train,val,test}.txt  <7 digits> <class>
///     data/images/<7 digits>.jpg
///
/// Training and validation pictures train together, and are shuffled; the test pictures validate.
struct AircraftLayout: PictureListingSource {
    let files: ListingFiles

    func listing(_ request: ListingRequest) throws -> PictureListing {
        var listing = PictureListing()
        var labels: [ByteName: Int] = [:]
        for (_, name) in try files.lines("data/variants.txt") where labels[ByteName(name)] == nil {
            labels[ByteName(name)] = listing.classNames.count
            listing.classNames.append(name)
        }
        let training = try part("train", labels) + part("val", labels)
        listing.training = training.shuffledAsPublished(seed: request.seed)
        listing.validation = try part("test", labels)
        return listing
    }

    private func part(
        _ name: String,
        _ labels: [ByteName: Int]
    ) throws(DataError) -> [ListedPicture] {
        let variants = "data/images_variant_\(name).txt"
        var classes: [ByteName: Int] = [:]
        for (number, text) in try files.lines(variants) {
            let id = ByteName(text.prefix(7))
            guard let label = labels[ByteName(text.dropFirst(8))] else {
                throw .malformedLine(
                    path: files.path(variants),
                    line: number,
                    expected: "seven digits and a class of data/variants.txt, found '\(text)'"
                )
            }
            if classes[id] == nil { classes[id] = label }
        }
        var pictures: [ListedPicture] = []
        for (number, id) in try files.lines("data/images_\(name).txt") {
            guard let label = classes[ByteName(id)] else {
                throw .malformedLine(
                    path: files.path("data/images_\(name).txt"),
                    line: number,
                    expected: "a picture of \(variants), found '\(id)'"
                )
            }
            pictures.append(
                ListedPicture(path: files.path("data/images/\(id).jpg"), label: label)
            )
        }
        return pictures
    }
}
