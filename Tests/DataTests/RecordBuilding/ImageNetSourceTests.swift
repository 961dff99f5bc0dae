import Data
import Foundation
import TestSupport
import Testing

@Suite("ImageNet as it is downloaded")
struct ImageNetSourceTests {
    private static let pictures = (1...4).map { "val/ILSVRC2012_val_0000000\($0).JPEG" }
    /// The kit of the fixtures says: 30, 20, 10, 20.
    private static let validation = [
        "val/ILSVRC2012_val_00000003.JPEG 1", "val/ILSVRC2012_val_00000002.JPEG 2",
        "val/ILSVRC2012_val_00000004.JPEG 2", "val/ILSVRC2012_val_00000001.JPEG 3",
    ]
    private static let kit = [
        "ILSVRC2012_devkit_t12/data/meta.mat": "imagenet/meta.mat",
        "ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt":
            "imagenet/ILSVRC2012_validation_ground_truth.txt",
    ]

    @Test("has classes, words and labels from the development kit, unpacked or not")
    func kit() throws {
        let archive = "ILSVRC2012_devkit_t12.tar.gz"
        for fixtures in [Self.kit, [archive: "imagenet/\(archive)"]] {
            let tree = try PictureTree(
                texts: [:],
                pictures: Self.pictures + ["train/n00000020/n00000020_1.JPEG"],
                fixtures: fixtures
            )
            let listing = try tree.listing(.imagenet)
            #expect(listing.classNames == ["first thing", "second thing, é", "third thing, in a word"])
            #expect(tree.plain(listing.validation) == PictureTree.shuffled(Self.validation))
            #expect(tree.plain(listing.training) == ["train/n00000020/n00000020_1.JPEG 2"])
            #expect(listing.training.first?.synset == "n00000020")
            #expect(listing.remarks.allSatisfy { !$0.isWarning }, "\(listing.remarks)")
        }
    }

    @Test("takes each form of labels for the same")
    func labels() throws {
        let names = (1...4).map { "ILSVRC2012_val_0000000\($0)" }
        let forms = [
            "n00000030\nn00000020\nn00000010\nn00000020\n",
            zip(names, [2, 1, 0, 1]).map { "\($0).JPEG \($1)\n" }.joined(),
            "ImageId,PredictionString\n"
                + zip(names, [30, 20, 10, 20]).map { "\($0),n000000\($1) 1 2 3 4 \n" }.joined(),
        ]
        for form in forms {
            let tree = try PictureTree(
                texts: ["labels": form, "synsets": "n00000010\nn00000020\nn00000030\n"],
                pictures: Self.pictures
            )
            let listing = try tree.listing(.imagenet) {
                $0.labels = tree.path("synsets")
                $0.validationLabels = tree.path("labels")
            }
            #expect(tree.plain(listing.validation) == PictureTree.shuffled(Self.validation))
        }
        let given = try PictureTree(texts: [:], pictures: Self.pictures)
        let archive = Fixture.path("imagenet/ILSVRC2012_devkit_t12.tar.gz")
        let listing = try given.listing(.imagenet) {
            $0.labels = archive
            $0.validationLabels = archive
        }
        #expect(given.plain(listing.validation) == PictureTree.shuffled(Self.validation))
    }

