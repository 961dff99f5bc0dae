import Base
import Convert
import Data
import Engine
import Foundation
import Networks
import Pictures

/// The error under a corruption, of pictures that are made in memory or, with `--files`, of files that were made before.
final class RobustnessWorker: Work {
    private let evaluator: Evaluator
    private let made: MadeCorruptions
    private let files: [String]?
    private let count: Int
    private(set) var result: [Float] = []

    init(_ options: WorkerOptions) throws {
        let network = try NetworkWorker(options)
        let model: PublishedModel = try options.choice("network")
        let side = try Preprocessing(name: model.preprocessing).imageSize
        evaluator = Evaluator(
            network.executor,
            classes: model.configuration.classes,
            preprocessing: try Preprocessing(name: model.preprocessing).unresized
        )
        let folder = try options.text("records")
        var settings = CorruptionSettings()
        settings.framing = PillowFraming(resize: side * 8 / 7, crop: side)
        settings.frost = FrostSource(proceduralFor: side)
        count = try options.count("limit", default: 32)
        let corruption: Corruption = try options.choice("corruption")
        let severity = try options.count("severity", default: 3)
        made = try MadeCorruptions(
            CleanPictures(
                records: PictureRecords.files(in: folder, matching: "validation-*"),
                names: nil,
                namesOffset: 0,
                labelOffset: 0
            ),
            settings,
            parts: [.corrupted(corruption, severity: severity)],
            limit: count
        )
        files = options.has("files") ? try Self.write(made, to: try options.text("scratch")) : nil
    }

    /// Writes the corrupted pictures to files, as a run before would have.
    private static func write(_ pictures: MadeCorruptions, to folder: String) throws -> [String] {
        var source = pictures
        var files: [String] = []
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        while let picture = try source.next() {
            guard let bytes = try picture.making?() else { continue }
            let path = "\(folder)/\(files.count).jpg"
            let data = bytes.withBytes { bytes in
                unsafe bytes.withUnsafeBytes { unsafe Data($0) }
            }
            try data.write(to: URL(filePath: path))
            files.append(path)
        }
        return files
    }

    var facts: [String: Double] { ["pictures": Double(count)] }

    func run() throws {
        result.removeAll(keepingCapacity: true)
        if let files {
            try count(PictureFiles(paths: files))
        } else {
            try count(made.limited(to: count))
        }
    }

    private func count(_ pictures: some PictureSource) throws {
        var source = pictures
        try unsafe evaluator.run(&source) { batch in
            result += batch.logits
            return true
        }
    }
}
