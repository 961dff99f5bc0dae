import Convert
import Formats
import ToolSupport

/// The arrays of a file as a page: what is said of the file, then each array with its share of the bytes.
struct OutlinePage {
    let title: String
    let lines: [String]
    let arrays: [ArrayEntry]

    /// The most arrays that are shown.
    private static let limit = 5000

    var body: String {
        var text = "<p>\(HTMLText.escaped(title))</p>\n"
        for line in lines { text += "<div>\(HTMLText.escaped(line))</div>\n" }
        guard !arrays.isEmpty else { return text }
        text += "<h2>Arrays</h2>\n<table><tr><th>name</th><th>type</th><th>shape</th>"
        text += "<th>bytes</th><th></th></tr>\n"
        let most = Double(max(1, arrays.map(\.byteCount).max() ?? 1))
        for array in arrays.prefix(Self.limit) {
            let width = Int(Double(array.byteCount) / most * 400)
            text += "<tr><td>\(HTMLText.escaped(array.name))</td>"
            text += "<td>\(HTMLText.escaped(array.type))</td>"
            text += "<td>\(array.type.isEmpty ? "" : shapeText(array.shape))</td>"
            text += "<td class=\"n\">\(byteText(array.byteCount))</td>"
            text += "<td><div class=\"bar\" style=\"width:\(width)px\"></div></td></tr>\n"
        }
        text += "</table>\n"
        guard arrays.count > Self.limit else { return text }
        return text + "<p>and \(grouped(arrays.count - Self.limit)) others</p>\n"
    }
}
