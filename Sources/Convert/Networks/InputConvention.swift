public import Pictures

/// What the user says of how pictures are prepared; nil where nothing was said.
public struct InputRequest: Sendable, Equatable {
    /// `--preprocessing_type`.
    public var preprocessing: String?
    /// `--image-size`.
    public var imageSize: Int?
    /// `--dct_method`.
    public var dctMethod: DCTMethod?
    /// Parts of the preparation that are not to be as its name has them.
    public var parts = PreprocessingParts()

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
    /// What the parts that were said leave open, a sentence each.
    public var doubts: [String] { preprocessing.doubts }

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
        try self.init(request, published: published, recorded: recorded, usual: "imagenet")
    }

    /// Settles how pictures are prepared for a graph: what the user says, what is recorded, and else what its kind is mostly
    /// trained with.
    ///
    /// The side is the graph's own, if it has one.
    ///
    /// - Throws: as ``init(_:published:recorded:)``.
    public init(
        _ request: InputRequest,
        recorded: RecordedFlags?,
        for graph: ImportedGraph
    ) throws(NetworkError) {
        try self.init(
            request,
            published: nil,
            recorded: recorded,
            usual: graph.usualPreprocessing,
            side: graph.side,
            isGraph: true
        )
    }

    private init(
        _ request: InputRequest,
        published: PublishedModel?,
        recorded: RecordedFlags?,
        usual: String,
        side stated: Int? = nil,
        isGraph: Bool = false
    ) throws(NetworkError) {
        let given = request.preprocessing ?? published?.preprocessing
        var settler = FactSettler(recorded)
        let name = try settler.settle(
            "preprocessing_type",
            given: given,
            usual: usual,
            expected: "one that is known: \(Preprocessing.knownNames)",
            text: { $0 },
            read: { name in (try? Preprocessing(name: name)) == nil ? nil : name }
        )
        // A side that was recorded belongs to the preparation that was recorded.
        let keepsSide = given == nil || given == recorded?.values["preprocessing_type"]
        var sides = FactSettler(keepsSide ? recorded : nil)
        let named = (try? Preprocessing(name: name ?? usual))?.imageSize
        var side = try sides.settle(
            "image_size",
            given: request.imageSize,
            // A graph whose size is open is taken for one of the usual size, which may be wrong.
            usual: isGraph && stated == nil ? named : nil,
            expected:
                "a number from \(Preprocessing.imageSizes.lowerBound) to "
                + "\(Preprocessing.imageSizes.upperBound)",
            text: { "\($0)" },
            read: { Int($0).flatMap { Preprocessing.imageSizes.contains($0) ? $0 : nil } }
        )
        if let stated {
            // A name such as inception_331 says a side as well.
            let isSaid = given?.contains(where: \.isNumber) ?? false
            if let wanted = side ?? (isSaid ? named : nil), wanted != stated {
                throw .otherSide(name: name ?? usual, side: wanted, graph: stated)
            }
            side = stated
        }
        let method = try settler.settle(
            "dct_method",
            given: request.dctMethod,
            usual: nil,
            expected: "INTEGER_ACCURATE or INTEGER_FAST",
            text: \.rawValue,
            read: { DCTMethod(rawValue: $0) }
        )
        // So do parts.
        let parts = try sides.settleParts(request.parts)
        do throws(PictureError) {
            preprocessing = try Preprocessing(
                name: name ?? usual,
                imageSize: side,
                dctMethod: method,
                parts: parts
            )
        } catch {
            throw .picture(error)
        }
        imageSize = side
        facts = settler.facts + sides.facts
    }
}
