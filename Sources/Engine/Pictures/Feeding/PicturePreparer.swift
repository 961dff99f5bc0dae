public import Base
internal import Synchronization

/// Decodes and resizes the pictures of a batch side by side, straight into the network's input.
///
/// Runs on the threads that the network runs on, in turn with it: while pictures are prepared every core prepares, while
/// the network computes every core computes, and there are never more threads at work than cores.
public final class PicturePreparer {
    /// What is done to each picture.
    public let preprocessing: Preprocessing
    /// How pictures are changed at random; nil for evaluation.
    public let distortion: PictureDistortion?
    private let layout: PixelLayout
    private let idle = Mutex<[Idle]>([])

    /// A decoder that nobody uses.
    private struct Idle: @unchecked Sendable {  // one thread at a time: it is taken out to be used
        let decoder: PictureDecoder
    }

    /// A preparer of pictures in a layout, for evaluation, or for training if they are to be distorted.
    public init(
        _ preprocessing: Preprocessing,
        layout: PixelLayout,
        distortion: PictureDistortion? = nil
    ) {
        self.preprocessing = preprocessing
        self.distortion = distortion
        self.layout = layout
    }

    /// Floats of one prepared picture.
    public var pictureCount: Int { preprocessing.imageSize * preprocessing.imageSize * 3 }

    /// Prepares pictures into consecutive places, and tells which could not be.
    ///
    /// - Parameters:
    ///   - pictures: The bytes of picture files.
    ///   - random: What decides how each picture is distorted; as many as there are pictures, if they are.
    ///   - target: Room for as many prepared pictures.
    /// - Returns: for each picture nil, or what is wrong with it; its place is undefined then.
    public func prepare(
        _ pictures: [OwnedBytes],
        random: [SplitMix64] = [],
        into target: UnsafeMutableBufferPointer<Float>
    ) -> [PictureError?] {
        let count = pictureCount
        precondition(
            target.count >= pictures.count * count,
            "no room for \(pictures.count) pictures"
        )
        precondition(
            distortion == nil || random.count == pictures.count,
            "\(random.count) sources of random numbers for \(pictures.count) pictures"
        )
        let failures = Mutex([PictureError?](repeating: nil, count: pictures.count))
        parallel(pictures.count) { index in
            do {
                let taken = try idle.withLock { $0.popLast() } ?? Idle(decoder: PictureDecoder())
                defer { idle.withLock { $0.append(taken) } }
                var place = unsafe UnsafeMutableBufferPointer(
                    rebasing: target[(index * count)..<((index + 1) * count)]
                ).mutableSpan
                try pictures[index].withBytes { bytes throws(PictureError) in
                    if let distortion {
                        return try taken.decoder.prepare(
                            bytes,
                            as: preprocessing,
                            distortion: distortion,
                            random: random[index],
                            layout: layout,
                            into: &place
                        )
                    }
                    _ = try taken.decoder.prepare(
                        bytes,
                        as: preprocessing,
                        layout: layout,
                        into: &place
                    )
                }
            } catch let error as PictureError {
                failures.withLock { $0[index] = error }
            } catch {
                preconditionFailure("decoders throw picture errors only")
            }
        }
        return failures.withLock { $0 }
    }
}
