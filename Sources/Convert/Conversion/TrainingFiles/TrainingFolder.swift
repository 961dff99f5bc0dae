internal import Checkpoint
internal import Data
internal import Foundation

/// The folder of a training's checkpoints: which there are, which are kept, which is the latest.
///
/// `model.ckpt-<step>`, named by the file `checkpoint`; the best by accuracy in `best/`, with `best_checkpoints` (JSON, name
/// to accuracy); every evaluated one in `periodical/`.
public struct TrainingFolder: Sendable {
    /// The path.
    public let path: String
    /// How many checkpoints are kept; 0 for all.
    public var keptCount: Int
    /// How many of the best are kept.
    public var bestCount: Int
    /// Whether every evaluated checkpoint is kept.
    public var keepsEvaluated: Bool

    /// The checkpoints in the order in which they were written, by name.
    private var names: [String] = []

    /// A folder, which is made if it is not there; what a state file in it names is kept in mind.
    ///
    /// - Throws: ``ConversionError/file(path:reason:)``, `CheckpointError`.
    public init(
        _ path: String,
        keptCount: Int = 20,
        bestCount: Int = 3,
        keepsEvaluated: Bool = true
    ) throws {
        self.path = path
        self.keptCount = keptCount
        self.bestCount = bestCount
        self.keepsEvaluated = keepsEvaluated
        try Self.make(path)
        let state = "\(path)/checkpoint"
        guard FileManager.default.fileExists(atPath: state) else { return }
        names = try CheckpointState(path: state).all.map { ($0 as NSString).lastPathComponent }
            .filter { FileManager.default.fileExists(atPath: "\(path)/\($0).index") }
    }

    /// Whether there is a checkpoint to go on from.
    public static func holdsTraining(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(path)/checkpoint")
    }

    /// A checkpoint that lies in a folder where no file says which is the latest; nil where there is none.
    public static func strayCheckpoint(in path: String) -> String? {
        guard !holdsTraining(path),
            let names = try? FileManager.default.contentsOfDirectory(atPath: path)
        else { return nil }
        return names.filter { $0.hasPrefix("model.ckpt-") && $0.hasSuffix(".index") }.min()
            .map { String($0.dropLast(".index".count)) }
    }

    /// Takes away what trainings leave in a folder, and nothing else.
    ///
    /// - Throws: ``ConversionError/file(path:reason:)``.
    public static func clean(_ path: String) throws(ConversionError) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let known = [
            "checkpoint", "best", "periodical", "eval", "hparams.json", "graph.pbtxt",
            "metrics.jsonl", ClassNames.fileName,
        ]
        for name in names
        where known.contains(name) || name.hasPrefix("model.ckpt-")
            || name.hasPrefix("events.out.tfevents.")
            || name.hasPrefix("timeline-") && name.hasSuffix(".json")
        {
            try remove("\(path)/\(name)")
        }
    }

    /// The path without ending of the checkpoint of a step.
    public func prefix(step: Int) -> String { "\(path)/model.ckpt-\(step)" }

    /// Makes the checkpoint of a step the latest, and takes away the oldest beyond those that are kept.
    ///
    /// - Throws: `CheckpointError`, ``ConversionError/file(path:reason:)``.
    public mutating func add(step: Int) throws {
        let name = "model.ckpt-\(step)"
        names.removeAll { $0 == name }
        names.append(name)
        let excess = keptCount > 0 ? max(names.count - keptCount, 0) : 0
        let old = names.prefix(excess)
        names.removeFirst(excess)
        try CheckpointState(latest: name, all: names).write(to: "\(path)/checkpoint")
        for name in old {
            for file in try files(of: name, in: path) { try Self.remove("\(path)/\(file)") }
        }
    }

    /// Keeps the checkpoint of a step, which has been evaluated; without an accuracy it is none of the best.
    ///
    /// - Returns: whether it is among the best.
    /// - Throws: `CheckpointError`, ``ConversionError``.
    @discardableResult
    public func keep(step: Int, accuracy: Double?) throws -> Bool {
        let name = "model.ckpt-\(step)"
        if keepsEvaluated {
            try copy(name, to: "\(path)/periodical")
            try copyClassNames(to: "\(path)/periodical")
        }
        guard bestCount > 0, let accuracy else { return false }
        let folder = "\(path)/best"
        var best = try bestCheckpoints()
        best[name] = accuracy
        // Of equals the one before stays.
        let ranked = best.sorted {
            ($1.value, $0.key == name ? 1 : 0, $0.key) < ($0.value, $1.key == name ? 1 : 0, $1.key)
        }
        let kept = ranked.prefix(bestCount)
        guard kept.contains(where: { $0.key == name }) else { return false }
        try copy(name, to: folder)
        try copyClassNames(to: folder)
        let lines = kept.map { "   \"\($0.key)\": \($0.value.description)" }
        try AtomicFile.write(
            Array("{\n\(lines.joined(separator: ",\n"))\n}\n".utf8),
            to: "\(folder)/best_checkpoints"
        )
        for (name, _) in ranked.dropFirst(bestCount) {
            for file in try files(of: name, in: folder) { try Self.remove("\(folder)/\(file)") }
        }
        return true
    }

    /// The best checkpoints' accuracies by name.
    ///
    /// - Throws: ``ConversionError/malformedProgress(path:reason:)``.
    public func bestCheckpoints() throws(ConversionError) -> [String: Double] {
        let file = "\(path)/best/best_checkpoints"
        guard let data = FileManager.default.contents(atPath: file) else { return [:] }
        do {
            return try JSONDecoder().decode([String: Double].self, from: data)
        } catch {
            throw .malformedProgress(path: file, reason: "this is no list of names and accuracies")
        }
    }

    private func files(of name: String, in folder: String) throws(ConversionError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { $0.hasPrefix(name + ".") }
                // The index goes first, and comes last.
                .sorted {
                    ($0.hasSuffix(".index") ? 0 : 1, $0) < ($1.hasSuffix(".index") ? 0 : 1, $1)
                }
        } catch {
            throw .file(path: folder, reason: "the folder cannot be read")
        }
    }

    /// Puts a checkpoint's files into another folder too; on one file system they share their bytes.
    private func copy(_ name: String, to folder: String) throws(ConversionError) {
        try Self.make(folder)
        for file in try files(of: name, in: path).reversed() {
            let target = "\(folder)/\(file)"
            if FileManager.default.fileExists(atPath: target) { try Self.remove(target) }
            let source = "\(path)/\(file)"
            do {
                do {
                    try FileManager.default.linkItem(atPath: source, toPath: target)
                } catch {
                    try FileManager.default.copyItem(atPath: source, toPath: target)
                }
            } catch {
                throw .file(path: target, reason: "cannot be copied from \(source)")
            }
        }
    }

    /// Puts the names of the classes beside copied checkpoints, which may be carried elsewhere.
    private func copyClassNames(to folder: String) throws(ConversionError) {
        let target = "\(folder)/\(ClassNames.fileName)"
        guard let names = FileManager.default.contents(atPath: "\(path)/\(ClassNames.fileName)"),
            names != FileManager.default.contents(atPath: target)
        else { return }
        do {
            try AtomicFile.write(Array(names), to: target)
        } catch {
            throw .file(path: target, reason: "\(error)")
        }
    }

    private static func make(_ folder: String) throws(ConversionError) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true
            )
        } catch {
            throw .file(path: folder, reason: "the folder cannot be made")
        }
    }

    private static func remove(_ path: String) throws(ConversionError) {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw .file(path: path, reason: "cannot be deleted")
        }
    }
}
