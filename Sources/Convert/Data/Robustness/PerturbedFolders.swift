internal import Checkpoint
public import Engine

/// Videos of perturbed pictures as folders of frames, as ImageNet-P is unpacked.
///
///     <folder>/[<group>/]<perturbation>/…/<video>/<frame>
///
/// A video is any folder with files in it; its frames come in the order of their names, in which digits are numbers. The
/// noise of a difficulty above 1 lies in `<perturbation>_<difficulty>`; other perturbations are the same at all.
public struct PerturbedFolders: Sendable {
    /// A video.
    struct Video: Sendable {
        let perturbation: Perturbation
        let folder: BytePath
        let frames: [ByteName]
    }

    /// The folder, as it was named.
    public let folder: String
    /// What was left out.
    public private(set) var remarks: [DataRemark] = []
    /// What tells these frames from others: SHA-256 of the names of all files.
    public private(set) var fingerprint = ""
    private(set) var videos: [Video] = []

    /// How many videos there are.
    public var videoCount: Int { videos.count }
    /// How many frames there are.
    public var frameCount: Int { videos.reduce(0) { $0 + $1.frames.count } }

    /// The perturbation and the number of frames of a video.
    public func video(_ index: Int) -> (perturbation: Perturbation, frames: Int, name: String) {
        let video = videos[index]
        return (video.perturbation, video.frames.count, "\(video.folder)")
    }

    /// Looks through folders.
    ///
    /// - Parameters:
    ///   - folder: The folder of the perturbations, or of groups of them.
    ///   - difficulty: How hard they are to be, from 1.
    ///   - limit: How many videos of each perturbation there are to be.
    /// - Throws: ``DataError``.
    public init(_ folder: String, difficulty: Int = 1, limit: Int = .max) throws(DataError) {
        self.folder = folder
        let places = try findPerturbations(difficulty)
        var fingerprint = Fingerprint()
        var films: [String] = []
        for perturbation in Perturbation.allCases {
            guard let place = places[perturbation] else { continue }
            fingerprint.add(perturbation.rawValue)
            var found: [Video] = []
            try take(place, perturbation, depth: 4, &found, &films)
            for video in found.prefix(limit) {
                fingerprint.add(Array(video.folder.bytes.dropFirst(place.bytes.count)))
                for frame in video.frames { fingerprint.add(frame.bytes) }
            }
            videos += found.prefix(limit)
        }
        guard films.isEmpty else { throw .films(films) }
        guard !videos.isEmpty else { throw .noPerturbations(folder) }
        self.fingerprint = fingerprint.text
    }

    private mutating func findPerturbations(
        _ difficulty: Int
    ) throws(DataError) -> [Perturbation: BytePath] {
        var wanted: [ByteName: Perturbation] = [:]
        for perturbation in Perturbation.allCases {
            let isHarder = perturbation.isNoise && difficulty > 1
            let name = isHarder ? "\(perturbation.rawValue)_\(difficulty)" : perturbation.rawValue
            wanted[ByteName(name)] = perturbation
        }
        var places: [Perturbation: BytePath] = [:]
        var others: [ByteName] = []
        func take(_ name: ByteName, in place: BytePath) throws(DataError) -> Bool {
            guard let perturbation = wanted[name] else { return false }
            let path = place.appending(name)
            if let other = places[perturbation] {
                throw .doubledCorruption("\(other)", "\(path)")
            }
            places[perturbation] = path
            return true
        }
        let root = BytePath(folder)
        for entry in try CorruptedFolders.entries(of: root) where entry.isFolder {
            if try take(entry.name, in: root) { continue }
            let group = root.appending(entry.name)
            var isGroup = false
            for inner in try CorruptedFolders.entries(of: group) where inner.isFolder {
                if try take(inner.name, in: group) { isGroup = true }
            }
            if !isGroup { others.append(entry.name) }
        }
        if !others.isEmpty, !places.isEmpty {
            let list = others.map(\.description).shortList()
            remarks.append(
                .note(
                    "\(folder): left out, as they are no perturbations of difficulty \(difficulty): "
                        + list
                )
            )
        }
        return places
    }

    /// Takes the videos of a folder, and of those in it.
    private mutating func take(
        _ place: BytePath,
        _ perturbation: Perturbation,
        depth: Int,
        _ found: inout [Video],
        _ films: inout [String]
    ) throws(DataError) {
        let entries = try CorruptedFolders.entries(of: place)
        let files = entries.filter { !$0.isFolder }.map(\.name)
        let isFilm = files.filter { ["mp4", "avi", "mkv", "webm"].contains($0.ending ?? "") }
        films += isFilm.map { "\(place.appending($0))" }
        if isFilm.isEmpty, !files.isEmpty {
            let keyed = files.map { (key: NaturalName($0), name: $0) }
            let frames = keyed.sorted { $0.key < $1.key }.map(\.name)
            found.append(Video(perturbation: perturbation, folder: place, frames: frames))
        }
        guard depth > 0 else { return }
        for entry in entries where entry.isFolder && !entry.isLink {
            let inner = place.appending(entry.name)
            try take(inner, perturbation, depth: depth - 1, &found, &films)
        }
    }
}

/// A name whose digits are numbers: `frame9` comes before `frame10`.
struct NaturalName: Comparable {
    private let bytes: [UInt8]
    private let parts: [[UInt8]]

    init(_ name: ByteName) {
        bytes = name.bytes
        func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
        var parts: [[UInt8]] = []
        var previous: Bool?
        for byte in bytes {
            if previous == isDigit(byte) {
                parts[parts.count - 1].append(byte)
            } else {
                parts.append([byte])
            }
            previous = isDigit(byte)
        }
        self.parts = parts.map { part in
            guard let first = part.first, isDigit(first) else { return part }
            let digits = Array(part.drop { $0 == 0x30 })
            // Numbers of more digits are larger, and stand where digits stand.
            return [0x30] + orderedBytes(digits.count) + digits
        }
    }

    static func < (left: NaturalName, right: NaturalName) -> Bool {
        for (one, other) in zip(left.parts, right.parts) where one != other {
            return one.lexicographicallyPrecedes(other)
        }
        if left.parts.count != right.parts.count { return left.parts.count < right.parts.count }
        return left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

/// A length as bytes that compare as it does.
private func orderedBytes(_ length: Int) -> [UInt8] {
    (0..<8).reversed().map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
}
