public import Data
internal import Foundation

/// What a training must know beside its variables to go on as if it had not been stopped.
///
/// Lies beside a checkpoint as `<prefix>.training.json`.
public struct TrainingProgress: Codable, Equatable, Sendable {
    /// Steps taken.
    public var step: Int
    /// Where the data go on.
    public var position: StreamPosition
    /// Damaged pictures that were left out in the epoch of `position`.
    public var skipped: Int

    /// A stage of a training.
    public init(step: Int, position: StreamPosition, skipped: Int) {
        self.step = step
        self.position = position
        self.skipped = skipped
    }

    /// Where it lies beside a checkpoint.
    static func path(besides prefix: String) -> String { "\(prefix).training.json" }

    /// The file's text.
    func encoded() throws(ConversionError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        do {
            return try Array(encoder.encode(self)) + [UInt8(ascii: "\n")]
        } catch {
            throw .malformedProgress(path: "", reason: "\(error)")
        }
    }

    /// What lies beside a checkpoint; nil if nothing does.
    ///
    /// - Throws: ``ConversionError/malformedProgress(path:reason:)``.
    init?(besides prefix: String) throws(ConversionError) {
        let path = Self.path(besides: prefix)
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        do {
            self = try JSONDecoder().decode(Self.self, from: data)
        } catch {
            throw .malformedProgress(
                path: path,
                reason: "this is not what a training leaves behind"
            )
        }
        let counts = [step, skipped, position.epoch, position.drawn]
        guard counts.allSatisfy({ 0..<(1 << 40) ~= $0 }) else {
            throw .malformedProgress(path: path, reason: "a number in it is impossible")
        }
    }
}
