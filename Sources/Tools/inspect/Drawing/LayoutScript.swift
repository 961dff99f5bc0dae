/// Where boxes and edges of a drawing lie, as a page's script computes it.
enum LayoutScript {
    static let text = levels + "\n" + rows + "\n" + order

    /// Scopes in scopes, and what passes their borders.
    static let levels = #"""
        "use strict";
        // Layered drawing of a network with scopes in scopes. Each unfolded scope is drawn by itself: rows by the
        // longest way to them, few crossings by medians, straight edges by alignment (Brandes and Köpf). What goes
        // through the border of a scope goes through a port there, so that edges run around boxes and not across.
        const Layout = (() => {
          const GAP = 26, THIN = 10, ROW = 30, PAD = 16, HEAD = 30, WIRE = 2;
          const DUMMIES = 30000, SWEEPS = 10;

          // Which box stands for each node: itself, or the outermost folded scope around it.
          function stand(graph, open) {
            const hidden = new Int32Array(graph.scopes.length).fill(-1);
            for (let s = 0; s < hidden.length; s++) {
              const p = graph.parentOfScope[s];
              if (p >= 0) hidden[s] = hidden[p] >= 0 ? hidden[p] : open.has(p) ? -1 : p;
            }
            const n = graph.nodes.length, result = new Int32Array(n);
            for (let v = 0; v < n; v++) {
              const s = graph.scopeOfNode[v];
              result[v] = s < 0 ? v : hidden[s] >= 0 ? n + hidden[s] : open.has(s) ? v : n + s;
            }
            return { hidden, result };
          }

          function draw(graph, open, size, withControls) {
            const n = graph.nodes.length;
            const { hidden, result: box } = stand(graph, open);
            const parent = item => item < n ? graph.scopeOfNode[item] : graph.parentOfScope[item - n];

            // What is to be drawn on each level: boxes, edges, and what passes the border.
            const levels = new Map();
            const level = s => {
              let found = levels.get(s);
              if (!found) levels.set(s, found = { boxes: [], edges: new Map(), exits: new Map(), entries: new Map() });
              return found;
            };
            level(-1);
            const isSeen = new Set();
            const put = item => {
              if (isSeen.has(item)) return;
              isSeen.add(item);
              const p = parent(item);
              level(p).boxes.push(item);
              if (p >= 0) put(n + p);
            };
            for (let v = 0; v < n; v++) put(box[v]);

            const wires = new Map();
            const wire = (u, v, isControl) => {
              const a = box[u], b = box[v];
              if (a === b) return;
              const key = a * (n + graph.scopes.length) + b;
              const known = wires.get(key);
              if (known) { known.count++; known.isControl = known.isControl && isControl; return; }
              wires.set(key, { a, b, count: 1, isControl });
            };
            for (let v = 0; v < n; v++) {
              for (const input of graph.nodes[v].i) if (input[0] >= 0) wire(input[0], v, false);
              if (withControls) for (const u of graph.nodes[v].c || []) wire(u, v, true);
            }
            const chain = item => {
              const all = [item];
              for (let s = parent(item); s >= 0; s = graph.parentOfScope[s]) all.push(n + s);
              return all;
            };
            const chains = new Map();
            const chainOf = item => {
              let found = chains.get(item);
              if (!found) chains.set(item, found = chain(item));
              return found;
            };
            for (const w of wires.values()) {
              const up = chainOf(w.a), down = chainOf(w.b);
              let i = up.length - 1, j = down.length - 1;
              while (i > 0 && j > 0 && up[i] === down[j]) { i--; j--; }
              if (up[i] === down[j]) continue;
              const from = up[i], to = down[j];
              const here = level(parent(from));
              const key = from + ">" + to + ">" + w.a;
              let edge = here.edges.get(key);
              if (!edge) here.edges.set(key, edge = { from, to, key: w.a, wires: [] });
              edge.wires.push(w);
              for (; i > 0; i--) {
                const exits = level(up[i] - n).exits;
                if (!exits.has(w.a)) exits.set(w.a, { child: up[i - 1], wires: [] });
                exits.get(w.a).wires.push(w);
              }
              for (; j > 0; j--) {
                const entries = level(down[j] - n).entries;
                let targets = entries.get(w.a);
                if (!targets) entries.set(w.a, targets = new Map());
                if (!targets.has(down[j - 1])) targets.set(down[j - 1], []);
                targets.get(down[j - 1]).push(w);
              }
            }

            const places = new Map(), paths = [];
            const whole = arrange(-1, [], { n, open, size, level, places, paths });
            shift(whole, 0, 0, places, paths);
            return { places, paths, width: whole.w, height: whole.h, wires: [...wires.values()], box, hidden };
          }

          // Lays out one level. `ports` are { key, out, top }: what passes its border, and where.
          function arrange(scope, ports, context) {
            const { n, open, size, level } = context;
            const { boxes, edges, exits, entries } = level(scope);
            // Vertices of this level: boxes, then ports.
            const index = new Map();
            const vs = boxes.map((item, i) => {
              index.set(item, i);
              return { item, w: 0, h: 0, ins: [], outs: [] };
            });
            const es = [];
            for (const e of edges.values()) es.push({ u: index.get(e.from), v: index.get(e.to), e });
            unloop(vs.length, es);
            // What passes the borders of the unfolded scopes here, above or below.
            const portsOf = new Map();
            const port = (v, key, out, top) => {
              const item = vs[v].item;
              if (item < n || !open.has(item - n)) return null;
              let list = portsOf.get(v);
              if (!list) portsOf.set(v, list = new Map());
              const id = key + (out ? ">" : "<") + (top ? "^" : "_");
              let found = list.get(id);
              if (!found) list.set(id, found = { key, out, top });
              return found;
            };
            for (const e of es) {
              e.start = port(e.u, e.e.key, true, e.isBack);
              e.end = port(e.v, e.e.key, false, !e.isBack);
            }
            for (const p of ports) {
              p.v = vs.length;
              vs.push({ port: p, w: WIRE, h: 0, ins: [], outs: [] });
              const inner = p.out ? [[exits.get(p.key).child, exits.get(p.key).wires]] : entries.get(p.key);
              for (const [child, wires] of inner) {
                const c = index.get(child);
                const e = { e: { key: p.key, wires }, isBack: p.out === p.top };
                if (p.out) { e.u = c; e.v = p.v; e.start = port(c, p.key, true, p.top); }
                else { e.u = p.v; e.v = c; e.end = port(c, p.key, false, p.top); }
                es.push(e);
              }
            }
            for (let v = 0; v < boxes.length; v++) {
              const item = vs[v].item;
              if (item >= n && open.has(item - n)) {
                const inner = arrange(item - n, [...(portsOf.get(v) || new Map()).values()], context);
                vs[v].inner = inner;
                vs[v].w = inner.w; vs[v].h = inner.h;
              } else {
                const s = size(item);
                vs[v].w = s.w; vs[v].h = s.h;
              }
            }
            // From here on edges point down; those that close rings run up.
            for (const e of es) {
              e.s = e.isBack ? e.v : e.u;
              e.t = e.isBack ? e.u : e.v;
              vs[e.s].outs.push(e);
              vs[e.t].ins.push(e);
            }
            const parts = components(vs, es);
            const result = { scope, w: 0, h: 0, boxes: [], paths: [], ports: new Map() };
            const sheets = parts.map(part => rows(part, vs, scope < 0));
            const head = scope < 0 ? 0 : HEAD;
            let x = PAD, y = head + (scope < 0 ? PAD : 0), shelf = 0, widest = 0;
            const area = sheets.reduce((sum, s) => sum + s.w * s.h, 0);
            const limit = sheets.reduce((most, s) => Math.max(most, s.w), Math.sqrt(area) * 1.5);
            sheets.forEach((sheet, i) => {
              if (i > 0 && x + sheet.w > limit + PAD) { x = PAD; y += shelf + GAP; shelf = 0; }
              place(sheet, x, y, vs, result);
              x += sheet.w + GAP;
              shelf = Math.max(shelf, sheet.h);
              widest = Math.max(widest, x - GAP);
            });
            result.w = Math.max(widest + PAD, scope < 0 ? 0 : context.size(n + scope, true).w);
            result.h = y + shelf + PAD;
            // A lone scope narrower than its title stands in the middle of it.
            const slack = (result.w - widest - PAD) / 2;
            if (slack > 0) {
              for (const b of result.boxes) b.x += slack;
              for (const p of result.paths) for (const q of p.points) q[0] += slack;
              for (const p of result.ports.values()) p.x += slack;
            }
            // What goes through the border reaches it.
            for (const p of result.paths) {
              if (p.bottom) p.points[p.bottom > 0 ? p.points.length - 1 : 0][1] = result.h;
              if (p.top) p.points[p.top > 0 ? p.points.length - 1 : 0][1] = 0;
            }
            return result;
          }

          // Turns edges around until none closes a ring: those that lead back to where the walk came from.
          function unloop(count, es) {
            const outs = Array.from({ length: count }, () => []), ins = new Int32Array(count);
            for (const e of es) { outs[e.u].push(e); ins[e.v]++; e.isBack = false; }
            const state = new Uint8Array(count);
            const roots = [];
            for (let v = 0; v < count; v++) if (ins[v] === 0) roots.push(v);
            for (let v = 0; v < count; v++) if (ins[v] > 0) roots.push(v);
            for (const root of roots) {
              if (state[root]) continue;
              const stack = [[root, 0]];
              state[root] = 1;
              while (stack.length) {
                const top = stack[stack.length - 1], list = outs[top[0]];
                if (top[1] >= list.length) { state[top[0]] = 2; stack.pop(); continue; }
                const e = list[top[1]++];
                if (state[e.v] === 1) e.isBack = true;
                else if (!state[e.v]) { state[e.v] = 1; stack.push([e.v, 0]); }
              }
            }
          }

          // Parts that hang together; all that pass the border are one.
          function components(vs, es) {
            const root = vs.map((_, i) => i);
            const find = v => { while (root[v] !== v) v = root[v] = root[root[v]]; return v; };
            for (const e of es) root[find(e.s)] = find(e.t);
            let border = -1;
            vs.forEach((v, i) => { if (v.port) { if (border >= 0) root[find(i)] = find(border); border = i; } });
            const parts = new Map();
            vs.forEach((_, i) => {
              const r = find(i);
              if (!parts.has(r)) parts.set(r, { vs: [], es: [] });
              parts.get(r).vs.push(i);
            });
            for (const e of es) parts.get(find(e.s)).es.push(e);
            const first = border >= 0 ? find(border) : -1;
            const all = [...parts.entries()];
            // The border's part first, then the larger ones, in the order of the file.
            return all.map(([r, p], i) => ({ r, p, i }))
              .sort((a, b) => (b.r === first) - (a.r === first) || (b.p.vs.length > 1) - (a.p.vs.length > 1) || a.i - b.i)
              .map(x => x.p);
          }
        """#
}
