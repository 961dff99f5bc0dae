import Base
import Data
import Foundation
import Pictures

/// Pictures that are corrupted, without any file: those of `--pixels`, 224x224x3 bytes each.
final class CorruptionWorker: Work {
    private static let size = PictureSize(width: 224, height: 224)

    private let pictures: [Picture]
    private let corruption: Corruption
    private let severity: Int
    private let corruptor: Corruptor
    private var last: Picture

    init(_ options: WorkerOptions) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: try options.text("pixels"))))
        let count = 3 * Self.size.width * Self.size.height
        guard !bytes.isEmpty, bytes.count.isMultiple(of: count) else {
            throw WorkerOptions.Mistake(text: "--pixels is not a multiple of \(count) bytes")
        }
        pictures = stride(from: 0, to: bytes.count, by: count).map { start in
            Picture(size: Self.size, pixels: Array(bytes[start..<start + count]))
        }
        last = pictures[0]
        corruption = try options.choice("corruption")
        severity = try options.count("severity", default: 3)
        let frost = FrostSource(proceduralFor: Self.size.width)
        corruptor = Corruptor(frost: frost.photographs)
        ThreadCount.set(1)
        try run()
    }

    var facts: [String: Double] { ["pictures": Double(pictures.count)] }

    func run() throws {
        for picture in pictures {
            var corrupted = picture
            var random = NumPyRandom(seed: 1)
            try corruptor.corrupt(
                &corrupted,
                by: corruption,
                severity: severity,
                random: &random
            )
            last = corrupted
        }
    }

    var result: [Float] { last.pixels.map { Float($0) } }
}
