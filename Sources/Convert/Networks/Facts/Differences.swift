public import Proto

/// How the variables of a checkpoint and of a model differ.
public struct Differences: Equatable, Sendable {
    /// A variable that both have, with different shapes.
    public struct Misshapen: Equatable, Sendable {
        /// The variable.
        public let name: String
        /// The checkpoint's shape.
        public let found: [Int]
        /// The model's shape.
        public let expected: [Int]

        /// A variable with two shapes.
        public init(name: String, found: [Int], expected: [Int]) {
            self.name = name
            self.found = found
            self.expected = expected
        }
    }

    /// What the model needs and the checkpoint lacks, with the nearest name among those it has too many.
    public struct Missing: Equatable, Sendable {
        /// The variable.
        public let name: String
        /// A variable of the checkpoint that the model does not know, and that is called nearly the same.
        public let nearest: String?

        /// A variable that is not there.
        public init(name: String, nearest: String?) {
            self.name = name
            self.nearest = nearest
        }
    }

    /// What the model needs and the checkpoint lacks.
    public private(set) var missing: [Missing] = []
    /// What the checkpoint has and the model does not know.
    public private(set) var unexpected: [String] = []
    /// What both have, with different shapes.
    public private(set) var misshapen: [Misshapen] = []

    /// Compares a checkpoint's variables with a model's.
    public init(
        found: [Name: [Int]],
        expected: [(name: String, shape: [Int])]
    ) {
        let names = Set(expected.map { Name($0.name) })
        unexpected = found.keys.filter { !names.contains($0) }.sorted().map(\.text)
        for (name, shape) in expected {
            guard let other = found[Name(name)] else {
                missing.append(
                    Missing(name: name, nearest: Self.nearest(to: name, among: unexpected))
                )
                continue
            }
            if other != shape {
                misshapen.append(Misshapen(name: name, found: other, expected: shape))
            }
        }
    }

    /// Whether there are none.
    public var isEmpty: Bool { count == 0 }

    /// The number of variables that differ.
    public var count: Int { missing.count + unexpected.count + misshapen.count }

    /// The candidate with the longest common beginning and end, if most of the name is common.
    private static func nearest(to name: String, among candidates: [String]) -> String? {
        func common(_ other: String) -> Int {
            let start = zip(name.utf8, other.utf8).prefix { $0 == $1 }.count
            let end = zip(name.utf8.reversed(), other.utf8.reversed()).prefix { $0 == $1 }.count
            return min(start + end, min(name.utf8.count, other.utf8.count))
        }
        // Long lists come from a wholly different model, where no name is near.
        guard candidates.count <= 200 else { return nil }
        let best = candidates.max { common($0) < common($1) }
        return best.flatMap { common($0) * 4 >= name.utf8.count * 3 ? $0 : nil }
    }
}

extension Differences: CustomStringConvertible {
    /// A line for each difference.
    public var description: String {
        var lines: [String] = []
        for entry in misshapen {
            lines.append("  \(entry.name): shape \(entry.found), the model has \(entry.expected)")
        }
        for entry in missing {
            let hint = entry.nearest.map { " (is it \($0)?)" } ?? ""
            lines.append("  missing: \(entry.name)\(hint)")
        }
        lines += unexpected.map { "  unexpected: \($0)" }
        return lines.joined(separator: "\n")
    }
}
