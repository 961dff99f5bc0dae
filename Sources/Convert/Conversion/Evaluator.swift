internal import Base
public import Data
public import Engine
public import Pictures

/// Runs a network over pictures, batch by batch.
///
/// A batch that is not full is computed with the remaining places empty, so the numbers of a picture do not depend on
/// what it shares a batch with. Pictures whose bytes are made only when they are needed are made while the network computes
/// the batch before.
public final class Evaluator {
    /// The pictures of one batch and what the network said of them.
    public struct Batch {
        /// The pictures, in order.
        public let pictures: [LabelledPicture]
        /// `[picture, class]`.
        public let logits: [Float]
        /// Classes of the network.
        public let classes: Int
        /// Where the run stands behind it.
        public let mark: Mark

        /// A batch of pictures and their logits.
        public init(
            pictures: [LabelledPicture],
            logits: [Float],
            classes: Int,
            mark: Mark = Mark()
        ) {
            self.pictures = pictures
            self.logits = logits
            self.classes = classes
            self.mark = mark
        }

        /// The logits of one picture.
        public func logits(of picture: Int) -> ArraySlice<Float> {
            logits[(picture * classes)..<((picture + 1) * classes)]
        }
    }

    /// How far a run has come.
    public struct Mark: Equatable, Sendable {
        /// The place behind the last picture, where the source counts them.
        public var position: Int
        /// How many pictures this run has left out.
        public var skipped: Int
        /// The place of the last of them.
        public var lastSkipped: Int?

        /// A place, with what was left out before it.
        public init(position: Int = 0, skipped: Int = 0, lastSkipped: Int? = nil) {
            self.position = position
            self.skipped = skipped
            self.lastSkipped = lastSkipped
        }
    }

    /// What becomes of a run when a picture cannot be used.
    public struct Tolerance: Sendable {
        /// How many pictures may be left out.
        public let skips: Int
        /// How many that follow one another are made of one picture, and are left out as one.
        let unit: Int
        /// The place of the last one that an earlier run left out.
        let lastSkipped: Int?

        /// Leaves out up to so many pictures; the next one ends the run.
        public init(skips: Int, unit: Int = 1, lastSkipped: Int? = nil) {
            self.skips = skips
            self.unit = unit
            self.lastSkipped = lastSkipped
        }
    }

    /// The network.
    public let executor: Executor
    /// The pictures that were left out.
    public private(set) var skipped: [CorruptPicture] = []
    private let preparer: PicturePreparer
    private let classes: Int
    private var skippedOrigins: Set<LabelledPicture.Origin> = []

    /// An evaluator of a network whose input has the size of the preprocessing.
    public init(_ executor: Executor, classes: Int, preprocessing: Preprocessing) {
        self.executor = executor
        self.classes = classes
        preparer = PicturePreparer(preprocessing, layout: .nchw)
    }

    /// Evaluates pictures until there are no more, `limit` have been seen, or `body` says to stop.
    ///
    /// - Parameters:
    ///   - source: The pictures.
    ///   - limit: The most pictures to evaluate.
    ///   - tolerance: How many corrupt ones may be left out.
    ///   - inspectInput: Is lent the prepared pictures of each batch before the network runs, planar.
    ///   - body: Is given each batch; false ends the run.
    /// - Throws: ``CorruptPicture`` for one too many, `EngineError`, and what the source throws.
    public func run(
        _ source: inout some PictureSource,
        limit: Int? = nil,
        tolerance: Tolerance = Tolerance(skips: 0),
        inspectInput: (UnsafeBufferPointer<Float>) throws -> Void = { _ in },
        _ body: (Batch) throws -> Bool
    ) throws {
        var left = limit ?? .max
        let maker = PictureMaker()
        var next = try gather(from: &source, &left, tolerance, maker)
        while let gathered = next {
            var pictures = try made(gathered, tolerance, maker)
            left += gathered.pictures.count - pictures.count
            var mark = Mark(
                position: gathered.position,
                skipped: skipped.count,
                lastSkipped: skipped.last?.place
            )
            next =
                gathered.isToBeMade ? try gather(from: &source, &left, tolerance, maker) : nil
            if !pictures.isEmpty {
                let before = (skips: skipped.count, pictures: pictures.count)
                try unsafe prepare(&pictures, tolerance, inspectInput)
                // What was left out may be made up for by later pictures.
                left += before.pictures - pictures.count
                if skipped.count > before.skips {
                    mark.skipped += skipped.count - before.skips
                    mark.lastSkipped = skipped.last?.place
                }
            }
            if !pictures.isEmpty {
                try executor.run()
                let batch = Batch(
                    pictures: pictures,
                    logits: Array(executor.logits.prefix(pictures.count * classes)),
                    classes: classes,
                    mark: mark
                )
                guard try body(batch) else { return }
            }
            if next == nil { next = try gather(from: &source, &left, tolerance, maker) }
        }
    }

