extension LayoutScript {
    /// The order in rows, with few crossings, and the places, with straight edges.
    static let order = #"""
          // MARK: Order in rows

          function order(layers) {
            const number = () => { for (const l of layers) l.forEach((c, i) => c.pos = i); };
            number();
            const save = () => layers.map(l => l.slice());
            let best = save(), least = crossings(layers);
            const total = layers.reduce((s, l) => s + l.length, 0);
            const sweeps = total > 20000 ? 4 : SWEEPS;
            for (let s = 0, stale = 0; s < sweeps && least > 0 && stale < 4; s++) {
              if (s % 2 === 0) for (let r = 1; r < layers.length; r++) sort(layers[r], "up", s % 4 < 2);
              else for (let r = layers.length - 2; r >= 0; r--) sort(layers[r], "down", s % 4 < 2);
              if (total < 4000) exchange(layers);
              const found = crossings(layers);
              if (found < least) { least = found; best = save(); stale = 0; } else stale++;
            }
            layers.forEach((_, r) => layers[r] = best[r]);
            number();
          }

          function sort(layer, side, keepsLeft) {
            for (const c of layer) {
              const near = c[side];
              if (!near.length) { c.weight = -1; continue; }
              const all = near.map(d => d.pos).sort((a, b) => a - b), m = all.length >> 1;
              if (all.length % 2) c.weight = all[m];
              else if (all.length === 2) c.weight = (all[0] + all[1]) / 2;
              else {
                const l = all[m - 1] - all[0], r = all[all.length - 1] - all[m];
                c.weight = l + r === 0 ? (all[m - 1] + all[m]) / 2 : (all[m - 1] * r + all[m] * l) / (l + r);
              }
            }
            // Those without neighbours stay where they are.
            const free = layer.filter(c => c.weight >= 0);
            free.sort((a, b) => a.weight - b.weight || (keepsLeft ? a.pos - b.pos : b.pos - a.pos));
            let next = 0;
            for (let i = 0; i < layer.length; i++) if (layer[i].weight >= 0) free[next].slot = i, next++;
            next = 0;
            const result = layer.map(c => c.weight < 0 ? c : null);
            for (let i = 0; i < result.length; i++) if (!result[i]) result[i] = free[next++];
            for (let i = 0; i < layer.length; i++) { layer[i] = result[i]; layer[i].pos = i; }
          }

          function crossings(layers) {
            let total = 0;
            for (let r = 0; r + 1 < layers.length; r++) {
              const below = layers[r + 1].length, tree = new Int32Array(below + 1);
              let seen = 0;
              for (const c of layers[r]) {
                for (const d of c.down) {
                  let before = 0;
                  for (let i = d.pos + 1; i > 0; i -= i & -i) before += tree[i];
                  total += seen - before;
                }
                for (const d of c.down) {
                  seen++;
                  for (let i = d.pos + 1; i <= below; i += i & -i) tree[i]++;
                }
              }
            }
            return total;
          }

          function exchange(layers) {
            const pair = (a, b, side) => {
              let ab = 0, ba = 0;
              for (const p of a[side]) for (const q of b[side]) {
                if (p.pos > q.pos) ab++; else if (p.pos < q.pos) ba++;
              }
              return ba - ab;
            };
            for (let turn = 0; turn < 4; turn++) {
              let isBetter = false;
              for (const layer of layers) {
                for (let i = 0; i + 1 < layer.length; i++) {
                  const a = layer[i], b = layer[i + 1];
                  if (a.up.length * b.up.length + a.down.length * b.down.length > 400) continue;
                  if (pair(a, b, "up") + pair(a, b, "down") < 0) {
                    layer[i] = b; layer[i + 1] = a; b.pos = i; a.pos = i + 1;
                    isBetter = true;
                  }
                }
              }
              if (!isBetter) break;
            }
          }

          // MARK: Places in rows

