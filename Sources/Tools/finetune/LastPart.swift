import Data
import Engine
import ToolSupport

/// The last part of a step, of which the training tells how it was classified; at the first rank, whoever computed it.
struct LastPart {
    let labels: [Int]
    /// `[picture, class]`.
    let logits: [Float]

    /// What this rank has computed; all ranks ask together.
    init(_ batch: TrainingBatch, _ trainer: Trainer) {
        let ranks = Ranks.current
        guard ranks.count > 1 else {
            (labels, logits) = (batch.labels, trainer.logits)
            return
        }
        let words =
            batch.labels.map { UInt32(truncatingIfNeeded: $0) } + trainer.logits.map(\.bitPattern)
        let bytes = words.flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) }
        }
        let last = ranks.broadcast(bytes, from: ranks.count - 1)
        let found = stride(from: 0, to: last.count, by: 4).map { start in
            (0..<4).reduce(UInt32(0)) { $0 | UInt32(last[start + $1]) << (8 * UInt32($1)) }
        }
        labels = found.prefix(batch.labels.count).map { Int($0) }
        logits = found.dropFirst(batch.labels.count).map { Float(bitPattern: $0) }
    }
}
