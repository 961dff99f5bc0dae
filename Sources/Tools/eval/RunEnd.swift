import Data
import ToolSupport

extension Diagnostics {
    /// Says what keeps the figures of a run from being those of all its pictures.
    ///
    /// - Parameters:
    ///   - isInterrupted: Whether the run was stopped.
    ///   - skipped: What was left out.
    ///   - unusable: How many pictures have logits that are no finite numbers.
    ///   - count: How many pictures were counted.
    ///   - unit: What they are called.
    func tellEnd(
        isInterrupted: Bool,
        skipped: [String],
        unusable: Int,
        of count: Int,
        unit: String = "pictures"
    ) {
        if isInterrupted { warning("interrupted; this is what had been counted") }
        for picture in skipped { warning("left out: \(picture)") }
        if unusable > 0 {
            warning(
                "the logits of \(unusable) of \(count) \(unit) are no finite numbers, so the figures are "
                    + "those of no network"
            )
        }
    }
}

extension Ranks {
    /// What all ranks have left out, in the order of the data, at the first rank.
    static func gather(_ skipped: [CorruptPicture]) -> [String] {
        gather(skipped.map { (place: $0.place ?? 0, sentence: "\($0)") })
    }
}
