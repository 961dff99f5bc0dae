extension LayoutScript {
    /// The rows of what hangs together, and the points that edges pass.
    static let rows = #"""
          // The rows of a part: ranks, order, places.
          function rows(part, vs, isOutermost) {
            const ids = part.vs;
            const rank = new Map(), rest = new Map();
            for (const v of ids) { rank.set(v, vs[v].port ? 0 : 1); rest.set(v, vs[v].ins.length); }
            const queue = ids.filter(v => rest.get(v) === 0);
            for (let i = 0; i < queue.length; i++) {
              for (const e of vs[queue[i]].outs) {
                rank.set(e.t, Math.max(rank.get(e.t), rank.get(e.s) + 1));
                rest.set(e.t, rest.get(e.t) - 1);
                if (rest.get(e.t) === 0) queue.push(e.t);
              }
            }
            // What nothing leads to stands right above what takes it.
            for (let i = queue.length - 1; i >= 0; i--) {
              const v = vs[queue[i]];
              if (v.port || !v.outs.length || v.ins.length) continue;
              let least = Infinity;
              for (const e of v.outs) if (!vs[e.t].port) least = Math.min(least, rank.get(e.t));
              rank.set(queue[i], isFinite(least) ? Math.max(least - 1, 1) : 1);
            }
            let last = 1;
            for (const v of ids) if (!vs[v].port) last = Math.max(last, rank.get(v));
            for (const v of ids) if (vs[v].port) rank.set(v, vs[v].port.top ? 0 : last + 1);
            let first = Infinity;
            for (const v of ids) first = Math.min(first, rank.get(v));

            // Points where edges pass rows; edges from one source to several share them.
            const cells = ids.map(v => ({ v, rank: rank.get(v) - first, w: vs[v].w, h: vs[v].h, up: [], down: [] }));
            const cellOf = new Map(cells.map(c => [c.v, c]));
            const long = part.es.filter(e => rank.get(e.t) - rank.get(e.s) > 1)
              .sort((a, b) => rank.get(a.t) - rank.get(a.s) - rank.get(b.t) + rank.get(b.s));
            let dummies = 0;
            const aside = new Set();
            for (const e of long) {
              const length = rank.get(e.t) - rank.get(e.s) - 1;
              if (dummies + length > DUMMIES) aside.add(e); else dummies += length;
            }
            const bundles = new Map();
            for (const e of part.es) {
              if (aside.has(e)) continue;
              const key = e.s + ":" + e.e.key + ":" + (e.isBack ? 1 : 0);
              if (!bundles.has(key)) bundles.set(key, []);
              bundles.get(key).push(e);
            }
            for (const list of bundles.values()) {
              const start = cellOf.get(list[0].s);
              const passed = [start];
              list.sort((a, b) => rank.get(a.t) - rank.get(b.t));
              for (const e of list) {
                const target = cellOf.get(e.t), steps = target.rank - start.rank;
                while (passed.length < steps) {
                  const before = passed[passed.length - 1];
                  const d = { v: -1, rank: before.rank + 1, w: WIRE, h: 0, up: [before], down: [] };
                  before.down.push(d);
                  cells.push(d);
                  passed.push(d);
                }
                const before = passed[steps - 1];
                before.down.push(target);
                target.up.push(before);
                e.cells = passed.slice(0, steps).concat(target);
              }
            }
            let depth = 1;
            for (const c of cells) depth = Math.max(depth, c.rank + 1);
            const layers = Array.from({ length: depth }, () => []);
            for (const c of cells) layers[c.rank].push(c);
            order(layers);
            align(layers);

            // Heights of rows, and of the gaps, in which edges cross.
            const tops = [], bottoms = [];
            let y = 0, width = 0, left = Infinity;
            for (const layer of layers) for (const c of layer) {
              left = Math.min(left, c.x - c.w / 2);
            }
            layers.forEach((layer, r) => {
              let h = 0, reach = 0;
              for (const c of layer) {
                c.x -= left;
                h = Math.max(h, c.h);
                width = Math.max(width, c.x + c.w / 2);
              }
              tops[r] = y; bottoms[r] = y + h;
              for (const c of layer) {
                c.y = y + h / 2;
                for (const d of c.down) reach = Math.max(reach, Math.abs(d.x - left - c.x));
              }
              y += h + (r < depth - 1 ? ROW + Math.min(40, reach * 0.06) + Math.min(30, layer.length * 0.5) : 0);
            });
            // Edges too long for points of their own run along the side.
            const lanes = new Map();
            for (const e of aside) lanes.set(e, width + 14 + (lanes.size % 40) * 5);
            if (lanes.size) width += 20 + Math.min(lanes.size, 40) * 5;
            return { part, cells, cellOf, tops, bottoms, w: width, h: y, lanes };
          }

          // Puts a part into its level.
          function place(sheet, x, y, vs, result) {
            const { part, cellOf, tops, bottoms } = sheet;
            for (const v of part.vs) {
              const c = cellOf.get(v), box = vs[v];
              c.x += x; c.y += y;
              if (box.port) { result.ports.set(box.port, { x: c.x }); continue; }
              result.boxes.push({ item: box.item, x: c.x - box.w / 2, y: c.y - box.h / 2, w: box.w, h: box.h, inner: box.inner });
            }
            for (const c of sheet.cells) if (c.v < 0) { c.x += x; c.y += y; }
            const reach = (c, port) => {
              // Where an edge may touch a box: at its port, or near the middle.
              if (c.v < 0) return [c.x, c.x];
              const box = vs[c.v];
              if (box.port) return [c.x, c.x];
              if (port && box.inner) {
                const px = c.x - box.w / 2 + box.inner.ports.get(port).x;
                return [px, px];
              }
              const r = Math.max(0, box.w / 2 - 18);
              return [c.x - Math.min(r, 40), c.x + Math.min(r, 40)];
            };
            const touch = (a, b) => {
              const low = Math.max(a[0], b[0]), high = Math.min(a[1], b[1]);
              if (low <= high) {
                const middle = (b[0] + b[1]) / 2, at = Math.min(Math.max(middle, low), high);
                return [at, at];
              }
              return a[1] < b[0] ? [a[1], b[0]] : [a[0], b[1]];
            };
            for (const e of part.es) {
              const upper = cellOf.get(e.s), lower = cellOf.get(e.t);
              const startPort = e.isBack ? e.end : e.start, endPort = e.isBack ? e.start : e.end;
              const points = [];
              const lane = sheet.lanes.get(e);
              const bottomOf = c => c.v >= 0 && !vs[c.v].port ? c.y + c.h / 2 : c.y;
              const topOf = c => c.v >= 0 && !vs[c.v].port ? c.y - c.h / 2 : c.y;
              if (lane !== undefined) {
                const a = upper.x, b = lower.x, g1 = y + bottoms[upper.rank] + 12, g2 = y + tops[lower.rank] - 12;
                const lx = x + lane;
                points.push([a, bottomOf(upper)], [a, g1 - 8], [lx, g1 + 8], [lx, g2 - 8], [b, g2 + 4], [b, topOf(lower)]);
              } else {
                for (let k = 0; k + 1 < e.cells.length; k++) {
                  const c = e.cells[k], d = e.cells[k + 1];
                  const [p, q] = touch(reach(c, startPort), reach(d, endPort));
                  if (k === 0) points.push([p, bottomOf(c)]);
                  points.push([p, Math.max(bottomOf(c), y + bottoms[c.rank])]);
                  points.push([q, Math.min(topOf(d), y + tops[d.rank])]);
                  if (k + 2 === e.cells.length) points.push([q, topOf(d)]);
                }
              }
              if (e.isBack) points.reverse();
              const path = { points, wires: e.e.wires, ends: vs[e.v].port || e.end ? 0 : 1 };
              const port = vs[e.u].port || vs[e.v].port;
              if (port) path[port.top ? "top" : "bottom"] = port.out ? 1 : -1;
              result.paths.push(path);
            }
          }

          // Everything at last where it is on the whole sheet.
          function shift(levelResult, dx, dy, places, paths) {
            for (const p of levelResult.paths) {
              for (const q of p.points) { q[0] += dx; q[1] += dy; }
              paths.push(p);
            }
            for (const b of levelResult.boxes) {
              places.set(b.item, { x: b.x + dx, y: b.y + dy, w: b.w, h: b.h, isOpen: !!b.inner });
              if (b.inner) shift(b.inner, b.x + dx, b.y + dy, places, paths);
            }
          }
        """#
}
