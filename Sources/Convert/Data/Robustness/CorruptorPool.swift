internal import Base
internal import Pictures
internal import Synchronization

/// What threads corrupt with, each taking out what nobody uses.
final class CorruptorPool: Sendable {
    /// Unchecked, as one thread at a time has it.
    private final class Worker: @unchecked Sendable {
        let corruptor: Corruptor
        let decoder: PillowDecoder

        init(_ settings: CorruptionSettings) throws(PictureError) {
            corruptor = Corruptor(frost: settings.frost?.photographs, jpeg: settings.jpeg)
            decoder = try PillowDecoder(settings.jpeg)
        }
    }

    private let settings: CorruptionSettings
    private let idle: Mutex<[Worker]>

    init(_ settings: CorruptionSettings) throws(PictureError) {
        self.settings = settings
        idle = Mutex([try Worker(settings)])
    }

    /// The square that is cut out of a picture file.
    func square(of bytes: OwnedBytes) throws -> Picture {
        let worker = try idle.withLock { $0.popLast() } ?? Worker(settings)
        defer { idle.withLock { $0.append(worker) } }
        return settings.framing.square(of: try bytes.withBytes { try worker.decoder.decode($0) })
    }

    /// The bytes of a file of a corrupted picture.
    ///
    /// They are small where they are kept; what is only decoded again takes less time to make, and has the same pixels.
    func file(
        of square: Picture,
        _ item: CleanPictures.Item,
        _ corruption: Corruption,
        severity: Int,
        isKept: Bool
    ) throws -> [UInt8] {
        let worker = try idle.withLock { $0.popLast() } ?? Worker(settings)
        defer { idle.withLock { $0.append(worker) } }
        var random = settings.random(
            forClass: item.className,
            name: item.name,
            corruption,
            severity: severity
        )
        var picture = square
        try worker.corruptor.corrupt(&picture, by: corruption, severity: severity, random: &random)
        return item.format == .jpeg
            ? try picture.optimizedJPEG(
                quality: CorruptionSettings.quality,
                variant: settings.jpeg,
                isSmall: isKept
            ) : try picture.png(isSmall: isKept)
    }
}
