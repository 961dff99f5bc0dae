import Checkpoint
import Data
import Engine
import Networks
import ToolSupport

/// What all ranks of a training must have in common before any of them writes.
enum RankAgreement {
    /// Waits for all ranks, and throws where one would train something else than the first.
    ///
    /// - Throws: ``ToolError``.
    static func check(_ setup: TrainingSetup, _ model: TrainingModel) throws {
        let ranks = Ranks.current
        guard ranks.count > 1 else { return }
        var digest = SHA256()
        for variable in model.variables {
            unsafe digest.update(variable.values.span.bytes)
        }
        let facts = [
            ("step", "\(model.trainer.step)"),
            ("data", "\(setup.data.summary), \(setup.length.images) an epoch"),
            ("weights", digest.finish().prefix(4).map { "\($0)" }.joined(separator: ".")),
        ]
        for (name, value) in facts {
            let all = ranks.gatherEverywhere(Array(value.utf8)).map {
                String(decoding: $0, as: UTF8.self)
            }
            guard let other = all.firstIndex(where: { $0 != all[0] }) else { continue }
            throw ToolError(
                .mismatch,
                "the ranks do not begin alike: \(name) is \(all[0]) at rank 0 and \(all[other]) at rank "
                    + "\(other); all must see the same files under the same names"
            )
        }
    }

    /// The first rank's figure, at every rank.
    static func first(_ figure: Double?) throws -> Double? {
        let ranks = Ranks.current
        guard ranks.count > 1 else { return figure }
        let text = ranks.broadcast(Array((figure.map { "\($0)" } ?? "").utf8))
        return Double(String(decoding: text, as: UTF8.self))
    }
}
