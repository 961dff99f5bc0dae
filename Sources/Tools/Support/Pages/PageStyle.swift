/// What all pages look like, by day and by night.
enum PageStyle {
    static let text = #"""
        :root {
            color-scheme: light dark;
            --ink: #1f2328; --paper: #ffffff; --faint: #59636e; --line: #d1d9e0; --soft: #f6f8fa;
            --bar: #7fb2f5; --accent: #0969da; --warn: #b3121d; --mark: #d1242f;
            --shade0: #c6dbef; --shade1: #9ecae1; --shade2: #6baed6; --shade3: #3182bd;
            --shade4: #08519c;
        }
        @media (prefers-color-scheme: dark) {
            :root {
                --ink: #e6edf3; --paper: #12161c; --faint: #9198a1; --line: #30363d; --soft: #1b2129;
                --bar: #3f74b5; --accent: #4b9bff; --warn: #ff7b72; --mark: #ff6a5e;
                --shade0: #d6e8f8; --shade1: #a5cdec; --shade2: #74b0e0; --shade3: #4b93d1;
                --shade4: #2f74b5;
            }
        }
        body { font: 14px/1.45 system-ui, sans-serif; margin: 2em; color: var(--ink);
            background: var(--paper) }
        h1 { font-size: 1.5em } h2 { font-size: 1.15em; margin-top: 1.6em }
        table { border-collapse: collapse }
        td, th { padding: 2px 12px 2px 0; text-align: left; vertical-align: baseline }
        tr:hover td { background: var(--soft) }
        th { color: var(--faint); font-weight: 600 }
        td.n, th.n { text-align: right; font-variant-numeric: tabular-nums }
        .bar { background: var(--bar); height: 12px; min-width: 1px; border-radius: 2px }
        .sheet { display: flex; flex-wrap: wrap; gap: 8px }
        figure { margin: 0; width: 132px }
        figure img { width: 132px; height: 132px; object-fit: contain; background: var(--soft) }
        figcaption { font-size: 11px; overflow-wrap: anywhere }
        .warn { color: var(--warn) }
        code { font: 12px/1.5 ui-monospace, monospace; overflow-wrap: anywhere }
        svg.bars { max-width: 100%; height: auto; font: 11px system-ui, sans-serif }
        svg.bars text { fill: var(--ink) }
        svg.bars line { stroke: var(--line) } svg.bars line.mark { stroke: var(--mark) }
        .s0 { fill: var(--shade0) } .s1 { fill: var(--shade1) } .s2 { fill: var(--shade2) }
        .s3 { fill: var(--shade3) } .s4 { fill: var(--shade4) }
        table.pictures td { padding: 2px }
        table.pictures img { width: 112px; display: block }
        textarea { width: 100%; font: 12px ui-monospace, monospace; color: inherit;
            background: var(--soft); border: 1px solid var(--line) }
        """#
}
