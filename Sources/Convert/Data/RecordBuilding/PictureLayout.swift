internal import Formats

/// How a data set's archives lie on disk; the names are those by which `eval` knows the data sets.
public enum PictureLayout: String, CaseIterable, Sendable {
    /// A folder for each class; above them, where they are, `train` and `validation`.
    case folders
    /// ImageNet: a folder for each synset in `train` and `validation`.
    case imagenet
    /// Food-101: `meta` and `images`.
    case food101
    /// CUB-200-2011, divided by class as published: the first hundred train.
    case cub = "cub_200_2011"
    /// CUB-200-2011, divided as `train_test_split.txt` says.
    case cubBySplit = "cub_200_2011_split"
    /// Cars-196: `cars_annos.mat` and `car_ims`, or `devkit`, `cars_train` and `cars_test`.
    case cars196
    /// Cars-196, divided by class: the first 98 train.
    case carsZeroShot = "cars196_zeroshot"
    /// Stanford Online Products: `Ebay_train.txt` and `Ebay_test.txt`.
    case products = "SOP"
    /// FGVC-Aircraft, the variants: `data`.
    case aircraft = "fgvc_aircraft"
    /// Oxford-IIIT Pets: `annotations` and `images`.
    case pets = "oxford_iiit_pet"
    /// Oxford Flowers-102: `imagelabels.mat`, `setid.mat` and `jpg`.
    case flowers = "oxford_flowers102"
    /// UEC Food-100: `val0.txt` … `val4.txt`.
    case uecFood = "uec_food100"

    /// The shards of the published builders.
    public var shards: (training: Int, validation: Int) {
        switch self {
        case .imagenet: (1024, 128)
        case .uecFood: (64, 16)
        case .carsZeroShot: (128, 128)
        default: (128, 16)
        }
    }

    /// The threads of the published builders, each of which fills files of its own; so they decide which picture comes into
    /// which file.
    public var threads: Int {
        switch self {
        case .cub, .cubBySplit, .carsZeroShot, .uecFood: 16
        default: 8
        }
    }

    /// Whether the data set has boxes, in pixels, to which pictures can be cut.
    public var hasBoxes: Bool {
        switch self {
        case .cub, .cubBySplit, .cars196, .carsZeroShot, .uecFood: true
        default: false
        }
    }

    /// The pictures of a data set, in the order of the published builders.
    ///
    /// - Throws: ``DataError``, ``DataError``.
    public func listing(_ request: ListingRequest) throws -> PictureListing {
        do {
            var listing = try whole(request)
            if !request.makesTraining { listing.training = [] }
            if !request.makesValidation { listing.validation = [] }
            guard !listing.training.isEmpty || !listing.validation.isEmpty else {
                throw DataError.noPictures(
                    path: request.folder,
                    layout: rawValue,
                    expected: expectation
                )
            }
            let mustDivide = self != .folders || request.validationShare > 0
            for (part, pictures, isWanted) in [
                ("training", listing.training, request.makesTraining),
                ("validation", listing.validation, request.makesValidation),
            ] where mustDivide && isWanted && pictures.isEmpty {
                listing.remarks.append(
                    .warning("\(request.folder): there are no \(part) pictures in it")
                )
            }
            return listing
        } catch DataError.missing(let path) where path.hasPrefix(request.folder + "/") {
            throw DataError.notLikeLayout(
                path: path,
                layout: rawValue,
                expected: expectation
            )
        } catch FormatError.missing(let path) where path.hasPrefix(request.folder + "/") {
            throw DataError.notLikeLayout(
                path: path,
                layout: rawValue,
                expected: expectation
            )
        } catch DataError.missingFolder(let path) where path.hasPrefix(request.folder + "/") {
            throw DataError.notLikeLayout(
                path: path,
                layout: rawValue,
                expected: expectation
            )
        }
    }

