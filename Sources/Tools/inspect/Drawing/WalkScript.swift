/// Mouse, keys, search and buttons of a drawing.
enum WalkScript {
    static let text = #"""
        // Mouse, keys, search and buttons.
        let press = null;
        const itemOf = target => {
          const g = target.closest && target.closest(".box");
          return g ? Number(g.id.slice(1)) : -1;
        };
        svg.addEventListener("pointerdown", event => {
          if (event.button !== 0) return;
          press = { x: event.clientX, y: event.clientY, left, top: top_, item: itemOf(event.target), isMoved: false };
          svg.setPointerCapture(event.pointerId);
        });
        svg.addEventListener("pointermove", event => {
          if (!press) return;
          const dx = event.clientX - press.x, dy = event.clientY - press.y;
          if (!press.isMoved && Math.hypot(dx, dy) < 4) return;
          press.isMoved = true;
          svg.classList.add("moving");
          left = press.left + dx;
          top_ = press.top + dy;
          show();
        });
        svg.addEventListener("pointerup", event => {
          const was = press;
          press = null;
          svg.classList.remove("moving");
          if (!was || was.isMoved) return;
          const item = was.item;
          if (item < 0) return choose(-1);
          const p = sheet.places.get(item);
          if (!graph.isScope(item)) return choose(item);
          // A folded block unfolds; an unfolded one folds by its title, and is chosen elsewhere.
          const bounds = svg.getBoundingClientRect();
          const y = (event.clientY - bounds.top - top_) / scale - p.y;
          const x = (event.clientX - bounds.left - left) / scale - p.x;
          if (!p.isOpen || (y < 28 && x < wide(ending(graph.label(item), 36), "head") + 34)) toggle(item);
          else choose(item);
        });
        svg.addEventListener("pointercancel", () => { press = null; svg.classList.remove("moving"); });
        svg.addEventListener("wheel", event => {
          event.preventDefault();
          const bounds = svg.getBoundingClientRect();
          const unit = event.deltaMode === 1 ? 18 : event.deltaMode === 2 ? view.clientHeight : 1;
          if (event.ctrlKey || event.metaKey) {
            zoom(Math.exp(-event.deltaY * unit * (event.ctrlKey && Math.abs(event.deltaY) < 20 ? 0.012 : 0.0022)),
              event.clientX - bounds.left, event.clientY - bounds.top);
          } else {
            left -= (event.shiftKey ? event.deltaY : event.deltaX) * unit;
            top_ -= (event.shiftKey ? 0 : event.deltaY) * unit;
            show();
          }
        }, { passive: false });

        // Keys: from box to box along edges, and sideways to what stands beside.
        const KEYS = [["/", "search"], ["Esc", "choose nothing"], ["\u2191 \u2193", "along the edges"],
          ["\u2190 \u2192", "to the box beside"], ["Enter", "unfold or fold"], ["u", "the block around"],
          ["+ \u2212", "larger, smaller"], ["0", "all of it"], ["?", "these keys"]];

        function beside(direction) {
          const here = sheet.places.get(chosen);
          let best = -1, least = Infinity;
          for (const [item, p] of sheet.places) {
            if (item === chosen || p.isOpen) continue;
            const dx = (p.x + p.w / 2 - here.x - here.w / 2) * direction;
            const dy = Math.abs(p.y + p.h / 2 - here.y - here.h / 2);
            if (dx <= 0 || dy > (here.h + p.h) / 2 + 60) continue;
            const far = dx + dy * 3;
            if (far < least) { least = far; best = item; }
          }
          return best;
        }

        function along(isDown) {
          const near = sheet.wires.filter(w => isDown ? w.a === chosen : w.b === chosen);
          const here = sheet.places.get(chosen);
          let best = -1, least = Infinity;
          for (const w of near) {
            const item = isDown ? w.b : w.a, p = sheet.places.get(item);
            const far = Math.abs(p.y - here.y) + Math.abs(p.x + p.w / 2 - here.x - here.w / 2);
            if (far < least) { least = far; best = item; }
          }
          return best;
        }

        document.addEventListener("keydown", event => {
          if (event.ctrlKey || event.metaKey || event.altKey) return;
          const isTyping = /INPUT|SELECT|TEXTAREA/.test(event.target.tagName);
          if (event.key === "Escape") {
            if (!$("keys").hidden) { $("keys").hidden = true; return; }
            if (isTyping) { closeSearch(); event.target.blur(); svg.focus(); return; }
            return choose(-1);
          }
          if (isTyping) return;
          const onSheet = event.target === svg || event.target === document.body;
          switch (event.key) {
            case "/": $("search").focus(); $("search").select(); break;
            case "+": case "=": zoom(1.25); break;
            case "-": case "_": zoom(0.8); break;
            case "0": fit(); break;
            case "?": $("keys").hidden = !$("keys").hidden; break;
            case "u": if (chosen >= 0 && graph.parent(chosen) >= 0) {
              const outer = graph.nodes.length + graph.parent(chosen);
              choose(outer); centre(outer, true);
            } break;
            case "Enter": case " ":
              if (!onSheet) return;
              if (chosen >= 0 && graph.isScope(chosen)) toggle(chosen);
              break;
            case "ArrowUp": case "ArrowDown": case "ArrowLeft": case "ArrowRight": {
              if (!onSheet) return;
              if (chosen < 0 || !sheet.places.has(chosen)) {
                let first = -1;
                for (const [item, p] of sheet.places) {
                  if (!p.isOpen && (first < 0 || p.y < sheet.places.get(first).y)) first = item;
                }
                if (first >= 0) { choose(first); centre(first, true); }
                break;
              }
              const next = event.key === "ArrowUp" ? along(false) : event.key === "ArrowDown" ? along(true)
                : beside(event.key === "ArrowLeft" ? -1 : 1);
              if (next >= 0) { choose(next); centre(next, true); }
              break;
            }
            default: return;
          }
          event.preventDefault();
        });

