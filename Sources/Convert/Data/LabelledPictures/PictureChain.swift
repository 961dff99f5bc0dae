/// Sources one behind the other.
public struct PictureChain: PictureSource {
    private var sources: [any PictureSource]
    private var position = 0

    /// The pictures of sources, in their order.
    public init(_ sources: [any PictureSource]) {
        self.sources = sources
    }

    /// How many there are, where that is known beforehand.
    public var count: Int? {
        sources.reduce(0) { sum, source in
            sum.flatMap { sum in source.count.map { sum + $0 } }
        }
    }

    /// What tells these pictures from others, where something does for all of them.
    public var fingerprint: String? {
        let all = sources.map(\.fingerprint)
        return all.contains(nil) ? nil : all.compactMap(\.self).joined(separator: " ")
    }

    /// The next picture; nil at the end.
    public mutating func next() throws -> LabelledPicture? {
        while position < sources.count {
            if let picture = try sources[position].next() { return picture }
            position += 1
        }
        return nil
    }

    /// Passes over a picture.
    public mutating func skip() throws -> Bool {
        while position < sources.count {
            if try sources[position].skip() { return true }
            position += 1
        }
        return false
    }
}
