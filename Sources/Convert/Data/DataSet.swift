/// A data set whose sizes are known by its published name.
public struct DataSet: Sendable, Equatable {
    /// The name that `--dataset_name` takes.
    public let name: String
    /// Classes, as the classifier counts them.
    public let classes: Int
    /// Training pictures.
    public let trainingCount: Int
    /// Validation pictures.
    public let validationCount: Int
    /// Records that the published training draws the next one from.
    public let shuffleBuffer: Int

    private init(
        _ name: String,
        _ classes: Int,
        _ training: Int,
        _ validation: Int,
        shuffleBuffer: Int = 1000
    ) {
        self.name = name
        self.classes = classes
        trainingCount = training
        validationCount = validation
        self.shuffleBuffer = shuffleBuffer
    }

    /// All that are known.
    public static let all = [
        DataSet("imagenet", 1001, 1_281_167, 50_000, shuffleBuffer: 10_000),
        DataSet("food101", 101, 75_750, 25_250),
        DataSet("cub_200_2011", 100, 5_864, 5_924, shuffleBuffer: 100),
        DataSet("iFood2019", 251, 118_475, 11_994),
        DataSet("SOP", 11_318, 59_551, 60_502, shuffleBuffer: 50_000),
        DataSet("oxford_flowers102", 102, 2_040, 6_149),
        DataSet("cars196", 196, 8_144, 8_041),
        DataSet("cars196_zeroshot", 196, 8_054, 8_131),
        DataSet("oxford_iiit_pet", 37, 3_680, 3_669),
        DataSet("fgvc_aircraft", 100, 6_667, 3_333),
    ]

    /// The data set of a name, in any case, if it is known.
    public static func named(_ name: String) -> DataSet? {
        all.first { $0.name.lowercased() == name.lowercased() }
    }
}