        // Search in names, operations and tensors; what is found is unfolded and brought into the window.
        let hits = [], hit = 0, index = null;
        const indexed = () => {
          if (index && index.graph === graph) return index.all;
          const all = [];
          graph.scopes.forEach((s, i) => graph.gone.has(i) || all.push({ item: graph.nodes.length + i, text: graph.path(graph.nodes.length + i), note: "block" }));
          graph.nodes.forEach((v, i) => {
            all.push({ item: i, text: graph.path(i), note: v.o });
            for (const [role, t] of v.w || []) {
              const tensor = data.tensors[t];
              all.push({ item: i, text: tensor[0], note: (role ? role + " of " : "tensor of ") + shorten(v.l, 40) + " [" + tensor[2].join(", ") + "]" });
            }
          });
          for (const one of all) one.key = (one.text + " " + one.note).toLowerCase();
          index = { graph, all };
          return all;
        };
        function find(text) {
          const words = text.toLowerCase().split(/\s+/).filter(Boolean);
          hits = words.length ? indexed().filter(one => words.every(w => one.key.includes(w))) : [];
          hit = 0;
          const box = $("found");
          box.replaceChildren();
          hits.slice(0, 100).forEach((one, i) => {
            const row = tag("div", one.text);
            row.id = "hit" + i;
            row.setAttribute("role", "option");
            row.setAttribute("aria-selected", i === 0 ? "true" : "false");
            row.append(tag("small", one.note));
            row.onpointerdown = event => { event.preventDefault(); hit = i; take(); };
            box.append(row);
          });
          if (words.length) {
            box.append(tag("small", hits.length === 0 ? "nothing is called so"
              : hits.length > 100 ? grouped(hits.length) + " found, 100 shown" : grouped(hits.length) + " found"));
          }
          box.hidden = !words.length;
          $("search").setAttribute("aria-expanded", String(!box.hidden));
        }
        function step(by) {
          const shown = Math.min(hits.length, 100);
          if (!shown) return;
          hit = (hit + by + shown) % shown;
          $("found").querySelectorAll("[role=option]").forEach((row, i) => row.setAttribute("aria-selected", String(i === hit)));
          $("search").setAttribute("aria-activedescendant", "hit" + hit);
          $("hit" + hit).scrollIntoView({ block: "nearest" });
        }
        function take() {
          if (!hits[hit]) return;
          closeSearch();
          go(hits[hit].item);
          svg.focus();
        }
        function closeSearch() { $("found").hidden = true; $("search").setAttribute("aria-expanded", "false"); }
        $("search").addEventListener("input", event => find(event.target.value));
        $("search").addEventListener("focus", event => { if (event.target.value) find(event.target.value); });
        $("search").addEventListener("blur", closeSearch);
        $("search").addEventListener("keydown", event => {
          if (event.key === "ArrowDown") step(1);
          else if (event.key === "ArrowUp") step(-1);
          else if (event.key === "Enter") take();
          else return;
          event.preventDefault();
        });

        $("in").onclick = () => zoom(1.25);
        $("out").onclick = () => zoom(0.8);
        $("fit").onclick = () => fit();
        $("help").onclick = () => { $("keys").hidden = !$("keys").hidden; };
        $("fold").onclick = () => { graph.open.clear(); graph.openFirst(); arrange(); fit(false); choose(-1); };
        $("unfold").onclick = () => {
          if (graph.nodes.length > LIMIT) return say(grouped(graph.nodes.length) + " operations are too many to be unfolded at once");
          graph.scopes.forEach((_, s) => graph.open.add(s));
          arrange(); fit(false); choose(-1);
        };
        $("control").onclick = () => {
          showsOrder = !showsOrder;
          $("control").setAttribute("aria-pressed", String(showsOrder));
          arrange(chosen >= 0 ? chosen : undefined);
        };
        const table = tag("table");
        for (const [key, what] of KEYS) {
          const row = tag("tr"), cell = tag("td");
          cell.append(tag("kbd", key));
          row.append(cell, tag("td", what));
          table.append(row);
        }
        $("keys").append(table, tag("small", "The wheel moves, with Ctrl it zooms."));

        // Which drawing, where there are several.
        function pick(number) {
          graph = graphs[number];
          $("which").value = String(number);
          bodies.clear();
          chosen = -1;
          $("control").hidden = graph.orders === 0;
          $("control").title = "Show what waits for what (" + grouped(graph.orders) + ")";
          arrange();
          fit(false);
          choose(-1);
        }
        graphs.forEach((g, i) => {
          const option = tag("option", shorten(g.name, 60) + " (" + grouped(g.nodes.length) + ")");
          option.value = String(i);
          $("which").append(option);
        });
        $("chooser").hidden = graphs.length < 2;
        $("which").onchange = event => pick(Number(event.target.value));
        new ResizeObserver(() => { if (sheet) { drawn = null; show(); } }).observe(view);
        pick(0);
        """#
}
