internal import Engine

extension CorruptionBuilder.Outcome {
    /// What all ranks have made, at every one of them.
    ///
    /// - Throws: ``DataError/corrupt(_:)`` where all together have left out more than may be, unless they were stopped.
    func gathered(
        over ranks: any Communicator,
        skips: Int
    ) throws(DataError) -> CorruptionBuilder.Outcome {
        var whole = self
        if ranks.count > 1 {
            (whole.written, whole.kept) = ranks.sums(written, kept)
            whole.leftOut = ranks.gatherLines(leftOut)
            whole.isStopped = ranks.gatherEverywhere([isStopped ? 1 : 0]).contains([1])
        }
        guard whole.isStopped || whole.leftOut.count <= skips else {
            throw .corrupt(whole.leftOut)
        }
        return whole
    }
}
