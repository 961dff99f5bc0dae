/// The files of one part of a data set, and the pictures in each.
package struct RecordShards {
    /// The part's name: `train` or `validation`.
    package let name: String
    /// How many files there are.
    package let count: Int
    private let bounds: [Int]

    /// Divides pictures over files as the published builders do: first over their threads, the groups, then over the files
    /// of each; in one step where the files are not a multiple of the groups.
    package init(_ name: String, pictures: Int, count: Int, groups: Int) {
        self.name = name
        self.count = count
        let groups = count.isMultiple(of: groups) ? groups : 1
        let starts = Self.spaced(0, pictures, groups)
        bounds =
            [0]
            + zip(starts, starts.dropFirst()).flatMap { start, end in
                Self.spaced(start, end, count / groups).dropFirst()
            }
    }

    /// The pictures of a file.
    package func pictures(of shard: Int) -> Range<Int> { bounds[shard]..<bounds[shard + 1] }

    /// The name of a file: `train-00002-of-00010`.
    package func fileName(_ shard: Int) -> String {
        "\(name)-\(Self.padded(shard))-of-\(Self.padded(count))"
    }

    /// Whole numbers from `first` to `last` in equal steps, rounded down, as NumPy's `linspace` gives them.
    private static func spaced(_ first: Int, _ last: Int, _ parts: Int) -> [Int] {
        let step = Double(last - first) / Double(parts)
        return (0..<parts).map { Int(Double($0) * step + Double(first)) } + [last]
    }

    static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }
}
