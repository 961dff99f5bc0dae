/// What a drawing looks like, besides what all pages do.
enum DrawingStyle {
    static let text = #"""
        :root {
          --layer: #2f6fb3; --activation: #8e3b46; --normalization: #3f7d4e; --pool: #64821f;
          --shape: #77664f; --arithmetic: #5b5fa8; --ends: #33424f; --data: #8a6d1d; --control: #7a4a8c;
          --service: #5c6570; --other: #6b7480; --box: #ffffff; --edge: #8b949e; --block: #eef2f6;
          --inside: rgba(90, 110, 140, 0.055);
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --layer: #2d6cb0; --activation: #9a4450; --normalization: #3c7a4c; --pool: #5f7c20;
            --shape: #786851; --arithmetic: #6064ae; --ends: #4a5b6a; --data: #8a6d1d; --control: #7d4f90;
            --service: #5a636e; --other: #646d79; --box: #1d242d; --edge: #6e7681; --block: #262e38;
            --inside: rgba(150, 175, 210, 0.06);
          }
        }
        body { margin: 0 }
        #bar { display: flex; align-items: center; gap: 12px; height: 48px; padding: 0 14px;
          border-bottom: 1px solid var(--line); box-sizing: border-box }
        #bar h1 { font-size: 16px; margin: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap;
          max-width: 34vw }
        #bar label { color: var(--faint); white-space: nowrap }
        #which { max-width: 26vw }
        .space { flex: 1 }
        button, select, input { font: inherit; color: var(--ink); background: var(--soft);
          border: 1px solid var(--line); border-radius: 6px; padding: 3px 9px }
        button { cursor: pointer } button:hover { border-color: var(--accent) }
        button[aria-pressed="true"] { background: var(--accent); color: #fff }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 1px }
        .buttons { display: flex; gap: 4px; align-items: center }
        .buttons a { color: var(--accent); padding: 0 6px; text-decoration: none }
        .search { position: relative } #search { width: 210px }
        #found { position: absolute; right: 0; top: 34px; width: 460px; max-height: 60vh; overflow: auto;
          z-index: 5; background: var(--paper); border: 1px solid var(--line); border-radius: 8px;
          box-shadow: 0 8px 28px rgba(0, 0, 0, 0.25); padding: 4px }
        #found[hidden], [hidden] { display: none }
        #found div { padding: 4px 8px; border-radius: 5px; cursor: pointer; overflow-wrap: anywhere }
        #found div[aria-selected="true"] { background: var(--accent); color: #fff }
        #found div[aria-selected="true"] small { color: #fff }
        #found small { color: var(--faint); display: block }
        #drawing { display: flex; height: calc(100vh - 48px); min-height: 380px }
        #view { flex: 1; position: relative; overflow: hidden; min-width: 0 }
        #sheet { position: absolute; inset: 0; width: 100%; height: 100%; cursor: grab;
          touch-action: none; user-select: none; outline-offset: -2px }
        #sheet.moving { cursor: grabbing }
        #panel { width: 370px; overflow: auto; border-left: 1px solid var(--line); padding: 12px 16px 30px;
          box-sizing: border-box; background: var(--paper) }
        #status { position: absolute; left: 12px; bottom: 10px; max-width: 60%; padding: 3px 9px;
          border-radius: 6px; background: var(--soft); color: var(--faint); font-size: 12px;
          border: 1px solid var(--line); overflow-wrap: anywhere; pointer-events: none }
        #status:empty { display: none }
        #keys { position: absolute; right: 14px; top: 12px; z-index: 4; background: var(--paper);
          border: 1px solid var(--line); border-radius: 8px; padding: 10px 16px;
          box-shadow: 0 8px 28px rgba(0, 0, 0, 0.25) }
        #keys td { padding: 2px 14px 2px 0 }
        kbd { font: 12px ui-monospace, monospace; border: 1px solid var(--line); border-radius: 4px;
          padding: 0 5px; background: var(--soft) }
        #tables { padding: 0 20px 40px; border-top: 1px solid var(--line); overflow-x: auto }
        #world text { font: 12px system-ui, sans-serif; fill: var(--ink); pointer-events: none }
        #world .head { fill: #fff; font-weight: 600 }
        #world .dim { fill: var(--faint); font-size: 11px }
        .box { cursor: pointer }
        .box > .back { fill: var(--box); stroke: var(--line); stroke-width: 1 }
        .box > .cap { stroke: none }
        .layer { fill: var(--layer) } .activation { fill: var(--activation) }
        .normalization { fill: var(--normalization) } .pool { fill: var(--pool) }
        .shape { fill: var(--shape) } .arithmetic { fill: var(--arithmetic) } .ends { fill: var(--ends) }
        .data { fill: var(--data) } .control { fill: var(--control) } .service { fill: var(--service) }
        .other { fill: var(--other) }
        .block > .back { fill: var(--block); stroke: var(--edge) }
        .block > .under { fill: var(--block); stroke: var(--edge); opacity: 0.6 }
        #world .block .title { font-weight: 600 }
        .open > .back { fill: var(--inside); stroke: var(--edge); stroke-dasharray: 5 3; stroke-opacity: 0.7 }
        #world .open .title { font-weight: 600; fill: var(--faint) }
        .box:hover > .back { stroke: var(--accent) }
        .box.on > .back { stroke: var(--accent); stroke-width: 2.5; stroke-dasharray: none; stroke-opacity: 1 }
        .wire { fill: none; stroke: var(--edge); stroke-width: 1.2; marker-end: url(#tip) }
        .wire.plain { marker-end: none }
        .wire.many { stroke-width: 2.4 }
        .wire.order { stroke-dasharray: 3 4 }
        .wire.into { stroke: var(--accent); stroke-width: 2.2; }
        .wire.from { stroke: #d97706; stroke-width: 2.2 }
        .wire.into.plain, .wire.from.plain { marker-end: none }
        #tip path { fill: context-stroke }
        .far .wire { stroke-width: 2; marker-end: none }
        .far text { display: none }
        #panel h2 { margin: 0 0 2px; font-size: 16px; overflow-wrap: anywhere }
        #panel h3 { margin: 16px 0 4px; font-size: 12px; color: var(--faint); text-transform: uppercase;
          letter-spacing: 0.04em }
        #panel .kind { display: inline-block; color: #fff; border-radius: 5px; padding: 1px 8px;
          font-weight: 600; margin-bottom: 6px }
        #panel dl { display: grid; grid-template-columns: fit-content(38%) 1fr; gap: 2px 14px; margin: 0 }
        #panel dt { color: var(--faint); overflow-wrap: anywhere } #panel dd { margin: 0; overflow-wrap: anywhere }
        #panel .path { color: var(--faint); overflow-wrap: anywhere; font-size: 12px; margin: 2px 0 8px }
        #panel a { color: var(--accent); cursor: pointer; overflow-wrap: anywhere; text-decoration: none }
        #panel a:hover { text-decoration: underline }
        #panel ul { margin: 0; padding-left: 0; list-style: none } #panel li { margin: 2px 0 }
        #panel small { color: var(--faint) }
        .tensor { border: 1px solid var(--line); border-radius: 8px; padding: 8px 10px; margin: 6px 0;
          background: var(--soft) }
        .tensor b { overflow-wrap: anywhere; font-weight: 600 }
        .tensor svg { display: block; width: 100%; height: 56px; margin: 6px 0 0 }
        .tensor .axis { display: flex; justify-content: space-between; color: var(--faint); font-size: 11px }
        .tensor code { display: block; margin-top: 4px }
        .legend { display: grid; grid-template-columns: 1fr 1fr; gap: 3px 10px }
        .legend span { display: flex; align-items: center; gap: 7px }
        .legend i { width: 13px; height: 13px; border-radius: 3px }
        @media (max-width: 900px) { #panel { width: 290px } .buttons #unfold, .buttons #fold { display: none } }
        @media print { #bar, #panel { display: none } }
        """#
}
