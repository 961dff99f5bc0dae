internal import Base
public import Data
public import Engine
public import Pictures
internal import Synchronization

/// Runs a network over pictures, batch by batch.
///
/// A batch that is not full is computed with the remaining places empty, so the numbers of a picture do not depend on
/// what it shares a batch with.
public final class Evaluator {
    /// The pictures of one batch and what the network said of them.
    public struct Batch {
        /// The pictures, in order.
        public let pictures: [LabelledPicture]
        /// `[picture, class]`.
        public let logits: [Float]
        /// Classes of the network.
        public let classes: Int

        /// A batch of pictures and their logits.
        public init(pictures: [LabelledPicture], logits: [Float], classes: Int) {
            self.pictures = pictures
            self.logits = logits
            self.classes = classes
        }

        /// The logits of one picture.
        public func logits(of picture: Int) -> ArraySlice<Float> {
            logits[(picture * classes)..<((picture + 1) * classes)]
        }
    }

    /// What becomes of a run when a picture cannot be used.
    public struct Tolerance: Sendable {
        /// How many pictures may be left out.
        public let skips: Int

        /// Leaves out up to so many pictures; the next one ends the run.
        public init(skips: Int) {
            self.skips = skips
        }
    }

    /// The network.
    public let executor: Executor
    /// The pictures that were left out.
    public private(set) var skipped: [CorruptPicture] = []
    private let preparer: PicturePreparer
    private let classes: Int

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
        while left > 0 {
            var pictures = try gather(from: &source, count: min(executor.batch, left), tolerance)
            guard !pictures.isEmpty else { return }
            left -= pictures.count
            let gathered = pictures.count
            try make(&pictures, tolerance)
            left += gathered - pictures.count
            guard !pictures.isEmpty else { continue }
            try unsafe executor.withInput { input in
                let failures = unsafe preparer.prepare(pictures.map(\.bytes), into: input)
                try unsafe leaveOut(failures, of: &pictures, from: input, tolerance)
                // What was left out may be made up for by later pictures.
                left += failures.count - pictures.count
                let used = pictures.count * preparer.pictureCount
                try unsafe inspectInput(UnsafeBufferPointer(rebasing: input[..<used]))
                unsafe input[used...].update(repeating: 0)
            }
            guard !pictures.isEmpty else { continue }
            try executor.run()
            let batch = Batch(
                pictures: pictures,
                logits: Array(executor.logits.prefix(pictures.count * classes)),
                classes: classes
            )
            guard try body(batch) else { return }
        }
    }

    private func gather(
        from source: inout some PictureSource,
        count: Int,
        _ tolerance: Tolerance
    ) throws -> [LabelledPicture] {
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
        return pictures
    }

    /// Makes the bytes of the pictures that are made only now, side by side, and leaves out what cannot be made.
    private func make(_ pictures: inout [LabelledPicture], _ tolerance: Tolerance) throws {
        guard pictures.contains(where: { $0.making != nil }) else { return }
        let all = pictures
        let made = Mutex([Result<OwnedBytes, any Error>?](repeating: nil, count: all.count))
        parallel(all.count) { index in
            guard let making = all[index].making else { return }
            let result = Result { try making() }
            made.withLock { $0[index] = result }
        }
        pictures = []
        for (index, result) in made.withLock({ $0 }).enumerated() {
            var picture = all[index]
            do {
                if let bytes = try result?.get() { picture.bytes = bytes }
                picture.making = nil
                pictures.append(picture)
            } catch {
                try skip(CorruptPicture(origin: picture.origin, reason: "\(error)"), tolerance)
            }
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
                try skip(
                    CorruptPicture(origin: pictures[index].origin, reason: failure.description),
                    tolerance
                )
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
        // A picture of which several are made is one.
        if let last = skipped.last, last.origin == corrupt.origin { return }
        guard skipped.count < tolerance.skips else { throw corrupt }
        skipped.append(corrupt)
    }
}
