internal import Convert

/// A page that holds all it needs.
public enum Page {
    /// Writes a page with a title and a body.
    ///
    /// - Parameters:
    ///   - title: The title, which stands at the top too unless the page is one with a script of its own.
    ///   - body: Elements.
    ///   - style: Rules besides those of all pages.
    ///   - script: What runs when the page is there; nothing else can, and nothing is fetched.
    ///   - path: The file.
    ///   - isReplacing: Whether a file that is there may be replaced.
    /// - Throws: ``ToolError`` if a file is there and is not to be replaced, or it cannot be written.
    public static func write(
        title: String,
        body: String,
        style: String = "",
        script: String = "",
        to path: String,
        replacing isReplacing: Bool
    ) throws(ToolError) {
        var file = try ResultFile(path, replacing: isReplacing)
        try file.write(
            """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>\(HTMLText.escaped(title))</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="\(policy)">
            <style>
            \(PageStyle.text)
            \(style)
            </style></head><body>

            """
        )
        if script.isEmpty { try file.write("<h1>\(HTMLText.escaped(title))</h1>\n") }
        try file.write(body)
        if !script.isEmpty { try file.write("<script>\n\(script)\n</script>\n") }
        try file.write("</body></html>\n")
        try file.finish()
    }

    /// Nothing comes from elsewhere, and nothing goes there.
    private static let policy =
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
        + "base-uri 'none'; form-action 'none'"
}
