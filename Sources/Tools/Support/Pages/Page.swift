internal import Convert

/// A page that holds all it needs.
public enum Page {
    /// Writes a page with a title and a body.
    ///
    /// - Throws: ``ToolError`` if a file is there and is not to be replaced, or it cannot be written.
    public static func write(
        title: String,
        body: String,
        to path: String,
        replacing isReplacing: Bool
    ) throws(ToolError) {
        var file = try ResultFile(path, replacing: isReplacing)
        try file.write(
            """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>\(HTMLText.escaped(title))</title>
            <style>
            body { font: 14px/1.4 sans-serif; margin: 2em; color: #222; background: #fff }
            table { border-collapse: collapse } td, th { padding: 1px 10px 1px 0; text-align: left }
            td.n, th.n { text-align: right; font-variant-numeric: tabular-nums }
            .bar { background: #9ec5fe; height: 12px; min-width: 1px }
            .graph { overflow: auto; max-height: 80vh; border: 1px solid #ccc }
            .sheet { display: flex; flex-wrap: wrap; gap: 8px }
            figure { margin: 0; width: 132px } figure img { width: 132px; height: 132px; \
            object-fit: contain; background: #eee }
            figcaption { font-size: 11px; overflow-wrap: anywhere }
            .warn { color: #b00 }
            svg.bars { max-width: 100%; height: auto; font: 11px sans-serif }
            table.pictures td { padding: 2px } table.pictures img { width: 112px; display: block }
            textarea { width: 100%; font: 12px monospace }
            </style></head><body>
            <h1>\(HTMLText.escaped(title))</h1>

            """
        )
        try file.write(body)
        try file.write("</body></html>\n")
        try file.finish()
    }
}
