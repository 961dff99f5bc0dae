import Data
import Formats
import TestSupport
import Testing

@Suite("The pictures of a data set")
struct PictureLayoutTests {
    @Test("are found in class folders, which are numbered by name")
    func folders() throws {
        let tree = try PictureTree(
            texts: [:],
            pictures: [
                "train/b/1.jpg", "train/a/2.jpg", "train/a/1.jpg", "val/c/1.png", "val/a/1.png",
            ]
        )
        let listing = try tree.listing(.folders)
        #expect(listing.classNames == ["a", "b", "c"])
        let training = ["train/a/1.jpg 0", "train/a/2.jpg 0", "train/b/1.jpg 1"]
        #expect(tree.plain(listing.training) == PictureTree.shuffled(training))
        #expect(tree.plain(listing.validation) == ["val/a/1.png 0", "val/c/1.png 2"])
        let shifted = try tree.listing(.folders) { $0.labelOffset = 1 }
        #expect(tree.plain(shifted.validation) == ["val/a/1.png 1", "val/c/1.png 3"])
    }

    @Test("in class folders without a division are divided by share")
    func share() throws {
        let names = (0..<10).map { "a/\($0).jpg" }
        let tree = try PictureTree(texts: [:], pictures: names)
        let listing = try tree.listing(.folders) { $0.validationShare = 0.3 }
        let order = PictureTree.shuffled(names.map { "\($0) 0" })
        #expect(tree.plain(listing.training) == Array(order.prefix(7)))
        #expect(tree.plain(listing.validation) == Array(order.suffix(3)))
    }

