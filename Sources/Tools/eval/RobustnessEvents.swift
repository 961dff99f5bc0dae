import Checkpoint
import Engine
import Foundation
import ToolSupport

/// The event file that the published evaluation of robustness leaves in the checkpoint's folder.
struct RobustnessEvents {
    private let folder: String
    private let step: Int64

    init(_ options: ParsedOptions, checkpoint path: String) {
        let url = URL(filePath: path)
        let home = url.deletingLastPathComponent().path(percentEncoded: false)
        folder = options[EvalOptions.eventDirectory] ?? "\(home)eval"
        step = Self.step(ofCheckpoint: url.lastPathComponent)
    }

    /// The number behind the last dash of a checkpoint's name; 0 without one.
    static func step(ofCheckpoint name: String) -> Int64 {
        guard let dash = name.utf8.lastIndex(of: UInt8(ascii: "-")) else { return 0 }
        let digits = name[name.index(after: dash)...].prefix { $0.isASCII && $0.isNumber }
        return Int64(digits) ?? 0
    }

    /// Writes a mean, if it is one over all that belongs to it; what hinders that is told, and no more.
    func write(_ tag: String, _ mean: PartialMean?, _ diagnostics: Diagnostics) {
        guard let mean, mean.isWhole else { return }
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true
            )
            let writer = try EventWriter(folder: folder)
            try writer.write(scalars: [(tag, Float(mean.value))], step: step)
            diagnostics.note("\(tag) of step \(step) is written to \(writer.path)")
        } catch {
            diagnostics.warning("\(tag) was not written to an event file in \(folder): \(error)")
        }
    }
}
