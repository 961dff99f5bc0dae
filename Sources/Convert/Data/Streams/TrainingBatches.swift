public import Pictures

/// A batch of prepared pictures.
public struct TrainingBatch: Sendable {
    /// The pictures, planar float32, `[drawn, channel, height, width]`, means subtracted.
    public let pictures: PreparedPictures
    /// The class of each.
    public let labels: [Int]
    /// `[drawn, class]`, if there is a teacher.
    public let teacherLogits: [Float]?
    /// Where the data go on behind this batch.
    public let position: StreamPosition
    /// What was left out since the batch before.
    public let skipped: [CorruptPicture]
    /// How many were left out in the epoch of `position`.
    public let skippedInEpoch: Int
}

/// Draws pictures and prepares them, batch after batch.
///
/// Used by one thread at a time. What a batch holds depends on the data, the seed and the position alone.
public final class TrainingBatches: @unchecked Sendable {  // one thread at a time has it
    /// What is drawn and how it is prepared.
    public struct Settings: Sendable {
        /// Pictures of one batch.
        public var count: Int
        /// Classes of the model.
        public var classes: Int
        /// Whether every picture must have a teacher's logits.
        public var needsTeacher: Bool
        /// How many damaged pictures may be left out in an epoch.
        public var skips: Int
        /// In which order the pictures come.
        public var order: TrainingOrder
        /// Of how many batches that follow one another this one takes which; the others are other ranks'.
        public var turn = (place: 0, count: 1)

        /// Settings.
        public init(
            count: Int,
            classes: Int,
            needsTeacher: Bool = false,
            skips: Int = 0,
            order: TrainingOrder
        ) {
            self.count = count
            self.classes = classes
            self.needsTeacher = needsTeacher
            self.skips = skips
            self.order = order
        }
    }

    private let settings: Settings
    private let preparer: PicturePreparer
    private let stream: TrainingStream
    private let parser: PictureRecords
    /// How many were left out, by epoch; of epochs that may still go on.
    private var skippedCounts: [Int: Int]
    private var skipped: [CorruptPicture] = []

    private struct Drawn {
        let picture: LabelledPicture
        let random: SplitMix64
        let epoch: Int
    }

    /// Batches of a data set from a position on.
    ///
    /// - Parameters:
    ///   - data: The pictures.
    ///   - settings: What is drawn.
    ///   - preparer: How it is prepared.
    ///   - position: Where to begin.
    ///   - skipped: How many pictures of its epoch were left out before.
    /// - Throws: `CheckpointError`, ``DataError``.
    public init(
        _ data: TrainingData,
        settings: Settings,
        preparer: PicturePreparer,
        at position: StreamPosition = StreamPosition(),
        skipped: Int = 0
    ) throws {
        self.settings = settings
        self.preparer = preparer
        parser = data.reader(
            teacherClasses: settings.needsTeacher ? settings.classes : nil
        )
        skippedCounts = [position.epoch: skipped]
        stream = try TrainingStream(data, order: settings.order, at: position)
    }

    /// The next batch.
    ///
    /// Of batches that are others' the pictures are only passed over; but where damaged ones may be left out, all ranks
    /// must know of them, and each prepares everything.
    ///
    /// - Throws: ``CorruptPicture`` for one too many, ``DataError``, `CheckpointError`.
    public func next() throws -> TrainingBatch {
        var own: TrainingBatch?
        var left: [CorruptPicture] = []
        for place in 0..<settings.turn.count {
            guard place == settings.turn.place || settings.skips > 0 else {
                for _ in 0..<settings.count { _ = try stream.next() }
                continue
            }
            let batch = try prepared()
            left += batch.skipped
            if place == settings.turn.place { own = batch }
        }
        guard let own else { preconditionFailure("turn \(settings.turn)") }
        return TrainingBatch(
            pictures: own.pictures,
            labels: own.labels,
            teacherLogits: own.teacherLogits,
            position: stream.position,
            skipped: left,
            skippedInEpoch: skippedCounts[stream.position.epoch, default: 0]
        )
    }

    private func prepared() throws -> TrainingBatch {
        var drawn: [Drawn] = []
        while drawn.count < settings.count { drawn.append(try draw()) }
        let pictures = PreparedPictures(floatCount: settings.count * preparer.pictureCount)
        try unsafe pictures.withFloats { target in
            let failures = unsafe preparer.prepare(
                drawn.map(\.picture.bytes),
                random: randoms(drawn),
                into: target
            )
            for (index, failure) in failures.enumerated() where failure != nil {
                let start = index * preparer.pictureCount
                let place = unsafe UnsafeMutableBufferPointer(
                    rebasing: target[start..<(start + preparer.pictureCount)]
                )
                var failure = failure
                while let reason = failure {
                    try skip(
                        CorruptPicture(
                            origin: drawn[index].picture.origin,
                            reason: reason.description
                        ),
                        epoch: drawn[index].epoch
                    )
                    drawn[index] = try draw()
                    failure = unsafe preparer.prepare(
                        [drawn[index].picture.bytes],
                        random: randoms([drawn[index]]),
                        into: place
                    )[0]
                }
            }
        }
        let epoch = stream.position.epoch
        skippedCounts = skippedCounts.filter { $0.key >= epoch }
        defer { skipped = [] }
        return TrainingBatch(
            pictures: pictures,
            labels: drawn.compactMap(\.picture.label),
            teacherLogits: settings.needsTeacher
                ? drawn.flatMap { $0.picture.teacherLogits ?? [] } : nil,
            position: stream.position,
            skipped: skipped,
            skippedInEpoch: skippedCounts[epoch, default: 0]
        )
    }

    private func randoms(_ drawn: [Drawn]) -> [SplitMix64] {
        preparer.distortion == nil ? [] : drawn.map(\.random)
    }

    private func draw() throws -> Drawn {
        while true {
            let (reference, position) = try stream.next()
            do {
                let picture = try reference.load(with: parser)
                try check(picture)
                let random = SplitMix64(
                    seed: settings.order.seed,
                    place: UInt64(position.epoch),
                    UInt64(position.drawn)
                )
                return Drawn(picture: picture, random: random, epoch: position.epoch)
            } catch let corrupt as CorruptPicture {
                try skip(corrupt, epoch: position.epoch)
            }
        }
    }

    private func check(_ picture: LabelledPicture) throws(DataError) {
        guard let label = picture.label, 0..<settings.classes ~= label else {
            throw .label(
                origin: "\(picture.origin)",
                label: picture.label ?? -1,
                classes: settings.classes
            )
        }
    }

    private func skip(_ corrupt: CorruptPicture, epoch: Int) throws {
        guard skippedCounts[epoch, default: 0] < settings.skips else { throw corrupt }
        skippedCounts[epoch, default: 0] += 1
        skipped.append(corrupt)
    }
}
