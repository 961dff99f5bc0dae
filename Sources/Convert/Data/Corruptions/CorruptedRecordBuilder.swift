internal import Base
internal import Checkpoint
public import Engine
internal import Pictures
internal import Proto
internal import Synchronization

/// Makes the corrupted pictures of a data set, as TFRecord files.
///
///     <folder>/<corruption>/<severity>/validation-00000-of-00049
///     <folder>/labels.txt
///
/// Each file holds a contiguous part of the pictures, class by class in the order of the names' bytes; the pictures' bytes
/// are those that ``CorruptionBuilder`` writes. Files appear whole, and those that are there are kept.
public struct CorruptedRecordBuilder: Sendable {
    /// The folder of the files.
    public let folder: String
    /// What is made.
    public let settings: CorruptionSettings
    /// How many files the pictures of a corruption and severity are divided over; nil for about a thousand pictures in each.
    public var shards: Int?
    /// The label of the first class.
    public var labelOffset = 1
    /// How many pictures that cannot be decoded may be left out.
    public var skips = 0
    /// Asked before every few pictures; true ends the building.
    public var isStopped: @Sendable () -> Bool = { false }
    /// Those who share the work; each of them builds.
    public var ranks: any Communicator = Alone()

    /// How many pictures are in memory under all corruptions at once, for each thread.
    private static let picturesAtOnce = 4
    private static let picturesInFile = 1000

    /// A builder that writes into a folder.
    public init(folder: String, settings: CorruptionSettings) {
        self.folder = folder
        var settings = settings
        settings.isRecords = true
        self.settings = settings
    }

    /// Writes the files.
    ///
    /// - Parameters:
    ///   - source: The pictures.
    ///   - progress: Is told how many corrupted pictures are done.
    /// - Returns: What was written, in pictures.
    /// - Throws: ``DataError``, `CheckpointError`, `FrostError`.
    public func build(
        _ source: CorruptionSource,
        progress: (Int) -> Void = { _ in }
    ) throws -> CorruptionBuilder.Outcome {
        let clean = try CleanPictures(source, names: nil, labelOffset: labelOffset, settings)
        if settings.corruptions.contains(.frost) {
            guard let frost = settings.frost else { throw FrostError.noPhotographs }
            let side = settings.framing.crop
            try frost.photographs.check(for: PictureSize(width: side, height: side))
        }
        let count = source.pictures.count
        let files = shards ?? (count + Self.picturesInFile - 1) / Self.picturesInFile
        let division = RecordShards("validation", pictures: count, count: files, groups: 1)
        if ranks.isFirst {
            try CorruptionRecord.prepare(settings) { "\(folder)/\($0.rawValue)/\($1)" }
            try checkDivision(division)
            try AtomicFile.write(
                ClassNames.file(source.classNames),
                to: "\(folder)/\(ClassNames.fileName)"
            )
        }
        ranks.barrier()
        let pool = try CorruptorPool(settings)
        var reader = clean.reader()
        var outcome = CorruptionBuilder.Outcome()
        for shard in 0..<files {
            let range = division.pictures(of: shard)
            guard shard % ranks.count == ranks.rank else {
                for _ in range { _ = try reader.skip() }
                continue
            }
            let targets = parts.filter { !BytePath(path($0, division, shard)).isFile }
            outcome.kept += (parts.count - targets.count) * range.count
            guard !targets.isEmpty else {
                for _ in range { _ = try reader.skip() }
                progress(outcome.kept + outcome.written)
                continue
            }
            let writers = try targets.map { try RecordWriter(path: path($0, division, shard)) }
            var left = range.count
            while left > 0 {
                guard !isStopped() else {
                    outcome.isStopped = true
                    return try outcome.gathered(over: ranks, skips: skips)
                }
                let taken = min(left, Self.picturesAtOnce * ThreadCount.current)
                left -= taken
                let squares = try read(taken, &reader, pool, &outcome)
                guard outcome.leftOut.count <= skips else { continue }
                try write(squares, targets, writers, pool)
                outcome.written += squares.count * targets.count
                progress(outcome.kept + outcome.written)
            }
            guard outcome.leftOut.count <= skips else { continue }
            for writer in writers { try writer.finish() }
        }
        return try outcome.gathered(over: ranks, skips: skips)
    }