    @Test("of ImageNet have synset, words and boxes; validation pictures may lie in one folder")
    func imagenet() throws {
        let tree = try PictureTree(
            texts: [
                "synsets": "n2\nn1\n", "words": "n1\tone, first\nn2\ttwo\n",
                "boxes": "n1_7.JPEG,0.1,0.2,0.3,0.4\nn1_7.JPEG, 0, 0.5, 1, 1\n",
                "labels": "n1\nn2\n",
            ],
            pictures: [
                "train/n1/n1_7.JPEG", "train/n2/n2_1.JPEG", "train/n2/notes.txt",
                "validation/ILSVRC2012_val_00000001.JPEG",
                "validation/ILSVRC2012_val_00000002.JPEG",
            ]
        )
        let request = { (request: inout ListingRequest) in
            request.labels = tree.path("synsets")
            request.metadata = tree.path("words")
            request.boxes = tree.path("boxes")
            request.validationLabels = tree.path("labels")
        }
        let listing = try tree.listing(.imagenet, request)
        #expect(listing.classNames == ["two", "one, first"])
        #expect(listing.labelOffset == 1)
        #expect(
            tree.plain(listing.training)
                == PictureTree.shuffled(["train/n2/n2_1.JPEG 1", "train/n1/n1_7.JPEG 2"])
        )
        #expect(
            tree.plain(listing.validation)
                == PictureTree.shuffled([
                    "validation/ILSVRC2012_val_00000002.JPEG 1",
                    "validation/ILSVRC2012_val_00000001.JPEG 2",
                ])
        )
        let boxed = try #require(listing.training.first { $0.label == 2 })
        #expect(boxed.synset == "n1")
        #expect(boxed.text == "one, first")
        #expect(
            boxed.boxes.map { [$0.left, $0.top, $0.right, $0.bottom] } == [
                [0.1, 0.2, 0.3, 0.4], [0, 0.5, 1, 1],
            ]
        )
    }

    @Test("of Food-101 belong to the class that their folder is called after")
    func food() throws {
        let tree = try PictureTree(
            texts: [
                "meta/labels.txt": "Apple pie\nBeef tartare\n",
                "meta/train.txt": "apple_pie/1\nbeef_tartare/2\napple_pie/3\n",
                "meta/test.txt": "beef_tartare/4\n",
            ],
            pictures: []
        )
        let listing = try tree.listing(.food101)
        #expect(listing.classNames == ["Apple pie", "Beef tartare"])
        #expect(
            tree.plain(listing.training)
                == PictureTree.shuffled([
                    "images/apple_pie/1.jpg 0", "images/beef_tartare/2.jpg 1",
                    "images/apple_pie/3.jpg 0",
                ])
        )
        #expect(tree.plain(listing.validation) == ["images/beef_tartare/4.jpg 1"])
    }

    @Test("of CUB-200-2011 are divided by class, or by the file")
    func birds() throws {
        let tree = try PictureTree(
            texts: [
                "images.txt": "1 001.A/a.jpg\n2 001.A/b.jpg\n3 002.B/c.jpg\n4 002.B/d.jpg\n",
                "bounding_boxes.txt": "1 1.5 2.0 10.7 20.0\n2 0 0 1 1\n3 0 0 1 1\n4 0 0 1 1\n",
                "train_test_split.txt": "1 0\n2 1\n3 1\n4 0\n",
            ],
            pictures: [
                "images/001.A/a.jpg", "images/001.A/b.jpg", "images/002.B/c.jpg",
                "images/002.B/d.jpg",
            ]
        )
        let listing = try tree.listing(.cub)
        #expect(listing.classNames == ["001.A", "002.B"])
        let twice = { PictureTree.shuffled(PictureTree.shuffled($0)) }
        #expect(
            tree.plain(listing.training) == twice(["images/001.A/a.jpg 0", "images/001.A/b.jpg 0"])
        )
        #expect(
            tree.plain(listing.validation)
                == twice(["images/002.B/c.jpg 1", "images/002.B/d.jpg 1"])
        )
        let cut = try #require(listing.training.first { $0.name == "a.jpg" }?.cut)
        #expect([cut.left, cut.top, cut.right, cut.bottom] == [1, 2, 12, 22])
        let split = try tree.listing(.cubBySplit)
        #expect(
            tree.plain(split.training)
                == PictureTree.shuffled(["images/001.A/b.jpg 0", "images/002.B/c.jpg 1"])
        )
        #expect(tree.plain(split.validation) == ["images/001.A/a.jpg 0", "images/002.B/d.jpg 1"])
    }

    @Test("of ImageNet that no synset has are refused or told")
    func unclassified() throws {
        let tree = try PictureTree(
            texts: [
                "synsets": "n1\n",
                "solution.csv": "ImageId,PredictionString\nILSVRC2012_val_00000002,n1 1 2 3 4\n",
                "doubled": "n1\nn2\nn1\n", "numbers": "1\n1\n",
            ],
            pictures: [
                "train/n1/a.JPEG", "train/n1/b.jpg", "train/n2/c.JPEG", "train/n2/d.JPEG",
                "train/lost+found/x.txt", "train/e.JPEG", "val/ILSVRC2012_val_00000002.JPEG",
            ]
        )
        #expect(
            throws: DataError.unclassified(
                path: tree.path("val"),
                count: 1,
                remedy: "--validation-labels says of which synset each is"
            )
        ) { try tree.listing(.imagenet) }
        let all = try tree.listing(.imagenet) { $0.validationLabels = tree.path("solution.csv") }
        #expect(all.classNames == ["n1", "n2"])
        #expect(tree.plain(all.validation) == ["val/ILSVRC2012_val_00000002.JPEG 1"])
        #expect(
            all.remarks == [
                .warning(
                    "1 pictures in \(tree.path("train")) are left out, as their names do not end in "
                        + ".JPEG: n1/b.jpg"
                ),
                .warning(
                    "1 pictures in \(tree.path("train")) are left out, as they lie in no synset's "
                        + "folder: e.JPEG"
                ),
            ]
        )
        let some = try tree.listing(.imagenet) {
            $0.labels = tree.path("synsets")
            $0.validationLabels = tree.path("solution.csv")
        }
        #expect(
            some.remarks.first
                == .warning(
                    "2 pictures in \(tree.path("train")) are left out, as their folders are none of the "
                        + "synsets: n2"
                )
        )
        #expect(
            throws: DataError.malformedLine(
                path: tree.path("doubled"),
                line: 3,
                expected: "a synset of its own, found 'n1' again"
            )
        ) { try tree.listing(.imagenet) { $0.labels = tree.path("doubled") } }
        #expect(
            throws: DataError.notLikeLayout(
                path: tree.path("meta.mat"),
                layout: "imagenet",
                expected:
                    "the development kit's meta.mat beside a file of numbers, or synsets in it"
            )
        ) { try tree.listing(.imagenet) { $0.validationLabels = tree.path("numbers") } }
    }

    @Test("of CUB-200-2011 that are listed and not there are refused, and others told")
    func listedBirds() throws {
        let texts = [
            "images.txt": "1 001.A/a.jpg\n2 001.A/b.jpg\n", "train_test_split.txt": "1 0\n2 1\n",
        ]
        let short = try PictureTree(texts: texts, pictures: ["images/001.A/a.jpg"])
        #expect(
            throws: DataError.missingPictures(
                [short.path("images/001.A/b.jpg")],
                list: short.path("images.txt")
            )
        ) { try short.listing(.cubBySplit) }
        let more = try PictureTree(
            texts: texts,
            pictures: ["images/001.A/a.jpg", "images/001.A/b.jpg", "images/001.A/c.jpg"]
        )
        #expect(
            try more.listing(.cubBySplit).remarks == [
                .warning("1 pictures that images.txt does not name validate: 001.A/c.jpg")
            ]
        )
    }

    @Test("of Cars-196 are divided as the annotations say, or by class")
    func cars() throws {
        let tree = try PictureTree(
            texts: [:],
            pictures: [],
            fixtures: ["cars_annos.mat": "matlab/cars_annos.mat"]
        )
        let listing = try tree.listing(.cars196)
        #expect(listing.classNames == ["AM General Hummer SUV 2000", "Citroën DS"])
        let training = ["car_ims/1.jpg 0", "car_ims/2.jpg 1", "car_ims/3.jpg 0"]
        #expect(tree.plain(listing.training) == PictureTree.shuffled(training))
        #expect(tree.plain(listing.validation) == ["car_ims/4.jpg 1"])
        let cut = try #require(listing.validation.first?.cut)
        #expect([cut.left, cut.top, cut.right, cut.bottom] == [1, 2, 300, 40])
        let byClass = try tree.listing(.carsZeroShot)
        #expect(
            tree.plain(byClass.training)
                == PictureTree.shuffled(["car_ims/1.jpg 0", "car_ims/3.jpg 0"])
        )
        #expect(
            tree.plain(byClass.validation)
                == PictureTree.shuffled(["car_ims/2.jpg 1", "car_ims/4.jpg 1"])
        )
    }

    @Test("of Flowers-102 have the labels of their numbers")
    func flowers() throws {
        let tree = try PictureTree(
            texts: [:],
            pictures: [],
            fixtures: [
                "imagelabels.mat": "matlab/imagelabels.mat", "setid.mat": "matlab/setid.mat",
            ]
        )
        let listing = try tree.listing(.flowers)
        #expect(
            tree.plain(listing.training)
                == PictureTree.shuffled([
                    "jpg/image_00006.jpg 1", "jpg/image_00001.jpg 2", "jpg/image_00002.jpg 0",
                ])
        )
        #expect(
            tree.plain(listing.validation) == [
                "jpg/image_00005.jpg 0", "jpg/image_00003.jpg 1", "jpg/image_00004.jpg 2",
            ]
        )
    }

    @Test("of the other data sets are read from their lists")
    func lists() throws {
        let title = "image_id class_id super_class_id path\n"
        let products = try PictureTree(
            texts: [
                "Ebay_train.txt": title + "1 1 1 a/1.JPG\n2 2 1 a/2.JPG\n",
                "Ebay_test.txt": title + "3 11319 1 b/3.JPG\n",
            ],
            pictures: []
        )
        let sold = try products.listing(.products)
        #expect(products.plain(sold.training) == PictureTree.shuffled(["a/1.JPG 0", "a/2.JPG 1"]))
        #expect(products.plain(sold.validation) == ["b/3.JPG 11318"])

        let aircraft = try PictureTree(
            texts: [
                "data/variants.txt": "707-320\nF-16A/B\n",
                "data/images_train.txt": "0000001\n", "data/images_val.txt": "0000002\n",
                "data/images_test.txt": "0000003\n",
                "data/images_variant_train.txt": "0000001 F-16A/B\n",
                "data/images_variant_val.txt": "0000002 707-320\n",
                "data/images_variant_test.txt": "0000003 F-16A/B\n",
            ],
            pictures: []
        )
        let flown = try aircraft.listing(.aircraft)
        #expect(flown.classNames == ["707-320", "F-16A/B"])
        #expect(
            aircraft.plain(flown.training)
                == PictureTree.shuffled([
                    "data/images/0000001.jpg 1", "data/images/0000002.jpg 0",
                ])
        )
        #expect(aircraft.plain(flown.validation) == ["data/images/0000003.jpg 1"])

        let pets = try PictureTree(
            texts: [
                "annotations/trainval.txt": "# a comment\nBirman_1 1 1 1\n",
                "annotations/test.txt": "great_pyrenees_7 2 2 1\n",
            ],
            pictures: []
        )
        let kept = try pets.listing(.pets)
        #expect(kept.classNames == ["Birman", "great pyrenees"])
        #expect(pets.plain(kept.training) == ["images/Birman_1.jpg 0"])
        #expect(pets.plain(kept.validation) == ["images/great_pyrenees_7.jpg 1"])

        var texts = Dictionary(
            uniqueKeysWithValues: (0..<5).map {
                ("val\($0).txt", "UECFOOD100/\($0 + 1)/\($0).jpg\n")
            }
        )
        texts["UECFOOD100/2/bb_info.txt"] = "img x1 y1 x2 y2\n1 5 6 70 80\n"
        let meals = try PictureTree(texts: texts, pictures: [])
        let eaten = try meals.listing(.uecFood)
        #expect(
            meals.plain(eaten.training)
                == PictureTree.shuffled((0..<4).map { "UECFOOD100/\($0 + 1)/\($0).jpg \($0)" })
        )
        #expect(meals.plain(eaten.validation) == ["UECFOOD100/5/4.jpg 4"])
        let cut = try #require(eaten.training.first { $0.label == 1 }?.cut)
        #expect([cut.left, cut.top, cut.right, cut.bottom] == [5, 6, 70, 80])
    }

    @Test("are refused with the file and the line that is wrong")
    func malformed() throws {
        let food = try PictureTree(
            texts: ["meta/labels.txt": "Apple pie\n", "meta/train.txt": "apple_pie/1\npear/2\n"],
            pictures: []
        )
        #expect(
            throws: DataError.malformedLine(
                path: food.path("meta/train.txt"),
                line: 2,
                expected: "a class of meta/labels.txt, a slash, a number; found 'pear/2'"
            )
        ) { try food.listing(.food101) }
        let empty = try PictureTree(texts: [:], pictures: [])
        #expect(
            throws: DataError.notLikeLayout(
                path: empty.path("cars_annos.mat"),
                layout: "cars196",
                expected: "cars_annos.mat and car_ims, or cars_train, cars_test and devkit"
            )
        ) { try empty.listing(.cars196) }
        #expect(throws: DataError.noClassFolders(empty.folder.root)) {
            try empty.listing(.folders)
        }
        let other = try PictureTree(
            texts: [:],
            pictures: [],
            fixtures: ["cars_annos.mat": "matlab/structures.mat"]
        )
        #expect(
            throws: DataError.missingInMAT(
                path: other.path("cars_annos.mat"),
                expected: "a whole number 'bbox_x1' in each of 'annotations'"
            )
        ) { try other.listing(.cars196) }
    }
}
