public import Engine

extension PartialEvaluation {
    /// What all ranks have counted, as one.
    ///
    /// - Parameters:
    ///   - ranks: The ranks; each calls this with its own part.
    ///   - isEverywhere: Whether every rank is to have it, or the first one alone; the others then keep their parts.
    /// - Returns: What one process would have counted, in this rank's seconds: it is complete where all parts are.
    /// - Throws: ``ConversionError`` where ranks have counted something else than the first.
    public func gathered(
        over ranks: any Communicator,
        everywhere isEverywhere: Bool = false
    ) throws(ConversionError) -> PartialEvaluation {
        guard ranks.count > 1 else { return self }
        let bytes = try PartialFile.encoded(self)
        let all = isEverywhere ? ranks.gatherEverywhere(bytes) : ranks.gather(bytes)
        guard !all.isEmpty else { return self }
        var parts: [(path: String, part: PartialEvaluation)] = []
        for (rank, bytes) in all.enumerated() {
            parts.append(("rank \(rank)", try PartialFile.decoded(bytes, path: "rank \(rank)")))
        }
        var whole = try Self.merged(parts, mayBeOpen: true)
        whole.isComplete = parts.allSatisfy(\.part.isComplete)
        whole.seconds = seconds
        return whole
    }
}
