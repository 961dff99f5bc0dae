public import Pictures

/// What the user says of how pictures are prepared; nil where nothing was said.
public struct InputRequest: Sendable, Equatable {
    /// `--preprocessing_type`.
    public var preprocessing: String?
    /// `--image-size`.
    public var imageSize: Int?
    /// `--dct_method`.
    public var dctMethod: DCTMethod?

    /// Nothing asked for.
    public init() {}
}

/// How pictures become a network's input, and how that is known.
public struct InputConvention: Sendable {
    /// The preparation.
    public let preprocessing: Preprocessing
    /// The side of the pictures, where it is known by itself and does not follow from the preparation's name.
    public let imageSize: Int?
    /// What it follows from.
    public let facts: [NetworkFact]

    /// Settles how pictures are prepared: what the user says, what the published model was evaluated with, what is recorded,
    /// and else `imagenet`.
    ///
    /// - Throws: ``NetworkError/picture(_:)`` for what the user says,
    ///   ``NetworkError/recordedFlag(path:name:value:expected:)``.
    public init(
        _ request: InputRequest,
        published: PublishedModel? = nil,
        recorded: RecordedFlags? = nil
    ) throws(NetworkError) {
        let given = request.preprocessing ?? published?.preprocessing
        var settler = FactSettler(recorded)
        let name = try settler.settle(
            "preprocessing_type",
            given: given,
            usual: "imagenet",
            expected: "one that is known: \(Preprocessing.publishedNames.joined(separator: ", "))",
            text: { $0 },
            read: { name in (try? Preprocessing(name: name)) == nil ? nil : name }
        )
        // A side that was recorded belongs to the preparation that was recorded.
        let keepsSide = given == nil || given == recorded?.values["preprocessing_type"]
        var sides = FactSettler(keepsSide ? recorded : nil)
        let side = try sides.settle(
            "image_size",
            given: request.imageSize,
            usual: nil,
            expected:
                "a number from \(Preprocessing.imageSizes.lowerBound) to "
                + "\(Preprocessing.imageSizes.upperBound)",
            text: { "\($0)" },
            read: { Int($0).flatMap { Preprocessing.imageSizes.contains($0) ? $0 : nil } }
        )
        let method = try settler.settle(
            "dct_method",
            given: request.dctMethod,
            usual: nil,
            expected: "INTEGER_ACCURATE or INTEGER_FAST",
            text: \.rawValue,
            read: { DCTMethod(rawValue: $0) }
        )
        do throws(PictureError) {
            preprocessing = try Preprocessing(
                name: name ?? "imagenet",
                imageSize: side,
                dctMethod: method
            )
        } catch {
            throw .picture(error)
        }
        imageSize = side
        facts = settler.facts + sides.facts
    }
}