    /// Where a run stands that has taken all pictures of a source.
    public func mark(_ source: some PictureSource) -> Mark {
        Mark(
            position: source.reached,
            skipped: skipped.count,
            lastSkipped: skipped.last?.place
        )
    }

    /// The pictures of the next batch.
    private struct Gathered {
        let pictures: [LabelledPicture]
        /// Where the source stands behind them.
        let position: Int
        let isToBeMade: Bool
    }

    /// Takes the pictures of a batch, and has those made that are made only now; nil where there are no more.
    private func gather(
        from source: inout some PictureSource,
        _ left: inout Int,
        _ tolerance: Tolerance,
        _ maker: PictureMaker
    ) throws -> Gathered? {
        let count = min(executor.batch, left)
        guard count > 0 else { return nil }
        var pictures: [LabelledPicture] = []
        pictures.reserveCapacity(count)
        while pictures.count < count {
            do {
                guard let picture = try source.next() else { break }
                pictures.append(picture)
            } catch let corrupt as CorruptPicture {
                try skip(corrupt, tolerance)
            }
        }
        guard !pictures.isEmpty else { return nil }
        left -= pictures.count
        let isToBeMade = pictures.contains { $0.making != nil }
        if isToBeMade { maker.begin(pictures) }
        return Gathered(pictures: pictures, position: source.reached, isToBeMade: isToBeMade)
    }

    /// The pictures with their bytes; what cannot be made is left out.
    private func made(
        _ gathered: Gathered,
        _ tolerance: Tolerance,
        _ maker: PictureMaker
    ) throws -> [LabelledPicture] {
        guard gathered.isToBeMade else { return gathered.pictures }
        var pictures: [LabelledPicture] = []
        for (picture, result) in zip(gathered.pictures, maker.finish()) {
            var picture = picture
            do {
                if let bytes = try result?.get() { picture.bytes = bytes }
                picture.making = nil
                pictures.append(picture)
            } catch {
                var corrupt = CorruptPicture(origin: picture.origin, reason: "\(error)")
                corrupt.place = picture.place
                try skip(corrupt, tolerance)
            }
        }
        return pictures
    }

    /// Decodes the pictures into the network's input, and leaves out those that cannot be.
    private func prepare(
        _ pictures: inout [LabelledPicture],
        _ tolerance: Tolerance,
        _ inspectInput: (UnsafeBufferPointer<Float>) throws -> Void
    ) throws {
        try unsafe executor.withInput { input in
            let failures = unsafe preparer.prepare(pictures.map(\.bytes), into: input)
            try unsafe leaveOut(failures, of: &pictures, from: input, tolerance)
            let used = pictures.count * preparer.pictureCount
            try unsafe inspectInput(UnsafeBufferPointer(rebasing: input[..<used]))
            unsafe input[used...].update(repeating: 0)
        }
    }

    /// Takes the pictures that failed out of a batch, and closes the gaps in the input.
    private func leaveOut(
        _ failures: [PictureError?],
        of pictures: inout [LabelledPicture],
        from input: UnsafeMutableBufferPointer<Float>,
        _ tolerance: Tolerance
    ) throws {
        guard failures.contains(where: { $0 != nil }) else { return }
        let count = preparer.pictureCount
        var kept: [LabelledPicture] = []
        for (index, failure) in failures.enumerated() {
            if let failure {
                let picture = pictures[index]
                var corrupt = CorruptPicture(
                    origin: picture.origin,
                    reason: failure.description
                )
                corrupt.place = picture.place
                try skip(corrupt, tolerance)
                continue
            }
            if kept.count < index {
                for offset in 0..<count {
                    unsafe input[kept.count * count + offset] = input[index * count + offset]
                }
            }
            kept.append(pictures[index])
        }
        pictures = kept
    }

    private func skip(_ corrupt: CorruptPicture, _ tolerance: Tolerance) throws {
        // A picture of which several are made is one, also where an earlier run broke off among them.
        guard !skippedOrigins.contains(corrupt.origin) else { return }
        if let place = corrupt.place, let before = tolerance.lastSkipped, tolerance.unit > 1,
            place / tolerance.unit == before / tolerance.unit
        {
            return
        }
        guard skipped.count < tolerance.skips else { throw corrupt }
        skipped.append(corrupt)
        skippedOrigins.insert(corrupt.origin)
    }
}
