internal import Base
internal import Checkpoint
internal import Foundation
internal import Pictures
internal import Proto

/// Takes the pictures out of record files, into a folder for each class.
///
///     <folder>/<part>/<class>/<picture>     part: train or validation
///     <folder>/labels.txt                   the classes' names, the first that of the smallest label
///
/// A picture keeps the name that its record states; where there is none, or two of a class have the same, it is called after
/// the record's place.
public struct RecordExtraction {
    /// The folder that receives the pictures; it must not exist, or be empty.
    public let folder: String
    /// Names of the classes, by label; others are called by their numbers.
    public var classNames: [Int: String] = [:]
    /// Where records keep picture and label.
    public var keys = ExampleKeys()
    private let source: String

    /// What was taken out.
    public struct Outcome: Sendable {
        /// Pictures.
        public var count = 0
        /// The smallest label.
        public var labelOffset = 0
        /// Different labels.
        public var classes = 0
    }

    /// An extraction into a folder.
    ///
    /// - Parameters:
    ///   - folder: The folder; it must not exist, or be empty.
    ///   - source: The folder of the records, for messages.
    public init(folder: String, source: String) {
        self.source = source
        self.folder = folder
    }

    /// Writes the pictures of record files.
    ///
    /// - Parameters:
    ///   - files: The record files by part, such as `validation`.
    ///   - progress: Is told how many pictures are done.
    /// - Returns: What was taken out.
    /// - Throws: ``DataError``, `CheckpointError`, ``CorruptPicture``.
    public func run(
        _ files: [(part: String, paths: [String])],
        progress: (Int) -> Void = { _ in }
    ) throws -> Outcome {
        let present = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        guard present.isEmpty else {
            throw DataError.exists(present.sorted().map { "\(folder)/\($0)" })
        }
        let labels = try self.labels(files.flatMap(\.paths))
        guard let first = labels.min(), let last = labels.max() else {
            throw DataError.noRecords(path: source)
        }
        let folders = folderNames(first...last)
        var outcome = Outcome(labelOffset: first, classes: Set(labels).count)
        for (part, paths) in files {
            var records = PictureRecords(files: paths, keys: keys)
            var taken: Set<ByteName> = []
            // A class without pictures has a folder too, so that those behind it keep their places.
            for name in folders { try createFolder("\(folder)/\(part)/\(name)") }
            while let picture = try records.next() {
                let label = picture.label ?? 0
                let target = "\(folder)/\(part)/\(folders[label - first])"
                var path = "\(target)/\(Self.name(of: picture))"
                if !taken.insert(ByteName(path)).inserted {
                    path = "\(target)/\(Self.placeName(of: picture))"
                    taken.insert(ByteName(path))
                }
                try picture.bytes.withBytes { bytes in
                    let content = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
                    try AtomicFile.write(content, to: path)
                }
                outcome.count += 1
                progress(outcome.count)
            }
        }
        try AtomicFile.write(
            try ClassNames.file(folders),
            to: "\(folder)/\(ClassNames.fileName)"
        )
        return outcome
    }

    /// The labels of all pictures.
    private func labels(_ paths: [String]) throws -> Set<Int> {
        var records = PictureRecords(files: paths, keys: keys)
        var labels: Set<Int> = []
        while let picture = try records.next() {
            guard let label = picture.label, label >= 0, label < 1 << 20 else {
                throw CorruptPicture(
                    origin: picture.origin,
                    reason: "label \(picture.label ?? -1) is no class"
                )
            }
            labels.insert(label)
        }
        return labels
    }

    /// The folders of classes in order, each with a name of its own; a name that would lead elsewhere is not taken.
    private func folderNames(_ labels: ClosedRange<Int>) -> [String] {
        let width = String(labels.upperBound).count
        let numbers = labels.map { label in
            let digits = String(label)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let names = zip(labels, numbers).map { label, number in
            classNames[label].flatMap { Self.isPlain($0) ? $0 : nil } ?? number
        }
        let counts = Dictionary(grouping: names) { ByteName($0) }.mapValues(\.count)
        var taken = Set(names.map { ByteName($0) }.filter { counts[$0] == 1 })
        return zip(names, numbers).map { name, number in
            guard counts[ByteName(name), default: 1] > 1 else { return name }
            // Of several classes of one name each has its number behind it.
            var own = "\(name)-\(number)"
            while !taken.insert(ByteName(own)).inserted { own += "-\(number)" }
            return own
        }
    }

    /// The name of a picture's file: what its record states, without folders, if that can be a name.
    private static func name(of picture: LabelledPicture) -> String {
        guard let name = picture.name?.lastComponent.text, isPlain(name) else {
            return placeName(of: picture)
        }
        return name
    }

    private static func placeName(of picture: LabelledPicture) -> String {
        let file = ByteName(picture.origin.file).lastComponent
        let ending = picture.bytes.withBytes { bytes in
            (try? PictureFormat(sniffing: bytes)).map { $0 == .jpeg ? "jpg" : $0.rawValue } ?? "bin"
        }
        return "\(file)-\(RecordShards.padded(picture.origin.record ?? 0)).\(ending)"
    }

    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix(".") && !name.contains("/") && name.utf8.count <= 200
            && !name.utf8.contains { $0 < 0x20 }
    }

    private func createFolder(_ path: String) throws(DataError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true
            )
        } catch {
            throw .unwritable(path: path, reason: SystemReason.sentence(of: error))
        }
    }
}
