internal import Base
internal import Checkpoint
public import Engine
internal import Pictures
internal import Synchronization

/// Makes the corrupted pictures of a data set, as files.
///
///     <folder>/<corruption>/<severity>/<class>/<picture>
///
/// Files appear whole, and whole ones are kept: a run that was stopped goes on where it was. What a file holds depends on
/// the settings and on the picture and its name alone, not on threads or order.
public struct CorruptionBuilder: Sendable {
    /// The folder of the files.
    public let folder: String
    /// What is made.
    public let settings: CorruptionSettings
    /// How many pictures that cannot be decoded may be left out.
    public var skips = 0
    /// Asked before every file; true ends the building.
    public var isStopped: @Sendable () -> Bool = { false }
    /// Those who share the work; each of them builds.
    public var ranks: any Communicator = Alone()

    /// What was made.
    public struct Outcome: Sendable {
        /// Files that were written.
        public var written = 0
        /// Files that had been there.
        public var kept = 0
        /// Pictures that were left out, each with the reason.
        public var leftOut: [String] = []
        /// Whether it was stopped before all was done.
        public var isStopped = false
    }

    /// A file of more bytes is no picture.
    private static let mostBytes = 1 << 30

    /// A builder that writes into a folder.
    public init(folder: String, settings: CorruptionSettings) {
        self.folder = folder
        self.settings = settings
    }

    /// How many files there will be of a source.
    public func fileCount(of source: CorruptionSource) -> Int {
        source.pictures.count * settings.corruptions.count * settings.severities.count
    }

    /// Writes the files.
    ///
    /// - Parameters:
    ///   - source: The pictures.
    ///   - progress: Is told how many files are done, from several threads.
    /// - Returns: What was written.
    /// - Throws: ``DataError``, `CheckpointError`, `FrostError`.
    public func build(
        _ source: CorruptionSource,
        progress: @Sendable (Int) -> Void = { _ in }
    ) throws -> Outcome {
        try checkNames(source)
        if settings.corruptions.contains(.frost) {
            guard let frost = settings.frost else { throw FrostError.noPhotographs }
            let side = settings.framing.crop
            try frost.photographs.check(for: PictureSize(width: side, height: side))
        }
        // The first leaves what the files are made with, or finds that others are there.
        if ranks.isFirst { try CorruptionRecord.prepare(settings, path: path) }
        ranks.barrier()
        let own = stride(from: ranks.rank, to: source.pictures.count, by: ranks.count).map { $0 }
        let state = Mutex(State())
        let workers = Mutex<[Worker]>([])
        parallel(own.count) { turn in
            let index = own[turn]
            guard !state.withLock({ $0.isOver }) else { return }
            do {
                let worker = try workers.withLock { $0.popLast() } ?? Worker(settings)
                defer { workers.withLock { $0.append(worker) } }
                try make(source.pictures[index], index, worker, state, progress)
            } catch {
                state.withLock { $0.failure = $0.failure ?? error }
            }
        }
        let end = state.withLock { $0 }
        if let failure = end.failure { throw failure }
        let leftOut = end.leftOut.sorted { $0.index < $1.index }.map(\.line)
        return try Outcome(
            written: end.written,
            kept: end.kept,
            leftOut: leftOut,
            isStopped: end.isStopped
        ).gathered(over: ranks, skips: skips)
    }

    /// What one thread at a time works with.
    ///
    /// Unchecked, as a thread takes it out of the list of those that wait.
    private final class Worker: @unchecked Sendable {
        let decoder: PillowDecoder
        let corruptor: Corruptor

        init(_ settings: CorruptionSettings) throws(PictureError) {
            decoder = try PillowDecoder(settings.jpeg)
            corruptor = Corruptor(frost: settings.frost?.photographs, jpeg: settings.jpeg)
        }
    }

    private struct State: Sendable {
        var written = 0
        var kept = 0
        var leftOut: [(index: Int, line: String)] = []
        var isStopped = false
        var failure: (any Error)?

        var isOver: Bool { isStopped || failure != nil }
    }

