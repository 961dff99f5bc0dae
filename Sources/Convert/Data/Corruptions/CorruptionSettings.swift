public import Base
internal import Checkpoint
internal import Foundation
public import Pictures

/// What decides the bytes of corrupted pictures, besides the pictures themselves.
public struct CorruptionSettings: Sendable {
    /// The corruptions, in order.
    public var corruptions = Corruption.allCases
    /// The severities, in order.
    public var severities = Array(Corruption.severities)
    /// How a square is cut out of a picture.
    public var framing = PillowFraming(resize: 256, crop: 224)
    /// The seed of the random numbers.
    public var seed: UInt32 = 0
    /// Whether every picture starts from the seed itself, and not from a seed made of it and the picture's name.
    public var isReseeding = false
    /// Whether all files become PNGs.
    public var isLossless = false
    /// Whose arithmetic JPEGs have.
    public var jpeg = JPEGVariant.turbo
    /// Whether pictures go into files of records.
    public var isRecords = false
    /// The frost, which one of the corruptions needs.
    public var frost: FrostSource?

    /// The quality of JPEG files, as published.
    static let quality = 85

    /// The published settings.
    public init() {}

    /// What decides the pixels, as names and values.
    public var facts: [(name: String, value: String)] {
        [
            ("resize", "\(framing.resize)"), ("seed", "\(seed)"), ("jpeg", jpeg.rawValue),
            ("frost", frost?.identity ?? "none"), ("lossless", "\(isLossless)"),
            ("reseeds_per_picture", "\(isReseeding)"),
        ]
    }

    /// The numbers for a picture.
    ///
    /// They depend on nothing but the settings, the corruption and the picture's name, so that neither threads nor order matter.
    func random(
        for picture: CorruptionSource.Picture,
        _ corruption: Corruption,
        severity: Int
    ) -> NumPyRandom {
        random(forClass: picture.className, name: picture.name, corruption, severity: severity)
    }

    /// The numbers for a picture of a class and name.
    func random(
        forClass className: ByteName,
        name: ByteName,
        _ corruption: Corruption,
        severity: Int
    ) -> NumPyRandom {
        if isReseeding { return NumPyRandom(seed: seed) }
        let slash = [UInt8(ascii: "/")]
        let text =
            Array("\(seed)/\(corruption.rawValue)/\(severity)/".utf8) + className.bytes
            + slash + name.bytes
        var digest = SHA256()
        unsafe digest.update(text.span.bytes)
        let word = digest.finish().prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return NumPyRandom(seed: word)
    }

    /// The format of a picture's files; nil where its ending names one that is not written.
    func format(of picture: CorruptionSource.Picture) -> PictureFormat? {
        format(ofName: picture.name)
    }

    func format(ofName name: ByteName) -> PictureFormat? {
        if isLossless { return .png }
        switch name.ending {
        case "jpg", "jpeg": return .jpeg
        case "png": return .png
        default: return nil
        }
    }

    /// The name of a picture's files.
    func fileName(of picture: CorruptionSource.Picture) -> ByteName {
        let isRenamed = isLossless && picture.name.ending != "png"
        return isRenamed ? picture.name.ending(in: "png") : picture.name
    }
}

/// Which settings the pictures of a corruption and severity were made with; lies beside their class folders.
///
///     pixels: 224 of 256
///     files: JPEG of quality 85
///     …
struct CorruptionRecord: Equatable {
    /// The file's name, which begins with a dot so that nobody takes it for a class.
    static let fileName = ".corruption"

    private static let mostBytes = 1 << 12

    let lines: [String]

    init(_ settings: CorruptionSettings, _ corruption: Corruption) {
        var lines = [
            "pixels: \(settings.framing.crop) of \(settings.framing.resize)",
            "files: "
                + (settings.isLossless ? "PNG" : "JPEG of quality \(CorruptionSettings.quality)")
                + (settings.isRecords ? ", in records" : ""),
            "JPEG: \(settings.jpeg.rawValue)",
        ]
        if corruption.isRandom {
            let way = settings.isReseeding ? "for every picture" : "and the picture's name"
            lines.append("seed: \(settings.seed) \(way)")
        }
        if corruption == .frost { lines.append("frost: \(settings.frost?.identity ?? "none")") }
        self.lines = lines
    }

    /// What a folder says; nil where it says nothing.
    init?(folder: String) {
        let path = BytePath(folder).appending(ByteName(Self.fileName))
        guard let bytes = try? path.contents(most: Self.mostBytes) else { return nil }
        lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Writes the file, unsynced as the pictures are: a disk's answer to each of many would be waited for.
    func write(folder: String) throws(CheckpointError) {
        let text = lines.map { $0 + "\n" }.joined()
        try BytePath(folder).appending(ByteName(Self.fileName)).write(Array(text.utf8))
    }

    /// Makes the folders of parts and says in each how its pictures are made, unless one says otherwise.
    static func prepare(
        _ settings: CorruptionSettings,
        path: (Corruption, Int) -> String
    ) throws {
        let pairs = settings.corruptions.flatMap { corruption in
            settings.severities.map { (corruption, path(corruption, $0)) }
        }
        let contradictions = pairs.compactMap { corruption, path in
            CorruptionRecord(settings, corruption).contradiction(with: path)
        }
        guard contradictions.isEmpty else { throw DataError.otherCorruptions(contradictions) }
        for (corruption, path) in pairs where CorruptionRecord(folder: path) == nil {
            do {
                try FileManager.default.createDirectory(
                    atPath: path,
                    withIntermediateDirectories: true
                )
            } catch {
                throw DataError.unwritable(path: path, reason: SystemReason.sentence(of: error))
            }
            try CorruptionRecord(settings, corruption).write(folder: path)
        }
    }

    /// Why pictures of these settings cannot come into a folder; nil where they can.
    func contradiction(with folder: String) -> String? {
        if let found = CorruptionRecord(folder: folder) {
            let differing = found.lines.filter { !lines.contains($0) }
            if found == self { return nil }
            let shown = differing.isEmpty ? "other settings" : differing.joined(separator: ", ")
            return "\(folder): made with \(shown)"
        }
        let isThere = !((try? BytePath(folder).entries()) ?? []).isEmpty
        return isThere ? "\(folder): does not say how it was made" : nil
    }
}
