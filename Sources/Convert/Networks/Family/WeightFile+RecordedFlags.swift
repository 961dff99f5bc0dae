extension WeightFile {
    /// What is recorded of the network: in the file itself, else beside it.
    ///
    /// - Throws: ``NetworkError/unreadableFlags(path:)``.
    public func recordedFlags() throws(NetworkError) -> RecordedFlags? {
        if metadata.keys.contains(where: NetworkFact.untold.contains) {
            return RecordedFlags(metadata, path: path)
        }
        return try RecordedFlags.found(besides: self.path)
    }
}

extension GraphSource {
    /// What is recorded of the network: in the file itself, else beside it.
    ///
    /// - Throws: ``NetworkError/unreadableFlags(path:)``.
    func recordedFlags() throws(NetworkError) -> RecordedFlags? {
        let texts = [RecordedFlags.labelOffset, RecordedFlags.classNames]
        if let metadata,
            metadata.keys.contains(where: { NetworkFact.untold.contains($0) || texts.contains($0) })
        {
            return RecordedFlags(metadata, path: path)
        }
        return try RecordedFlags.found(besides: path)
    }
}
