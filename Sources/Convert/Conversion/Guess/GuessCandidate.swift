internal import Networks
internal import Pictures

/// One answer to everything that a network cannot tell.
public struct GuessCandidate: Hashable, Sendable {
    /// What the model is taken for; nil for a graph, which tells all of it.
    var model: GuessedModel?
    /// `--preprocessing_type`.
    var preprocessing: String
    /// What is not to be as that name has it.
    var parts: PreprocessingParts
    /// `--image-size`, where it was given or recorded, or is a graph's own.
    let imageSize: Int?

    /// What a network is taken for before anything was tried.
    init(_ network: Network) {
        model = (try? network.family()).map { GuessedModel($0.configuration) }
        preprocessing = network.input.preprocessing.name
        parts = network.input.preprocessing.parts
        imageSize = network.input.imageSize
    }

    /// How pictures are prepared for it; nil where they cannot be.
    func prepared(dctMethod: DCTMethod?) -> Preprocessing? {
        try? Preprocessing(
            name: preprocessing,
            imageSize: imageSize,
            dctMethod: dctMethod,
            parts: parts
        )
    }

    /// The same without parts that are as the name has them, but for those that are given.
    func plain(keeping given: PreprocessingParts) -> GuessCandidate {
        guard let named = try? Preprocessing(name: preprocessing, imageSize: imageSize) else {
            return self
        }
        var other = self
        if given.rule == nil, other.parts.rule == named.rule { other.parts.rule = nil }
        if given.isReversed == nil, other.parts.isReversed == named.finish.isReversed {
            other.parts.isReversed = nil
        }
        let isAlike =
            (other.parts.cropMode ?? named.cropMode) == named.cropMode
            && (other.parts.cropShare ?? named.cropShare) == named.cropShare
        if isAlike, given.cropMode == nil, given.cropShare == nil {
            (other.parts.cropMode, other.parts.cropShare) = (nil, nil)
        }
        return other
    }

    /// The flags that stand for it, but for the label offset.
    public var flags: [String] {
        var flags = (model?.flags ?? []) + ["--preprocessing_type=\(preprocessing)"]
        flags += parts.flags.map { "--\($0.name)=\($0.value)" }
        if let imageSize { flags.append("--image-size=\(imageSize)") }
        return flags
    }
}
