public import Engine
public import Pictures

/// Networks whose logits are averaged, each with the preprocessing that it was evaluated with.
public struct TeacherNetworks: LogitSource {
    /// One network.
    public struct Member {
        private let executor: Executor
        private let preparer: PicturePreparer
        private let ownClasses: Int
        private let classOffset: Int
        /// Classes that it adds to the mean.
        fileprivate var classes: Int { ownClasses + classOffset }
        fileprivate let weight: Double
        fileprivate var batch: Int { executor.batch }

        /// A network whose input has the size of the preprocessing, and its weight in the mean.
        ///
        /// So many zeros as `classOffset` says go before its logits; where it is negative, so many of them are left out.
        ///
        /// - Precondition: a class is left.
        public init(
            _ executor: Executor,
            classes: Int,
            preprocessing: Preprocessing,
            weight: Double = 1,
            classOffset: Int = 0
        ) {
            precondition(classes + classOffset > 0, "no class is left of \(classes)")
            self.executor = executor
            ownClasses = classes
            self.classOffset = classOffset
            self.weight = weight
            preparer = PicturePreparer(preprocessing, layout: .nchw)
        }

        /// The logits of pictures and, where asked for, of their mirror images.
        fileprivate func logits(
            of records: [SourceRecord],
            mirrored: Bool
        ) throws -> (plain: [Float], mirrored: [Float]) {
            var images: [Float] = []
            try unsafe executor.withInput { input in
                let failures = unsafe preparer.prepare(records.map(\.picture), into: input)
                if let index = failures.firstIndex(where: { $0 != nil }) {
                    throw CorruptPicture(
                        origin: records[index].origin,
                        reason: failures[index]?.description ?? ""
                    )
                }
                let used = records.count * preparer.pictureCount
                unsafe input[used...].update(repeating: 0)
                if mirrored {
                    images = unsafe Self.mirrorImages(
                        UnsafeBufferPointer(rebasing: input[..<used]),
                        width: preparer.preprocessing.imageSize
                    )
                }
            }
            let plain = try run(records.count)
            guard mirrored else { return (plain, []) }
            unsafe executor.withInput { input in
                unsafe input.update(repeating: 0)
                _ = unsafe input.update(fromContentsOf: images)
            }
            return (plain, try run(records.count))
        }

        private func run(_ count: Int) throws(EngineError) -> [Float] {
            try executor.run()
            let logits = executor.logits.prefix(count * ownClasses)
            guard classOffset != 0 else { return Array(logits) }
            return (0..<count).flatMap { row in
                let start = logits.startIndex + row * ownClasses
                return [Float](repeating: 0, count: max(classOffset, 0))
                    + logits[(start + max(-classOffset, 0))..<(start + ownClasses)]
            }
        }

        /// Planes of pixels with every row turned round.
        private static func mirrorImages(
            _ pixels: UnsafeBufferPointer<Float>,
            width: Int
        ) -> [Float] {
            unsafe [Float](unsafeUninitializedCapacity: pixels.count) { target, count in
                for start in stride(from: 0, to: pixels.count, by: width) {
                    for column in 0..<width {
                        unsafe target[start + column] = pixels[start + width - 1 - column]
                    }
                }
                count = pixels.count
            }
        }
    }

    /// What is averaged.
    public enum Average: String, CaseIterable, Sendable {
        /// The logits themselves, whose probabilities are then a geometric mean.
        case logits
        /// The probabilities of their softmax; what is given is the logarithm of their mean.
        case probabilities
    }

    /// Logits of one picture.
    public let classes: Int
    /// The most pictures of one step.
    public let batch: Int
    private let members: [Member]
    private let averagesMirrorImage: Bool
    private let average: Average

    /// Networks with the same number of classes.
    ///
    /// - Parameters:
    ///   - members: The networks.
    ///   - averagesMirrorImage: Whether each network's logits are the mean over the picture and its mirror image.
    ///   - average: What the mean is taken of.
    /// - Precondition: there is a network; all have as many classes.
    public init(
        _ members: [Member],
        averagesMirrorImage: Bool = false,
        average: Average = .logits
    ) {
        guard let first = members.first else { preconditionFailure("no teacher") }
        precondition(members.allSatisfy { $0.classes == first.classes }, "teachers differ")
        self.members = members
        self.averagesMirrorImage = averagesMirrorImage
        self.average = average
        classes = first.classes
        batch = members.map(\.batch).min() ?? first.batch
    }

    /// The weighted mean of the networks' logits or probabilities, `[record, class]`; summed up in float64.
    ///
    /// - Throws: ``CorruptPicture`` for a picture that cannot be decoded, `EngineError`.
    public func logits(of records: [SourceRecord]) throws -> [Float] {
        if members.count == 1, !averagesMirrorImage {
            return try members[0].logits(of: records, mirrored: false).plain
        }
        var sum = LogitSum(average, rows: records.count, classes: classes)
        for member in members {
            let logits = try member.logits(of: records, mirrored: averagesMirrorImage)
            for rows in [logits.plain, logits.mirrored] where !rows.isEmpty {
                sum.add(rows.span, weight: member.weight)
            }
        }
        return sum.mean
    }
}
