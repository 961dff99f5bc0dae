/// Rows of text in columns.
///
/// No borders and one row a line, so that `grep`, `sort` and `awk` work on it.
public struct Table: Sendable {
    /// How a column is set.
    public enum Alignment: Sendable {
        /// Text.
        case left
        /// Numbers.
        case right
    }

    private let alignments: [Alignment]
    private var rows: [[String]]

    /// A table with a first row of titles, or with none.
    public init(_ alignments: [Alignment], titles: [String]? = nil) {
        self.alignments = alignments
        rows = titles.map { [$0] } ?? []
    }

    /// Adds a row.
    ///
    /// - Precondition: there is one cell for each column.
    public mutating func append(_ cells: [String]) {
        precondition(
            cells.count == alignments.count,
            "\(cells.count) cells in \(alignments.count) columns"
        )
        rows.append(cells)
    }

    /// The rows, two blanks between the columns and none at the end, each with a line break.
    public var text: String {
        var widths = Array(repeating: 0, count: alignments.count)
        for row in rows {
            for (column, cell) in row.enumerated() {
                widths[column] = max(widths[column], cell.count)
            }
        }
        var result = ""
        for row in rows {
            var line = ""
            for (column, cell) in row.enumerated() {
                let pad = String(repeating: " ", count: widths[column] - cell.count)
                let gap = column == 0 ? "" : "  "
                line += gap + (alignments[column] == .left ? cell + pad : pad + cell)
            }
            while line.last == " " { line.removeLast() }
            result += line + "\n"
        }
        return result
    }
}

/// A short list of figures, framed as the published evaluation prints them.
///
///     | accuracy:   0.841860 |
public struct FigureTable: Sendable {
    private var rows: [(name: String, value: String)] = []

    /// A list without figures.
    public init() {}

    /// Adds a figure with a number of decimal places.
    public mutating func append(_ name: String, _ value: Double, digits: Int = 6) {
        rows.append((name, fixed(value, digits: digits)))
    }

    /// Adds a figure that is a whole number.
    public mutating func append(_ name: String, _ value: Int) {
        rows.append((name, "\(value)"))
    }

    /// The lines, each with a line break; names stand left, values right, three blanks apart at least.
    public var text: String {
        let names = rows.map(\.name.count).max() ?? 0
        let values = rows.map(\.value.count).max() ?? 0
        return rows.map { name, value in
            let gap = names - name.count + 3 + values - value.count
            return "| \(name):\(String(repeating: " ", count: gap))\(value) |\n"
        }.joined()
    }
}
