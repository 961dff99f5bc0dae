internal import Base
public import Checkpoint
public import Engine
internal import Foundation
internal import Pictures
internal import Synchronization

/// Writes the pictures of a data set into TFRecord files, several files at a time.
///
/// The files depend on the listing and the settings alone, not on the number of threads. They get their names together,
/// when all are whole.
public struct RecordBuilder: Sendable {
    /// The folder of the files.
    public var folder: String
    /// How many files to train on.
    public var trainingShards: Int
    /// How many files to validate with.
    public var validationShards: Int
    /// Over how many groups of files the pictures are divided first; see ``PictureLayout/threads``.
    public var groups = 8
    /// A teacher's logits that are put in.
    public var logits: PictureLogits?
    /// Asked before every picture; true ends the building, and nothing is left behind.
    public var isStopped: @Sendable () -> Bool = { false }
    /// Whether pictures are cut to their boxes.
    public var cutsToBoxes = false
    /// How the files are compressed.
    public var compression = RecordCompression.none
    /// How many pictures that cannot be decoded may be left out.
    public var skips = 0
    /// Whether files that are there are replaced.
    public var isReplacing = false
    /// Those who share the files; each of them builds.
    public var ranks: any Communicator = Alone()
    /// The file with the classes' names, a line each.
    public static let labelFile = ClassNames.fileName

    /// What was written.
    public struct Outcome: Sendable {
        /// Pictures in the files to train on.
        public var training = 0
        /// Pictures in the files to validate with.
        public var validation = 0
        /// Pictures that were left out, each with the reason.
        public var leftOut: [String] = []
    }

    /// A builder that writes into a folder.
    public init(folder: String, trainingShards: Int, validationShards: Int) {
        self.folder = folder
        self.trainingShards = trainingShards
        self.validationShards = validationShards
    }

    /// Writes the files.
    ///
    /// - Parameters:
    ///   - listing: The pictures.
    ///   - progress: Is told how many pictures are done, from several threads.
    /// - Returns: What was written.
    /// - Throws: ``DataError``, `CheckpointError`; `CancellationError` where ``isStopped`` said so.
    public func build(
        _ listing: PictureListing,
        progress: @Sendable (Int) -> Void = { _ in }
    ) throws -> Outcome {
        let parts = [
            Part("train", listing.training, trainingShards, groups),
            Part("validation", listing.validation, validationShards, groups),
        ].filter { !$0.pictures.isEmpty }
        guard !parts.isEmpty else { throw DataError.noRecords(path: folder) }
        if cutsToBoxes {
            let lacking = parts.flatMap(\.pictures).filter { $0.cut == nil }.map(\.path)
            guard lacking.isEmpty else { throw DataError.noBoxes(lacking) }
        }
        try logits?.check(parts.flatMap(\.pictures))
        let stale = try staleFiles(parts)
        try createFolder()

        // Each archive is opened once.
        let archives = try Dictionary(
            uniqueKeysWithValues: Set(parts.flatMap(\.pictures).compactMap { $0.place?.archive })
                .map { ($0, try open($0)) }
        )
        let all = parts.flatMap { part in (0..<part.shards.count).map { (part, $0) } }
        let jobs = stride(from: ranks.rank, to: all.count, by: ranks.count).map { all[$0] }
        let state = Mutex(State(count: jobs.count))
        parallel(jobs.count) { index in
            guard state.withLock({ $0.failure == nil }) else { return }
            let (part, shard) = jobs[index]
            do {
                let written = try write(part, shard, archives, state, progress)
                state.withLock { $0.writers[index] = written }
            } catch {
                state.withLock { $0.failure = $0.failure ?? error }
            }
        }
        return try finish(state.withLock { $0 }, jobs, listing, removing: stale)
    }

    /// One part of the data set.
    private struct Part {
        let pictures: [ListedPicture]
        let shards: RecordShards

        init(_ name: String, _ pictures: [ListedPicture], _ count: Int, _ groups: Int) {
            self.pictures = pictures
            shards = RecordShards(name, pictures: pictures.count, count: count, groups: groups)
        }
    }

    /// A file that is whole but has no name yet.
    ///
    /// Unchecked, as one thread at a time has it: one makes it, and another names it afterwards.
    private struct Unnamed: @unchecked Sendable {
        let writer: RecordWriter
    }

    private struct State: Sendable {
        var writers: [Unnamed?]
        var leftOut: [(job: Int, line: String)] = []
        var done = 0
        var failure: (any Error)?

        init(count: Int) { writers = Array(repeating: nil, count: count) }
    }