    @Test("refuses Caffe's places of more synsets than there are")
    func places() throws {
        let tree = try PictureTree(
            texts: ["val.txt": "ILSVRC2012_val_00000001.JPEG 3\n"],
            pictures: ["train/n00000010/a.JPEG", Self.pictures[0]]
        )
        #expect(
            throws: DataError.malformedLine(
                path: tree.path("val.txt"),
                line: 1,
                expected: "the place of one of the 1 synsets, from 0 to 0, found 3"
            )
        ) { try tree.listing(.imagenet) }
    }

    @Test("is read out of archives in archives, in place")
    func archives() throws {
        let tree = try PictureTree(
            texts: [:],
            pictures: [],
            fixtures: ["ILSVRC2012_img_train.tar": "imagenet/gnu.tar", "train.mat": "imagenet/meta.mat"]
        )
        let listing = try tree.listing(.imagenet) {
            $0.labels = tree.path("train.mat")
            $0.makesValidation = false
        }
        let path = tree.path("ILSVRC2012_img_train.tar")
        #expect(
            Set(listing.training.map(\.path)) == [
                "\(path)/n00000010.tar/n00000010_1.JPEG", "\(path)/n00000010.tar/n00000010_2.JPEG",
            ]
        )
        let bytes = try Fixture.bytes("imagenet/gnu.tar")
        for picture in listing.training {
            let place = try #require(picture.place)
            #expect(place.archive == path)
            let text = String(decoding: bytes[place.range], as: UTF8.self)
            #expect(text == (picture.name == "n00000010_1.JPEG" ? "first" : "second"))
        }
        // A folder of the synsets' archives.
        let unpacked = try PictureTree(
            texts: [:],
            pictures: [],
            fixtures: ["train/n00000020.tar": "imagenet/ustar.tar"]
        )
        #expect(try unpacked.listing(.imagenet).training.count == 3)
    }

    @Test("with validation pictures that would not be used is refused")
    func unused() throws {
        let two = try PictureTree(
            texts: [:],
            pictures: ["train/n1/a.JPEG", "validation/n1/b.JPEG", "val/n1/c.JPEG"]
        )
        #expect(throws: DataError.self) { try two.listing(.imagenet) }
        let other = try PictureTree(
            texts: [:],
            pictures: ["train/n1/a.JPEG", "val/n2/b.JPEG"]
        )
        let error = #expect(throws: DataError.self) { try other.listing(.imagenet) }
        #expect(error.map { "\($0)" }?.contains("would not be used") == true)
        let named = try PictureTree(texts: [:], pictures: ["train/a/1.jpg", "valid/a/2.jpg"])
        let refused = #expect(throws: DataError.self) { try named.listing(.folders) }
        #expect(refused.map { "\($0)" }?.contains("valid: would not be used") == true)
    }

    @Test("has the boxes of its annotations as the published list has them")
    func boxes() throws {
        let folder = Fixture.path("imagenet/boxes")
        let all = try BoundingBoxes(path: folder, synsets: nil)
        #expect(all.csv == String(decoding: try Fixture.bytes("imagenet/boxes.csv"), as: UTF8.self))
        let synsets = try BoundingBoxes.synsets(in: Fixture.path("imagenet/synsets.txt"))
        let some = try BoundingBoxes(path: folder, synsets: synsets)
        let expected = try Fixture.bytes("imagenet/boxes-of-synsets.csv")
        #expect(some.csv == String(decoding: expected, as: UTF8.self))
        #expect(some.fileCount == 7)
        #expect(some.skippedFiles == 3)
        #expect(some.skippedBoxes == 2)
        let list = try BoundingBoxes(path: Fixture.path("imagenet/boxes.csv"), synsets: nil)
        #expect(list.csv == all.csv)
        let tree = try PictureTree(texts: [:], pictures: ["train/n00000010/n00000010_1.JPEG"])
        let boxed = try tree.listing(.imagenet) { $0.boxes = folder }.training
        #expect(boxed.first?.boxes.map(\.right) == [0.6, 0.998])
    }

    @Test("is found where an archive's own folder holds it")
    func outerFolder() throws {
        let variants = ["variants.txt": "a\n", "images_test.txt": "", "images_variant_test.txt": ""]
        var texts = Dictionary(
            uniqueKeysWithValues: variants.map { ("fgvc-aircraft-2013b/data/\($0)", $1) }
        )
        for part in ["train", "val"] {
            texts["fgvc-aircraft-2013b/data/images_\(part).txt"] = ""
            texts["fgvc-aircraft-2013b/data/images_variant_\(part).txt"] = ""
        }
        texts["fgvc-aircraft-2013b/data/images_train.txt"] = "0000001\n"
        texts["fgvc-aircraft-2013b/data/images_variant_train.txt"] = "0000001 a\n"
        let tree = try PictureTree(texts: texts, pictures: [])
        #expect(
            tree.plain(try tree.listing(.aircraft).training) == [
                "fgvc-aircraft-2013b/data/images/0000001.jpg 0"
            ]
        )
    }

    @Test("has its validation pictures moved to their synsets, all or none")
    func sorting() throws {
        let tree = try PictureTree(texts: [:], pictures: Self.pictures, fixtures: Self.kit)
        let labels = tree.path("ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt")
        let sorting = try ValidationSorting(folder: tree.path("val"), labels: labels, synsets: nil)
        try sorting.run()
        #expect(sorting.count == 4)
        let place = tree.path("val/n00000030/ILSVRC2012_val_00000001.JPEG")
        #expect(FileManager.default.fileExists(atPath: place))
        #expect(!FileManager.default.fileExists(atPath: tree.path(Self.pictures[0])))
        // Once more is nothing more to do.
        #expect(
            try ValidationSorting(folder: tree.path("val"), labels: labels, synsets: nil).count == 0
        )
        let short = try PictureTree(texts: [:], pictures: [Self.pictures[0]], fixtures: Self.kit)
        #expect(throws: DataError.self) {
            try ValidationSorting(
                folder: short.path("val"),
                labels: short.path(
                    "ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt"
                ),
                synsets: nil
            )
        }
    }
}
