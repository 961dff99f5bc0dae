internal import Checkpoint

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
        // A name with a line break in it would be two rows.
        rows.append(cells.map(\.printable))
    }

    /// The rows, two blanks between the columns and none at the end, each with a line break.
    public var text: String {
        var widths = Array(repeating: 0, count: alignments.count)
        let counts = rows.map { $0.map(Self.width) }
        for row in counts {
            for (column, count) in row.enumerated() { widths[column] = max(widths[column], count) }
        }
        // Gathered as bytes: appending to a string looks at its characters each time.
        var result: [UInt8] = []
        result.reserveCapacity(rows.count * (widths.reduce(0, +) + 2 * widths.count))
        for (row, counts) in zip(rows, counts) {
            // Blanks are written before what follows them, so that none end a line.
            var blanks = 0
            for (column, cell) in row.enumerated() {
                let pad = widths[column] - counts[column]
                if column > 0 { blanks += 2 }
                if alignments[column] == .right { blanks += pad }
                if !cell.isEmpty {
                    result.append(contentsOf: repeatElement(UInt8(ascii: " "), count: blanks))
                    result.append(contentsOf: cell.utf8)
                    blanks = 0
                }
                if alignments[column] == .left { blanks += pad }
            }
            result.append(UInt8(ascii: "\n"))
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// How many columns of a terminal a text takes, as far as its characters tell.
    private static func width(_ text: String) -> Int {
        // Taking characters apart is slow, and most tables have thousands of plain ones.
        text.utf8.allSatisfy { $0 < 0x80 } ? text.utf8.count : text.count
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
