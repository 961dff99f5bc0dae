import Convert
import ToolSupport

/// A file's networks as a page: a drawing to walk through, and below it what else there is to say of the file.
struct NetworkPage {
    /// What the file is called.
    let title: String
    /// What is said of the file, in the order in which it is read.
    let facts: [(name: String, value: String)]
    /// What is drawn.
    let drawing: NetworkDrawing
    /// Elements that stand below the drawing.
    let body: String

    func write(to path: String, replacing isReplacing: Bool) throws(ToolError) {
        try Page.write(
            title: title,
            body: frame + body
                + "<script type=\"application/json\" id=\"data\">"
                + "\(DrawingData.text(drawing, facts: facts))</script>\n",
            style: DrawingStyle.text,
            script: [LayoutScript.text, DrawingScript.text, PanelScript.text, WalkScript.text]
                .joined(separator: "\n"),
            to: path,
            replacing: isReplacing
        )
    }

    /// What the script fills.
    private var frame: String {
        """
        <header id="bar"><h1>\(HTMLText.escaped(title))</h1>
        <label id="chooser" hidden>drawing <select id="which"></select></label>
        <span class="space"></span>
        <span class="search"><input id="search" type="search" placeholder="Search ( / )" \
        aria-label="Search names, operations and tensors" autocomplete="off" spellcheck="false" \
        role="combobox" aria-expanded="false" aria-controls="found">
        <span id="found" role="listbox" aria-label="Found" hidden></span></span>
        <span class="buttons" role="toolbar" aria-label="View">
        <button id="out" title="Smaller (-)" aria-label="Smaller">&minus;</button>
        <button id="fit" title="All of it (0)">fit</button>
        <button id="in" title="Larger (+)" aria-label="Larger">+</button>
        <button id="unfold" title="Unfold all blocks">unfold all</button>
        <button id="fold" title="Fold all blocks">fold all</button>
        <button id="control" aria-pressed="false" hidden>control edges</button>
        <a href="#tables" title="What stands below the drawing">tables</a>
        <button id="help" title="Keys (?)" aria-label="Keys">?</button></span></header>
        <noscript><p class="warn">The drawing needs JavaScript; the tables below do not.</p></noscript>
        <main id="drawing"><div id="view">
        <svg id="sheet" tabindex="0" role="application" aria-label="The network, drawn" \
        aria-describedby="keys"><defs>
        <marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" \
        markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0.8L8 4L0 7.2z"/></marker></defs><g id="world"></g></svg>
        <div id="keys" hidden></div><div id="status" role="status"></div></div>
        <aside id="panel" aria-label="What is chosen"></aside></main>

        """
    }
}
