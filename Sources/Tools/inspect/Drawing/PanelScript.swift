/// The panel beside a drawing: what is chosen, with its tensors.
enum PanelScript {
    static let text = #"""
        // The side panel: what is chosen, with its attributes, inputs, outputs and tensors.
        const panel = $("panel");
        const tag = (name, text, kind) => {
          const element = document.createElement(name);
          if (text !== undefined && text !== "") element.textContent = text;
          if (kind) element.className = kind;
          return element;
        };
        const list = pairs => {
          const dl = tag("dl");
          for (const [name, value] of pairs) dl.append(tag("dt", name), tag("dd", value));
          return dl;
        };
        const figure = x => {
          if (typeof x !== "number") return String(x);
          if (x === 0) return "0";
          const size = Math.abs(x);
          return size >= 1e6 || size < 1e-3 ? x.toExponential(4) : String(+x.toPrecision(6));
        };
        const LISTED = 200;

        function tensorCard(role, number) {
          const [name, type, shape, count, found, values, remark] = data.tensors[number];
          const card = tag("div", "", "tensor");
          card.append(tag("b", role || name));
          if (role) card.append(tag("div", name, "path"));
          const facts = [["type", type], ["shape", "[" + shape.join(", ") + "]"], ["values", grouped(count)]];
          if (found) {
            const [low, high, mean, deviation, norm, zeros, nans, infinities, parts] = found;
            facts.push(["least", figure(low)], ["largest", figure(high)], ["mean", figure(mean)],
              ["deviation", figure(deviation)], ["norm", figure(norm)],
              ["zeros", grouped(zeros) + (count ? " (" + (100 * zeros / count).toFixed(zeros ? 2 : 0) + " %)" : "")],
              ["NaN, infinite", grouped(nans) + ", " + grouped(infinities)]);
            card.append(list(facts));
            if (parts.length && count > 1) {
              const chart = make("svg", { viewBox: "0 0 240 56", preserveAspectRatio: "none", role: "img",
                "aria-label": "histogram from " + figure(low) + " to " + figure(high) });
              const most = Math.max(...parts, 1);
              parts.forEach((part, i) => {
                const h = part ? Math.max(1, part / most * 54) : 0;
                const bar = make("rect", { class: "s3", x: i * 10 + 0.5, y: 56 - h, width: 9, height: h }, chart);
                make("title", {}, bar).textContent = grouped(part);
              });
              const axis = tag("div", "", "axis");
              axis.append(tag("span", figure(low)), tag("span", figure(high)));
              card.append(chart, axis);
            }
          } else card.append(list(facts));
          if (values) card.append(tag("code", values));
          if (remark) card.append(tag("div", remark, "warn"));
          return card;
        }

        const link = (item, text) => {
          const a = tag("a", text);
          a.tabIndex = 0;
          a.setAttribute("role", "link");
          a.onclick = () => go(item);
          a.onkeydown = event => { if (event.key === "Enter") go(item); };
          return a;
        };

        function section(title, ...parts) { panel.append(tag("h3", title), ...parts); }

        function items(all, row) {
          const ul = tag("ul");
          for (const one of all.slice(0, LISTED)) {
            const li = tag("li");
            li.append(...row(one));
            ul.append(li);
          }
          if (all.length > LISTED) ul.append(tag("li", "and " + grouped(all.length - LISTED) + " others"));
          return ul;
        }

        function tell(item) {
          panel.replaceChildren();
          panel.scrollTop = 0;
          if (item < 0) return tellFile();
          const n = graph.nodes.length;
          if (item >= n) return tellScope(item);
          const v = graph.nodes[item];
          panel.append(tag("span", v.o, "kind " + v.k), tag("h2", v.l));
          if (v.s >= 0) panel.append(tag("div", graph.path(item), "path"));
          panel.querySelector(".kind").style.background = `var(--${v.k})`;
          if (v.f) {
            const called = graphs.findIndex(g => g.name === v.f);
            const a = tag("a", "shows the function " + v.f);
            a.tabIndex = 0;
            a.onclick = () => pick(called);
            if (called >= 0) panel.append(a);
          }
          if (v.a && v.a.length) section("Attributes", list(v.a));
          if (v.i.length) {
            section("Inputs", items(v.i, ([from, output, name]) => from < 0
              ? [tag("span", name), tag("small", " (is not drawn)")]
              : [name ? tag("small", name + ": ") : "", link(from, graph.path(from) + (output ? ":" + output : "")),
                tag("small", " " + ((graph.nodes[from].r || [])[output] || ""))]));
            if (v.x) panel.append(tag("p", "and " + grouped(v.x) + " others"));
          }
          if (v.c && v.c.length) section("Waits for", items(v.c, u => [link(u, graph.path(u))]));
          if (v.r && v.r.length) section("Gives", items(v.r, text => [text || "unknown"]));
          const readers = [...new Set(graph.readers[item])];
          if (readers.length) section("Goes to", items(readers, u => [link(u, graph.path(u)), tag("small", " " + graph.nodes[u].o)]));
          if (v.w && v.w.length) section("Tensors", ...v.w.slice(0, LISTED).map(([role, t]) => tensorCard(role, t)));
        }

        function tellScope(item) {
          const n = graph.nodes.length, inside = graph.inside[item - n];
          const isOpen = graph.open.has(item - n);
          panel.append(tag("h2", graph.label(item)));
          if (graph.parent(item) >= 0) panel.append(tag("div", graph.path(item), "path"));
          const button = tag("button", isOpen ? "fold" : "unfold");
          button.onclick = () => toggle(item);
          panel.append(button);
          section("Block", list([["operations", grouped(inside.nodes)], ["values", grouped(inside.values)],
            ["tensors", grouped(inside.tensors.size)]]));
          const counts = new Map();
          graph.nodes.forEach(v => {
            for (let s = v.s; s >= 0; s = graph.parentOfScope[s]) {
              if (s === item - n) { counts.set(v.o, (counts.get(v.o) || 0) + 1); break; }
            }
          });
          section("Operations", list([...counts].sort((a, b) => b[1] - a[1]).slice(0, 40).map(([o, c]) => [o, grouped(c)])));
          const tensors = [...inside.tensors];
          if (tensors.length) {
            section("Tensors", ...tensors.slice(0, 30).map(t => tensorCard("", t)));
            if (tensors.length > 30) panel.append(tag("p", "and " + grouped(tensors.length - 30) + " others: choose what takes them"));
          }
        }

        function tellFile() {
          panel.append(tag("h2", document.title));
          panel.append(list(data.facts));
          if (graph.note) section("Drawing", tag("div", graph.note));
          section("It has", list([["operations", grouped(graph.nodes.length)], ["blocks", grouped(graph.scopes.length - graph.gone.size)],
            ["tensors", grouped(data.tensors.length)]]));
          if (data.omissions.length) section("Notes", items(data.omissions, text => [text]));
          const legend = tag("div", "", "legend");
          const seen = new Set(graph.nodes.map(v => v.k));
          for (const [kind, title] of data.kinds) {
            if (!seen.has(kind)) continue;
            const row = tag("span"), sample = tag("i");
            sample.style.background = `var(--${kind})`;
            row.append(sample, tag("span", title));
            legend.append(row);
          }
          section("Colours", legend);
        }
        """#
}