          function align(layers) {
            // Edges between points of long edges stay straight; those that cross them do not count.
            for (const l of layers) for (const c of l) c.broken = null;
            for (let r = 1; r < layers.length; r++) {
              const upper = layers[r - 1], lower = layers[r];
              let k0 = 0, done = 0;
              lower.forEach((v, i) => {
                const inner = v.v < 0 && v.up.length && v.up[0].v < 0 ? v.up[0] : null;
                if (!inner && i < lower.length - 1) return;
                const k1 = inner ? inner.pos : upper.length;
                for (; done <= i; done++) {
                  for (const u of lower[done].up) {
                    if ((u.pos < k0 || u.pos > k1) && !(u.v < 0 && lower[done].v < 0)) {
                      (lower[done].broken = lower[done].broken || new Set()).add(u);
                    }
                  }
                }
                k0 = k1 === upper.length ? k0 : k1;
              });
            }
            const cells = layers.flat();
            cells.forEach((c, i) => c.id = i);
            const found = [];
            for (const down of [true, false]) for (const right of [true, false]) {
              found.push(assign(layers, cells, down, right));
            }
            // All moved to where the narrowest is.
            let narrow = 0, least = Infinity;
            const spans = found.map(xs => {
              let low = Infinity, high = -Infinity;
              for (const c of cells) {
                low = Math.min(low, xs[c.id] - c.w / 2); high = Math.max(high, xs[c.id] + c.w / 2);
              }
              return [low, high];
            });
            spans.forEach(([low, high], i) => { if (high - low < least) { least = high - low; narrow = i; } });
            const moves = spans.map((s, i) => i % 2 === 0 ? spans[narrow][0] - s[0] : spans[narrow][1] - s[1]);
            for (const c of cells) {
              const xs = found.map((f, i) => f[c.id] + moves[i]).sort((a, b) => a - b);
              c.x = (xs[1] + xs[2]) / 2;
            }
            // Medians of four keep the distances but for rounding.
            for (const l of layers) for (let i = 1; i < l.length; i++) {
              l[i].x = Math.max(l[i].x, l[i - 1].x + between(l[i - 1], l[i]));
            }
          }

          const between = (a, b) => (a.w + b.w) / 2 + (a.v < 0 || b.v < 0 || a.w <= WIRE || b.w <= WIRE ? THIN : GAP);

          function assign(layers, cells, down, right) {
            const count = cells.length, root = new Int32Array(count), next = new Int32Array(count);
            for (let i = 0; i < count; i++) root[i] = next[i] = i;
            const side = down ? "up" : "down";
            const isBroken = (u, v) => down ? v.broken && v.broken.has(u) : u.broken && u.broken.has(v);
            for (let r = 0; r < layers.length; r++) {
              const layer = layers[down ? r : layers.length - 1 - r];
              let bound = right ? -1 : Infinity;
              for (let k = 0; k < layer.length; k++) {
                const v = layer[right ? k : layer.length - 1 - k], near = v[side];
                if (!near.length) continue;
                const all = near.length > 1 ? near.slice().sort((a, b) => a.pos - b.pos) : near;
                const m = (all.length - 1) / 2;
                const picks = right ? [Math.floor(m), Math.ceil(m)] : [Math.ceil(m), Math.floor(m)];
                for (const i of picks) {
                  const u = all[i];
                  if (next[v.id] !== v.id) break;
                  if (isBroken(u, v)) continue;
                  if (right ? u.pos > bound : u.pos < bound) {
                    root[v.id] = root[u.id];
                    next[v.id] = root[u.id];
                    bound = u.pos;
                  }
                }
              }
            }
            // Blocks side by side: as far left as they can, then what has room is drawn to the right.
            const succ = Array.from({ length: count }, () => []), pred = Array.from({ length: count }, () => []);
            const ins = new Int32Array(count), queue = [];
            for (const layer of layers) for (let i = 1; i < layer.length; i++) {
              const a = root[layer[i - 1].id], b = root[layer[i].id], d = between(layer[i - 1], layer[i]);
              succ[a].push(b, d);
              pred[b].push(a, d);
              ins[b]++;
            }
            for (let i = 0; i < count; i++) if (root[i] === i && ins[i] === 0) queue.push(i);
            const x = new Float64Array(count);
            for (let i = 0; i < queue.length; i++) {
              const b = queue[i], before = pred[b], after = succ[b];
              let at = 0;
              for (let k = 0; k < before.length; k += 2) at = Math.max(at, x[before[k]] + before[k + 1]);
              x[b] = at;
              for (let k = 0; k < after.length; k += 2) if (--ins[after[k]] === 0) queue.push(after[k]);
            }
            const most = right ? Infinity : x.reduce((m, at) => Math.max(m, at), 0);
            for (let i = queue.length - 1; i >= 0; i--) {
              const b = queue[i], after = succ[b];
              if (right && (pred[b].length || !after.length)) continue;
              let at = most;
              for (let k = 0; k < after.length; k += 2) at = Math.min(at, x[after[k]] - after[k + 1]);
              x[b] = right ? Math.max(x[b], at) : at;
            }
            if (!right) {
              for (const b of queue) {
                const before = pred[b];
                if (succ[b].length || !before.length) continue;
                let at = -Infinity;
                for (let k = 0; k < before.length; k += 2) at = Math.max(at, x[before[k]] + before[k + 1]);
                x[b] = Math.min(x[b], at);
              }
            }
            for (let i = 0; i < count; i++) if (root[i] !== i) x[i] = x[root[i]];
            return x;
          }

          return { draw };
        })();
        """#
}
