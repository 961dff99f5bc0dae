internal import Base
internal import Checkpoint
public import Engine
internal import Foundation

/// A folder of prepared weights, so that a network that was started before starts at once.
///
/// A file is named by a digest of everything that its bytes depend on, and holds that text as well; so one checkpoint,
/// replaced by another, is never mistaken for it. Files that are damaged count as absent and are replaced. All of them
/// may be deleted at any time.
public final class PreparedWeightsCache {
    /// The pieces for the plan: those of the file, where ``isFound``, else none yet.
    public private(set) var prepared: PreparedWeights
    /// Whether there is a whole file.
    public private(set) var isFound: Bool
    /// Why the file that there was cannot be used, in a sentence.
    public let damage: String?
    /// The path of the file.
    public let path: String
    private let folder: String
    private let key: String

    /// Looks into a folder, which need not exist.
    ///
    /// `key` says which weights are meant and what becomes of them; equal texts mean equal bytes.
    public init(folder: String, key: String) {
        self.folder = folder
        self.key = key
        var digest = SHA256()
        var text = key
        text.withUTF8 { unsafe digest.update($0.span.bytes) }
        let name = SHA256.hex(digest.finish()).prefix(32)
        path = "\(folder)/\(name).prepared"
        var (found, damage): (PreparedWeights?, String?)
        if FileManager.default.fileExists(atPath: path) {
            do {
                found = try PreparedWeightsFile.read(path: path, key: key)
            } catch let error as PreparedWeightsFile.Damage {
                damage = error.reason
            } catch {
                damage = "\(error)"
            }
        }
        prepared = found ?? PreparedWeights()
        isFound = found != nil
        self.damage = damage
    }

    /// What a plan of weights depends on besides the weights themselves.
    ///
    /// - Parameters:
    ///   - weights: The digest of the weights, and which set of them.
    ///   - graph: The network before any pass, and the stages whose values are kept, which passes leave alone.
    ///   - batch: The pictures of one step.
    ///   - options: How it is computed.
    /// - Returns: a text of several lines.
    package static func key(
        weights: String,
        _ graph: Graph,
        batch: Int,
        _ options: ExecutionOptions
    ) -> String {
        var digest = SHA256()
        var text = graph.text
        text.withUTF8 { unsafe digest.update($0.span.bytes) }
        return """
            weights \(weights)
            graph \(SHA256.hex(digest.finish()))
            batch \(batch)
            math \(options.effectiveMath.rawValue)
            passes \(options.passes.map(\.name).joined(separator: " "))
            threads \(ThreadCount.current)
            machine \(Machine.name)
            """
    }

    /// Does without the file, which did not have what the plan wants.
    public func forget() {
        prepared = PreparedWeights()
        isFound = false
    }

    /// Writes down what had to be made, if anything was.
    ///
    /// - Throws: `CheckpointError`; what the system says of a folder that cannot be made.
    public func save() throws {
        guard prepared.isNew else { return }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try PreparedWeightsFile.write(prepared.pieces, key: key, to: path)
    }
}