    private func write(
        _ part: Part,
        _ shard: Int,
        _ archives: [String: MappedFile],
        _ state: borrowing Mutex<State>,
        _ progress: @Sendable (Int) -> Void
    ) throws -> Unnamed {
        let writer = try RecordWriter(
            path: "\(folder)/\(part.shards.fileName(shard))",
            compression: compression
        )
        let decoder = try PictureDecoder()
        for index in part.shards.pictures(of: shard) {
            let picture = part.pictures[index]
            guard !isStopped() else { throw CancellationError() }
            do {
                let record = try record(of: picture, archives, decoder)
                try unsafe writer.write(record.span.bytes)
            } catch let error as PictureError {
                state.withLock { $0.leftOut.append((index, "\(picture.path): \(error)")) }
            }
            let done = state.withLock { state in
                state.done += 1
                return state.done
            }
            progress(done)
        }
        try writer.close()
        return Unnamed(writer: writer)
    }

    private func record(
        of picture: ListedPicture,
        _ archives: [String: MappedFile],
        _ decoder: PictureDecoder
    ) throws -> [UInt8] {
        let archive = picture.place.flatMap { archives[$0.archive] }
        let file = try archive ?? open(picture.path)
        let range = picture.place?.range ?? 0..<file.count
        guard range.upperBound <= file.count else {
            throw DataError.unreadable(path: picture.path)
        }
        let cut = cutsToBoxes ? picture.cut : nil
        var stored: Result<StoredPicture, PictureError> = .failure(.empty)
        try file.withBytes { bytes in
            stored = Result { () throws(PictureError) in
                try StoredPicture(
                    bytes.extracting(range),
                    name: picture.name,
                    cut: cut,
                    decoder
                )
            }
        }
        return RecordExample.serialized(
            picture,
            try stored.get(),
            logits: try logits?.logits(of: picture)
        )
    }

    private func open(_ path: String) throws(DataError) -> MappedFile {
        do throws(CheckpointError) {
            return try MappedFile(path: path)
        } catch {
            throw FileManager.default.fileExists(atPath: path)
                ? .unreadable(path: path) : .missing(path: path)
        }
    }

    private func finish(
        _ state: State,
        _ jobs: [(part: Part, shard: Int)],
        _ listing: PictureListing,
        removing stale: [String]
    ) throws -> Outcome {
        // Where one is stopped, none gives its files their names.
        if ranks.count > 1, isAnyStopped(state.failure) { throw CancellationError() }
        if let failure = state.failure { throw failure }
        let leftOut = ranks.gatherLines(state.leftOut.map(\.line)).sorted()
        guard leftOut.count <= skips else { throw DataError.corrupt(leftOut) }
        var outcome = Outcome(leftOut: leftOut)
        for (job, unnamed) in zip(jobs, state.writers) {
            guard let writer = unnamed?.writer else { continue }
            try writer.finish()
            if job.part.shards.name == "train" {
                outcome.training += writer.count
            } else {
                outcome.validation += writer.count
            }
        }
        (outcome.training, outcome.validation) = ranks.sums(outcome.training, outcome.validation)
        guard ranks.isFirst else { return outcome }
        for path in stale { try? FileManager.default.removeItem(atPath: path) }
        if !listing.classNames.isEmpty {
            try AtomicFile.write(
                try ClassNames.file(listing.classNames),
                to: "\(folder)/\(Self.labelFile)"
            )
        }
        return outcome
    }

    /// Whether any rank was stopped; one that has failed says so itself, which ends all.
    private func isAnyStopped(_ failure: (any Error)?) -> Bool {
        if let failure, !(failure is CancellationError) { return false }
        return ranks.gatherEverywhere([failure == nil ? 0 : 1]).contains([1])
    }

    /// Files of other numbers that would be taken for part of the set; they go when the new ones are whole.
    private func staleFiles(_ parts: [Part]) throws(DataError) -> [String] {
        let found = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let records = found.filter { name in
            ["train-", "validation-"].contains { name.hasPrefix($0) } && name.contains("-of-")
        }
        let inTheWay = (records + found.filter { $0 == Self.labelFile }).sorted()
        guard isReplacing || inTheWay.isEmpty else {
            throw .exists(inTheWay.map { "\(folder)/\($0)" })
        }
        let new = Set(parts.flatMap { part in (0..<part.shards.count).map(part.shards.fileName) })
        return records.filter { !new.contains($0) }.map { "\(folder)/\($0)" }
    }

    private func createFolder() throws(DataError) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true
            )
        } catch {
            throw .unwritable(path: folder, reason: SystemReason.sentence(of: error))
        }
    }
}
