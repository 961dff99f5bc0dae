internal import Formats

/// Oxford Flowers-102 as its archives unpack.
///
///     imagelabels.mat  labels: a class, counted from 1, for each picture
///     setid.mat        trnid, valid, tstid: the numbers of pictures, counted from 1
///     jpg/image_<5 digits>.jpg
///
/// Training and validation pictures train together, and are shuffled; the test pictures validate.
struct FlowerLayout: PictureListingSource {
    let files: ListingFiles

    func listing(_ request: ListingRequest) throws -> PictureListing {
        let labels = try numbers("labels", of: "imagelabels.mat")
        let training = try numbers("trnid", of: "setid.mat") + numbers("valid", of: "setid.mat")
        var listing = PictureListing()
        listing.training = try pictures(training, labels)
            .shuffledAsPublished(seed: request.seed)
        listing.validation = try pictures(numbers("tstid", of: "setid.mat"), labels)
        return listing
    }

    private func numbers(
        _ name: String,
        of file: String
    ) throws -> [Int] {
        let content = try MATFile(path: files.path(file), keeping: [name])
        let values = content.variables[name]?.numbers?.map { Int(exactly: $0) ?? 0 }
        guard let values, values.allSatisfy({ (1...1_000_000).contains($0) }) else {
            throw DataError.missingInMAT(
                path: files.path(file),
                expected: "an array '\(name)' of whole numbers counted from 1"
            )
        }
        return values
    }

    private func pictures(
        _ numbers: [Int],
        _ labels: [Int]
    ) throws(DataError) -> [ListedPicture] {
        var pictures: [ListedPicture] = []
        for number in numbers {
            guard labels.indices.contains(number - 1) else {
                throw .missingInMAT(
                    path: files.path("imagelabels.mat"),
                    expected: "a label for picture \(number), found \(labels.count) labels"
                )
            }
            let digits = String(number)
            let padded = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
            pictures.append(
                ListedPicture(
                    path: files.path("jpg/image_\(padded).jpg"),
                    label: labels[number - 1] - 1
                )
            )
        }
        return pictures
    }
}
