extension DrawingScript {
    /// The window, and what is drawn in it.
    static let window = #"""
        // Lays everything out anew; what is named stays where it is in the window.
        function arrange(anchor) {
          const before = anchor === undefined || !sheet ? null : sheet.places.get(anchor);
          const started = performance.now();
          const next = Layout.draw(graph, graph.open, (item, isOpen) =>
            isOpen ? { w: wide(ending(graph.label(item), 36), "head") + 60 } : body(item), showsOrder);
          document.documentElement.dataset.layout = (performance.now() - started).toFixed(1);
          document.documentElement.dataset.boxes = String(next.places.size);
          sheet = next;
          const after = before && next.places.get(anchor);
          if (after) {
            // The head of the box stays: its middle, its upper edge.
            left += scale * (before.x + before.w / 2 - after.x - after.w / 2);
            top_ += scale * (before.y - after.y);
          }
          drawn = null;
          show();
        }

        // Draws what is in the window, and some way around it.
        function show() {
          world.setAttribute("transform", `translate(${left.toFixed(2)} ${top_.toFixed(2)}) scale(${scale.toFixed(4)})`);
          const w = view.clientWidth, h = view.clientHeight;
          const window_ = { x: -left / scale, y: -top_ / scale, w: w / scale, h: h / scale };
          const isFar = scale < 0.3;
          if (drawn && drawn.isFar === isFar && window_.x >= drawn.x && window_.y >= drawn.y
            && window_.x + window_.w <= drawn.x + drawn.w && window_.y + window_.h <= drawn.y + drawn.h) return;
          const area = { x: window_.x - window_.w * 0.6, y: window_.y - window_.h * 0.6, w: window_.w * 2.2,
            h: window_.h * 2.2, isFar };
          drawn = area;
          const meets = (x, y, w, h) => x < area.x + area.w && x + w > area.x && y < area.y + area.h && y + h > area.y;
          const under = make("g", {}), wires = make("g", {}), boxes = make("g", {});
          for (const [item, p] of sheet.places) {
            if (!meets(p.x, p.y, p.w, p.h + 8)) continue;
            (p.isOpen ? under : boxes).appendChild(box(item, p, isFar));
          }
          for (const path of sheet.paths) {
            if (path.x0 === undefined) {
              path.x0 = Infinity; path.x1 = -Infinity; path.y0 = Infinity; path.y1 = -Infinity;
              for (const [x, y] of path.points) {
                path.x0 = Math.min(path.x0, x); path.x1 = Math.max(path.x1, x);
                path.y0 = Math.min(path.y0, y); path.y1 = Math.max(path.y1, y);
              }
            }
            if (!meets(path.x0 - 2, path.y0, path.x1 - path.x0 + 4, path.y1 - path.y0)) continue;
            wires.appendChild(wire(path));
          }
          world.classList.toggle("far", isFar);
          world.replaceChildren(under, wires, boxes);
          mark();
        }

        function box(item, p, isFar) {
          const n = graph.nodes.length, isScope = item >= n;
          const g = make("g", { class: "box", id: "b" + item, transform: `translate(${p.x.toFixed(1)} ${p.y.toFixed(1)})`,
            role: isScope ? "button" : "img" });
          make("title", {}, g).textContent = (isScope ? "" : graph.nodes[item].o + " ") + graph.path(item);
          const text = (kind, x, y, value) => { make("text", { class: kind, x, y }, g).textContent = value; };
          if (isScope && p.isOpen) {
            g.classList.add("open");
            g.setAttribute("aria-expanded", "true");
            g.setAttribute("aria-label", "block " + graph.path(item) + ", unfolded");
            make("rect", { class: "back", width: p.w, height: p.h, rx: 8 }, g);
            if (!isFar) text("title", 12, 19, "\u25be " + ending(graph.label(item), 36));
            return g;
          }
          const b = body(item);
          if (isScope) {
            g.classList.add("block");
            g.setAttribute("aria-expanded", "false");
            g.setAttribute("aria-label", "block " + graph.path(item) + ", folded, " + b.lines[0]);
            make("rect", { class: "under", x: 4, y: 4, width: p.w, height: p.h, rx: 7 }, g);
            make("rect", { class: "back", width: p.w, height: p.h, rx: 7 }, g);
            // Which kinds are in it, as a bar.
            const inside = graph.inside[item - n];
            let x = 10;
            for (const [kind] of data.kinds) {
              const share = (inside.kinds[kind] || 0) / inside.nodes * (p.w - 20);
              if (share > 0) make("rect", { class: kind, x: x.toFixed(1), y: p.h - 12, width: share.toFixed(1), height: 4 }, g);
              x += share;
            }
            if (isFar) return g;
            text("title", 12, 20, "\u25b8 " + b.title);
            text("dim", 12, 37, b.lines[0]);
            return g;
          }
          const v = graph.nodes[item];
          g.setAttribute("aria-label", v.o + " " + graph.path(item) + (v.r && v.r.length ? ", gives " + v.r[0] : ""));
          make("rect", { class: "back", width: p.w, height: p.h, rx: 5 }, g);
          make("path", { class: "cap " + v.k, d: isFar ? `M0 0H${p.w}V${p.h}H0z`
            : `M0 24V5Q0 0 5 0H${p.w - 5}Q${p.w} 0 ${p.w} 5V24z` }, g);
          if (isFar) return g;
          text("head", 10, 16, b.title);
          b.lines.forEach(([kind, line], i) => text(kind, 9, 39 + i * 16, line));
          return g;
        }

