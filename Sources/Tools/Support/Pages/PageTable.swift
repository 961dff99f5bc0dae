internal import Convert

/// Rows of figures as a table of a page, and as text to be copied into a spreadsheet.
public struct PageTable {
    private let titles: [String]
    private var rows: [[String]] = []

    /// A table with titles over its columns.
    public init(_ titles: [String]) {
        self.titles = titles
    }

    /// Adds a row.
    ///
    /// - Precondition: there is one cell for each column.
    public mutating func append(_ row: [String]) {
        precondition(row.count == titles.count, "\(row.count) cells in \(titles.count) columns")
        rows.append(row)
    }

    /// The table; the first column holds names, the others figures.
    public var html: String {
        let head = titles.enumerated().map { index, title in
            "<th\(index > 0 ? " class=\"n\"" : "")>\(HTMLText.escaped(title))</th>"
        }.joined()
        let body = rows.map { row in
            "<tr>"
                + row.enumerated().map { index, cell in
                    "<td\(index > 0 ? " class=\"n\"" : "")>\(HTMLText.escaped(cell))</td>"
                }.joined() + "</tr>\n"
        }.joined()
        return "<table>\n<tr>\(head)</tr>\n\(body)</table>\n"
    }

    /// The table with tabs between the columns, in a field out of which it can be copied.
    public var copyable: String {
        let text = ([titles] + rows).map { $0.joined(separator: "\t") }.joined(separator: "\n")
        let lines = min(rows.count + 2, 24)
        return "<textarea readonly rows=\"\(lines)\" aria-label=\"the table as text\">"
            + "\(HTMLText.escaped(text))</textarea>\n"
    }
}
