extension PictureLayout {
    /// Where the data set comes from, for whoever does not have it: its home, and another place, as far as there are any.
    public var origins: [String] {
        switch self {
        case .folders: []
        case .imagenet:
            [
                "https://image-net.org/download-images",
                "https://www.kaggle.com/c/imagenet-object-localization-challenge",
            ]
        case .food101:
            [
                "https://data.vision.ee.ethz.ch/cvl/datasets_extra/food-101/",
                "https://www.tensorflow.org/datasets/catalog/food101",
            ]
        case .cub, .cubBySplit:
            [
                "https://www.vision.caltech.edu/datasets/cub_200_2011/",
                "https://data.caltech.edu/records/65de6-vp158",
            ]
        case .cars196, .carsZeroShot:
            [
                "https://ai.stanford.edu/~jkrause/cars/car_dataset.html",
                "https://www.kaggle.com/datasets/jessicali9530/stanford-cars-dataset",
            ]
        case .products:
            [
                "https://cvgl.stanford.edu/projects/lifted_struct/",
                "https://www.tensorflow.org/datasets/catalog/stanford_online_products",
            ]
        case .aircraft:
            [
                "https://www.robots.ox.ac.uk/~vgg/data/fgvc-aircraft/",
                "https://www.robots.ox.ac.uk/~vgg/data/fgvc-aircraft/archives/"
                    + "fgvc-aircraft-2013b.tar.gz",
            ]
        case .pets:
            [
                "https://www.robots.ox.ac.uk/~vgg/data/pets/",
                "https://www.tensorflow.org/datasets/catalog/oxford_iiit_pet",
            ]
        case .flowers:
            [
                "https://www.robots.ox.ac.uk/~vgg/data/flowers/102/",
                "https://www.tensorflow.org/datasets/catalog/oxford_flowers102",
            ]
        case .uecFood: ["http://foodcam.mobi/dataset100.html"]
        }
    }
}
