internal import Convert

/// Groups of bars as a drawing for a page.
public struct BarChart {
    /// Bars that stand together.
    public struct Group {
        /// What stands below them.
        public let label: String
        /// The bars, from 0; nil leaves a gap.
        public let values: [Double?]
        /// A line across the bars, to compare them with.
        public let mark: Double?

        /// A group of bars.
        public init(_ label: String, _ values: [Double?], mark: Double? = nil) {
            self.label = label
            self.values = values
            self.mark = mark
        }
    }

    private let groups: [Group]
    private let names: [String]
    private let markName: String
    private let most: Double

    private static let height = 220.0
    private static let room = 110.0
    private static let left = 46.0
    private static let bar = 9.0
    private static let gap = 14.0
    private static let shadeCount = 5

    /// A chart of shares.
    ///
    /// `names` says what the bars of a group are, `markName` what the line is; they stand where a reader points at one. The
    /// axis reaches at least to 1.
    public init(_ groups: [Group], names: [String], markName: String) {
        self.groups = groups
        self.names = names
        self.markName = markName
        let values = groups.flatMap { $0.values.compactMap(\.self) + [$0.mark].compactMap(\.self) }
        most = max(1, values.filter(\.isFinite).max() ?? 1)
    }

    /// The drawing.
    public var svg: String {
        var bodies = ""
        var x = Self.left
        for group in groups {
            let width = Double(max(group.values.count, 1)) * Self.bar
            for (index, value) in group.values.enumerated() {
                guard let value, value.isFinite else { continue }
                let name = names.indices.contains(index) ? ", \(names[index])" : ""
                let top = y(max(value, 0))
                bodies +=
                    "<rect x=\"\(text(x + Double(index) * Self.bar))\" y=\"\(text(top))\" width=\""
                    + "\(text(Self.bar - 1))\" height=\"\(text(Self.height - top))\" class=\""
                    + "\(shade(index, of: group.values.count))\"><title>"
                    + "\(HTMLText.escaped(group.label + name)): \(percent(value))</title></rect>\n"
            }
            if let mark = group.mark, mark.isFinite {
                bodies +=
                    "<line x1=\"\(text(x - 2))\" x2=\"\(text(x + width + 1))\" y1=\"\(text(y(mark)))\" "
                    + "y2=\"\(text(y(mark)))\" class=\"mark\"><title>"
                    + "\(HTMLText.escaped(markName)): \(percent(mark))</title></line>\n"
            }
            let middle = x + width / 2 + 4
            bodies +=
                "<text transform=\"translate(\(text(middle)),\(text(Self.height + 10))) rotate(-60)\" "
                + "text-anchor=\"end\">\(HTMLText.escaped(group.label))</text>\n"
            x += width + Self.gap
        }
        return "<svg class=\"bars\" width=\"\(text(x))\" viewBox=\"0 -8 \(text(x)) "
            + "\(text(Self.height + Self.room + 8))\" role=\"img\">\n" + axis(to: x) + bodies
            + "</svg>\n"
    }

    private func axis(to right: Double) -> String {
        let step = most > 2 ? 0.5 : 0.25
        return stride(from: 0, through: most, by: step).map { value in
            "<line x1=\"\(text(Self.left - 4))\" x2=\"\(text(right))\" y1=\"\(text(y(value)))\" "
                + "y2=\"\(text(y(value)))\"/><text x=\"\(text(Self.left - 8))\" "
                + "y=\"\(text(y(value) + 4))\" text-anchor=\"end\">\(fixed(100 * value, digits: 0)) %"
                + "</text>\n"
        }.joined()
    }

    private func y(_ value: Double) -> Double { Self.height * (1 - min(value / most, 1)) }

    private func shade(_ index: Int, of count: Int) -> String {
        "s\(count == 1 ? 3 : min(index, Self.shadeCount - 1))"
    }

    private func text(_ number: Double) -> String { fixed(number, digits: 1) }

    private func percent(_ share: Double) -> String { "\(fixed(100 * share, digits: 2)) %" }
}