    /// What lies in a data set's folder, in a few words.
    private var expectation: String {
        switch self {
        case .folders:
            "a folder for each class with its pictures directly in it, or these in train and validation"
        case .imagenet:
            "train/<synset>/*.JPEG and validation/<synset>/*.JPEG, or ILSVRC2012_img_train.tar and "
                + "ILSVRC2012_img_val.tar"
        case .food101: "meta and images"
        case .cub, .cubBySplit: "images, images.txt, bounding_boxes.txt and train_test_split.txt"
        case .cars196, .carsZeroShot:
            "cars_annos.mat and car_ims, or cars_train, cars_test and devkit"
        case .products: "Ebay_train.txt, Ebay_test.txt and their folders"
        case .aircraft: "data"
        case .pets: "annotations and images"
        case .flowers: "imagelabels.mat, setid.mat and jpg"
        case .uecFood: "val0.txt to val4.txt and their folders"
        }
    }

    /// The folder that a data set's files lie in: the one that is named, or the one that its archive makes there.
    private func folder(of named: String) -> String {
        let outer: (folder: String, mark: String)? =
            switch self {
            case .aircraft: ("fgvc-aircraft-2013b", "data")
            case .food101: ("food-101", "meta")
            case .cub, .cubBySplit: ("CUB_200_2011", "images")
            case .products: ("Stanford_Online_Products", "Ebay_train.txt")
            default: nil
            }
        let files = ListingFiles(folder: named)
        guard let outer, !files.exists(outer.mark), files.exists("\(outer.folder)/\(outer.mark)")
        else { return named }
        return files.path(outer.folder)
    }

    private func whole(_ request: ListingRequest) throws -> PictureListing {
        let files = ListingFiles(folder: folder(of: request.folder))
        switch self {
        case .folders: return try FolderLayout(files: files).listing(request)
        case .imagenet: return try ImageNetLayout(files: files).listing(request)
        case .food101: return try FoodLayout(files: files).listing(request)
        case .cub: return try BirdLayout(files: files, isByClass: true).listing(request)
        case .cubBySplit: return try BirdLayout(files: files, isByClass: false).listing(request)
        case .cars196: return try CarLayout(files: files, isByClass: false).listing(request)
        case .carsZeroShot: return try CarLayout(files: files, isByClass: true).listing(request)
        case .products: return try ProductLayout(files: files).listing(request)
        case .aircraft: return try AircraftLayout(files: files).listing(request)
        case .pets: return try PetLayout(files: files).listing(request)
        case .flowers: return try FlowerLayout(files: files).listing(request)
        case .uecFood: return try CategoryLayout(files: files).listing(request)
        }
    }
}

/// What is known of a data set besides its layout.
public struct ListingRequest: Sendable {
    /// The folder of the data set.
    public var folder: String
    /// The seed of the shuffling.
    public var seed: UInt64
    /// The label of the first class, where that may be chosen.
    public var labelOffset: Int?
    /// A file of the classes' names or synsets, in order.
    public var labels: String?
    /// A file of ImageNet's synsets and what they are in words.
    public var metadata: String?
    /// A file of ImageNet's boxes, or a folder of annotations.
    public var boxes: String?
    /// A file of the synsets of ImageNet's validation pictures, in the order of their numbers.
    public var validationLabels: String?
    /// The folder or archive of ImageNet's training pictures, where it is named.
    public var trainingFolder: String?
    /// The folder or archive of ImageNet's validation pictures, where it is named.
    public var validationFolder: String?
    /// Whether there is to be something to train on.
    public var makesTraining = true
    /// Whether there is to be something to validate with.
    public var makesValidation = true
    /// The share of the pictures that validate, where the layout does not say.
    public var validationShare: Double = 0

    /// A request for a folder, shuffled as published.
    public init(folder: String, seed: UInt64 = 12345) {
        self.folder = folder
        self.seed = seed
    }
}

/// One way in which a data set lies on disk.
protocol PictureListingSource {
    /// The data set's folder.
    var files: ListingFiles { get }

    /// The pictures, in the order in which they are written.
    func listing(_ request: ListingRequest) throws -> PictureListing
}