        // From point to point, upright where it leaves and where it arrives.
        function wire(path) {
          const ps = path.points.filter((p, i, all) => i === 0 || Math.hypot(p[0] - all[i - 1][0], p[1] - all[i - 1][1]) > 0.5);
          let d = `M${ps[0][0].toFixed(1)} ${ps[0][1].toFixed(1)}`;
          for (let i = 1; i < ps.length; i++) {
            const [x0, y0] = ps[i - 1], [x, y] = ps[i];
            if (Math.abs(x - x0) < 0.5) d += `L${x.toFixed(1)} ${y.toFixed(1)}`;
            else {
              const m = (y0 + y) / 2;
              d += `C${x0.toFixed(1)} ${m.toFixed(1)} ${x.toFixed(1)} ${m.toFixed(1)} ${x.toFixed(1)} ${y.toFixed(1)}`;
            }
          }
          let kind = "wire";
          if (!path.ends) kind += " plain";
          if (path.wires.every(w => w.isControl)) kind += " order";
          else if (path.wires.reduce((sum, w) => sum + w.count, 0) > 3) kind += " many";
          const element = make("path", { class: kind, d });
          element.wires = path.wires;
          return element;
        }

        // Shows what is chosen, and what goes in and out of it.
        function mark() {
          for (const on of world.querySelectorAll(".on")) on.classList.remove("on");
          if (chosen >= 0) {
            const g = $("b" + chosen);
            if (g) g.classList.add("on");
            svg.setAttribute("aria-activedescendant", g ? g.id : "");
          }
          for (const path of world.children[1].children) {
            path.classList.toggle("into", chosen >= 0 && path.wires.some(w => w.b === chosen));
            path.classList.toggle("from", chosen >= 0 && path.wires.some(w => w.a === chosen));
          }
        }

        function choose(item, says = true) {
          chosen = item;
          mark();
          tell(item);
          if (says) say(item < 0 ? "" : ($("b" + item) || { getAttribute: () => graph.path(item) }).getAttribute("aria-label"));
        }

        function say(text) { $("status").textContent = text || ""; }

        function toggle(item) {
          const s = item - graph.nodes.length;
          if (s < 0) return;
          if (graph.open.has(s)) graph.open.delete(s);
          else graph.open.add(s);
          arrange(item);
          choose(item);
        }

        function zoom(factor, x = view.clientWidth / 2, y = view.clientHeight / 2) {
          const next = Math.min(4, Math.max(0.01, scale * factor));
          left = x - (x - left) * next / scale;
          top_ = y - (y - top_) * next / scale;
          scale = next;
          show();
        }

        function fit(isWhole = true) {
          const w = view.clientWidth, h = view.clientHeight;
          const all = Math.min(w / (sheet.width + 20), h / (sheet.height + 20));
          // At first the start is to be read; what does not fit is further down.
          scale = Math.min(1.1, isWhole ? all : Math.max(all, Math.min(0.8, w / (sheet.width + 20)), 0.35));
          left = (w - sheet.width * scale) / 2;
          top_ = Math.max(6, (h - sheet.height * scale) / 2);
          if (!isWhole && sheet.width * scale > w) {
            // The first box is in the middle.
            let first = null;
            for (const p of sheet.places.values()) if (!first || p.y < first.y) first = p;
            if (first) left = w / 2 - (first.x + first.w / 2) * scale;
          }
          show();
        }

        // Brings a box into the window.
        function centre(item, nearest) {
          const p = sheet.places.get(item);
          if (!p) return;
          if (scale < 0.5 && !nearest) scale = 0.9;
          const w = view.clientWidth, h = view.clientHeight;
          const x = left + (p.x + p.w / 2) * scale, y = top_ + (p.y + Math.min(p.h, h / scale) / 2) * scale;
          if (!nearest || x < 60 || x > w - 60 || y < 50 || y > h - 50) { left += w / 2 - x; top_ += h / 2 - y; }
          show();
        }

        function go(item) {
          if (graph.reveal(item)) arrange();
          centre(item);
          choose(item);
        }
        """#
}
