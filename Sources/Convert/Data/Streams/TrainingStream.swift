internal import Pictures

/// In which order a training goes through its data.
public struct TrainingOrder: Equatable, Sendable {
    /// How many pictures are held to choose the next one from; nil for the order of files and records.
    public var shuffleBuffer: Int?
    /// How many record files are read side by side, where the order is shuffled.
    public var interleave = 20
    /// Decides the order.
    public var seed: UInt64

    /// An order; the same seed gives the same.
    public init(shuffleBuffer: Int?, seed: UInt64) {
        self.shuffleBuffer = shuffleBuffer
        self.seed = seed
    }
}

/// Where a training stands in its data.
public struct StreamPosition: Codable, Hashable, Sendable {
    /// How many times all pictures have been gone through.
    public var epoch = 0
    /// How many have been drawn since, damaged ones included.
    public var drawn = 0

    /// The very beginning.
    public init() {}
}

/// The pictures of a data set without end, each epoch in an order of its own.
///
/// As published: in each epoch the files are shuffled, read side by side, and their records drawn from a buffer. A seed
/// and a position determine what follows, so that a training can be taken up again.
package final class TrainingStream {
    private let data: TrainingData
    private let order: TrainingOrder
    /// Where the next picture stands.
    package private(set) var position = StreamPosition()
    private var records = RecordInterleave([], width: 1)
    private var files: ArraySlice<(path: String, label: Int)> = []
    private var buffer: [PictureReference] = []
    private var random = SplitMix64(seed: 0)

    /// A stream that goes on at a position.
    ///
    /// - Throws: `CheckpointError`, ``DataError/noPictures(_:)``.
    package init(_ data: TrainingData, order: TrainingOrder, at position: StreamPosition) throws {
        self.data = data
        self.order = order
        begin(epoch: position.epoch)
        while self.position.drawn < position.drawn, self.position.epoch == position.epoch {
            _ = try next()
        }
    }

    private func begin(epoch: Int) {
        position.epoch = epoch
        position.drawn = 0
        random = SplitMix64(seed: order.seed, place: 0x7368_7566_666C_65, UInt64(epoch))
        let isShuffled = order.shuffleBuffer != nil
        switch data.content {
        case .records(let paths):
            records = RecordInterleave(
                isShuffled ? paths.shuffled(using: &random) : paths,
                width: isShuffled ? order.interleave : 1
            )
            files = []
        case .files(_, let all):
            files = (isShuffled ? all.shuffled(using: &random) : all)[...]
        }
    }

    /// The next picture and where it stands.
    ///
    /// - Throws: `CheckpointError`, ``DataError/noPictures(_:)``.
    package func next() throws -> (picture: PictureReference, position: StreamPosition) {
        while true {
            if let picture = try drawn() {
                defer { position.drawn += 1 }
                return (picture, position)
            }
            guard position.drawn > 0 else { throw DataError.emptyData(data.folder) }
            begin(epoch: position.epoch + 1)
        }
    }

    /// The next picture of this epoch; nil at its end.
    private func drawn() throws -> PictureReference? {
        // Files are shuffled as a whole already.
        guard let size = order.shuffleBuffer, case .records = data.content else {
            return try stored()
        }
        while buffer.count < max(size, 1), let picture = try stored() { buffer.append(picture) }
        guard !buffer.isEmpty else { return nil }
        buffer.swapAt(random.below(buffer.count), buffer.count - 1)
        return buffer.removeLast()
    }

    private func stored() throws -> PictureReference? {
        if let file = files.popFirst() { return .file(path: file.path, label: file.label) }
        return try records.next()
    }
}