    /// One file that is to be.
    private struct Target {
        let corruption: Corruption
        let severity: Int
        let path: BytePath
    }

    private func make(
        _ picture: CorruptionSource.Picture,
        _ index: Int,
        _ worker: Worker,
        _ state: borrowing Mutex<State>,
        _ progress: @Sendable (Int) -> Void
    ) throws {
        let all = targets(of: picture)
        let end = Self.end(of: settings.format(of: picture) ?? .png)
        let missing = all.filter { $0.path.end(end.count) != end }
        progress(
            state.withLock { state in
                state.kept += all.count - missing.count
                return state.kept + state.written
            }
        )
        guard !missing.isEmpty else { return }
        let square: Picture
        do {
            square = try self.square(picture, worker.decoder)
        } catch {
            state.withLock { $0.leftOut.append((index, "\(picture.path): \(error)")) }
            return
        }
        for target in missing {
            if isStopped() { state.withLock { $0.isStopped = true } }
            // Once too many are corrupt, the rest is only looked at, so that all can be named.
            guard !state.withLock({ $0.isOver || $0.leftOut.count > skips }) else { return }
            var corrupted = square
            var random = settings.random(
                for: picture,
                target.corruption,
                severity: target.severity
            )
            try worker.corruptor.corrupt(
                &corrupted,
                by: target.corruption,
                severity: target.severity,
                random: &random
            )
            try target.path.folder.makeFolder()
            try target.path.write(try encoded(corrupted, for: picture))
            progress(
                state.withLock { state in
                    state.written += 1
                    return state.kept + state.written
                }
            )
        }
    }

    private func square(
        _ picture: CorruptionSource.Picture,
        _ decoder: PillowDecoder
    ) throws(UnusablePicture) -> Picture {
        do {
            let bytes = try picture.path.contents(most: Self.mostBytes)
            return settings.framing.square(of: try unsafe decoder.decode(bytes.span.bytes))
        } catch CheckpointError.unreadable(_, let reason) {
            throw UnusablePicture(description: "cannot be read: \(SystemReason.reading(reason))")
        } catch {
            throw UnusablePicture(description: "\(error)")
        }
    }

    /// Why there is nothing to corrupt.
    private struct UnusablePicture: Error, CustomStringConvertible {
        let description: String
    }

    private func encoded(
        _ corrupted: Picture,
        for picture: CorruptionSource.Picture
    ) throws(PictureError) -> [UInt8] {
        guard settings.format(of: picture) == .jpeg else { return try corrupted.png() }
        return try corrupted.optimizedJPEG(
            quality: CorruptionSettings.quality,
            variant: settings.jpeg
        )
    }

    /// How whole files end: in JPEG's last marker, or PNG's last chunk.
    private static func end(of format: PictureFormat) -> [UInt8] {
        format == .jpeg ? [0xFF, 0xD9] : Array("IEND".utf8) + [0xAE, 0x42, 0x60, 0x82]
    }

    private func targets(of picture: CorruptionSource.Picture) -> [Target] {
        let name = settings.fileName(of: picture)
        return settings.corruptions.flatMap { corruption in
            settings.severities.map { severity in
                Target(
                    corruption: corruption,
                    severity: severity,
                    path: BytePath(path(corruption, severity)).appending(picture.className)
                        .appending(name)
                )
            }
        }
    }

    private func path(_ corruption: Corruption, _ severity: Int) -> String {
        "\(folder)/\(corruption.rawValue)/\(severity)"
    }

    /// Throws unless every picture becomes a file of its own, of a format that is written.
    private func checkNames(_ source: CorruptionSource) throws(DataError) {
        let unwritten = source.pictures.filter { settings.format(of: $0) == nil }
        guard unwritten.isEmpty else { throw .needsLossless(unwritten.map { "\($0.path)" }) }
        var taken: [ByteName: Set<ByteName>] = [:]
        let doubled = source.pictures.filter {
            !taken[$0.className, default: []].insert(settings.fileName(of: $0)).inserted
        }
        guard doubled.isEmpty else { throw .sameFileName(doubled.map { "\($0.path)" }) }
    }
}