    private typealias Part = (corruption: Corruption, severity: Int)

    private var parts: [Part] {
        settings.corruptions.flatMap { corruption in
            settings.severities.map { (corruption, $0) }
        }
    }

    private func path(_ part: Part, _ division: RecordShards, _ shard: Int) -> String {
        "\(folder)/\(part.corruption.rawValue)/\(part.severity)/\(division.fileName(shard))"
    }

    /// Throws where files of another division are there, among which these would be doubled.
    private func checkDivision(_ division: RecordShards) throws {
        for part in parts {
            let place = BytePath("\(folder)/\(part.corruption.rawValue)/\(part.severity)")
            let end = Array("-of-\(RecordShards.padded(division.count))".utf8)
            let other = try place.entries().first { entry in
                entry.name.bytes.starts(with: Array("validation-".utf8))
                    && Array(entry.name.bytes.suffix(end.count)) != end
            }
            guard let other else { continue }
            throw DataError.otherCorruptions([
                "\(place): holds \(other.name), of another number of files"
            ])
        }
    }

    /// The next pictures, decoded side by side; what cannot be decoded is left out.
    private func read(
        _ count: Int,
        _ reader: inout CleanPictures.Reader,
        _ pool: CorruptorPool,
        _ outcome: inout CorruptionBuilder.Outcome
    ) throws -> [(square: Picture, item: CleanPictures.Item)] {
        var items: [CleanPictures.Item] = []
        for _ in 0..<count {
            do {
                if let item = try reader.next(settings) { items.append(item) }
            } catch let corrupt as CorruptPicture {
                outcome.leftOut.append("\(corrupt)")
            }
        }
        let all = items
        let squares = Mutex([Result<Picture, any Error>?](repeating: nil, count: all.count))
        parallel(all.count) { index in
            let square = Result { try pool.square(of: all[index].bytes) }
            squares.withLock { $0[index] = square }
        }
        var decoded: [(Picture, CleanPictures.Item)] = []
        for (item, square) in zip(all, squares.withLock { $0 }) {
            do {
                if let square = try square?.get() { decoded.append((square, item)) }
            } catch {
                outcome.leftOut.append("\(item.origin): \(error)")
            }
        }
        return decoded
    }

    /// Makes all corruptions of pictures side by side, and writes them in their order.
    private func write(
        _ squares: [(square: Picture, item: CleanPictures.Item)],
        _ targets: [Part],
        _ writers: [RecordWriter],
        _ pool: CorruptorPool
    ) throws {
        let total = squares.count * targets.count
        let made = Mutex([Result<[UInt8], any Error>?](repeating: nil, count: total))
        parallel(total) { job in
            let (picture, part) = job.quotientAndRemainder(dividingBy: targets.count)
            let (square, item) = squares[picture]
            let record = Result {
                Self.example(
                    try pool.file(
                        of: square,
                        item,
                        targets[part].corruption,
                        severity: targets[part].severity,
                        isKept: true
                    ),
                    item,
                    square.size
                )
            }
            made.withLock { $0[job] = record }
        }
        for (job, record) in made.withLock({ $0 }).enumerated() {
            guard let record = try record?.get() else { continue }
            try unsafe writers[job % targets.count].write(record.span.bytes)
        }
    }

    private static func example(
        _ bytes: [UInt8],
        _ item: CleanPictures.Item,
        _ size: PictureSize
    ) -> [UInt8] {
        var example = Example()
        example["image/height"] = .integers([Int64(size.height)])
        example["image/width"] = .integers([Int64(size.width)])
        example["image/format"] = .bytes([Array((item.format == .jpeg ? "jpg" : "png").utf8)])
        example["image/class/synset"] = .bytes([item.className.bytes])
        example[ExampleKey.label] = .integers([Int64(item.label)])
        example[ExampleKey.filename] = .bytes([item.name.bytes])
        example[ExampleKey.encoded] = .bytes([bytes])
        return example.serialized
    }
}
