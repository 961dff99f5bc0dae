/// What is drawn, as a page's script has it: graphs, boxes, and the window over them.
enum DrawingScript {
    static let text = model + "\n" + window

    /// The graphs, and what stands in boxes.
    static let model = #"""
        // The drawing itself: what is folded, where the window stands, and the boxes and edges that are in it.
        const data = JSON.parse(document.getElementById("data").textContent);
        const $ = id => document.getElementById(id);
        const NS = "http://www.w3.org/2000/svg";
        const make = (name, attributes, parent) => {
          const element = document.createElementNS(NS, name);
          for (const key in attributes) element.setAttribute(key, attributes[key]);
          if (parent) parent.appendChild(element);
          return element;
        };
        const grouped = n => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
        const times = shape => shape.length ? shape.join("\u00d7") : "scalar";

        // A drawing with what follows from it: which box lies where, and who takes from whom.
        class Graph {
          constructor(raw) {
            Object.assign(this, raw);
            this.gone = new Set();
            this.gather();
            this.merge();
            const n = this.nodes.length;
            this.parentOfScope = this.scopes.map(s => s[1]);
            this.scopeOfNode = this.nodes.map(v => v.s);
            this.readers = this.nodes.map(() => []);
            this.nodes.forEach((v, i) => { for (const x of v.i) if (x[0] >= 0) this.readers[x[0]].push(i); });
            this.orders = this.nodes.reduce((sum, v) => sum + (v.c ? v.c.length : 0), 0);
            this.children = this.scopes.map(() => []);
            this.top = [];
            this.scopes.forEach((s, i) => { if (!this.gone.has(i)) (s[1] < 0 ? this.top : this.children[s[1]]).push(n + i); });
            this.nodes.forEach((v, i) => (v.s < 0 ? this.top : this.children[v.s]).push(i));
            // What lies in each scope: how many nodes, of which kinds, and the values of their tensors.
            this.inside = this.scopes.map(() => ({ nodes: 0, kinds: {}, tensors: new Set() }));
            this.nodes.forEach(v => {
              for (let s = v.s; s >= 0; s = this.parentOfScope[s]) {
                const all = this.inside[s];
                all.nodes++;
                all.kinds[v.k] = (all.kinds[v.k] || 0) + 1;
                for (const w of v.w || []) all.tensors.add(w[1]);
              }
            });
            for (const all of this.inside) {
              all.values = 0;
              for (const t of all.tensors) if (/float|complex/.test(data.tensors[t][1])) all.values += data.tensors[t][3];
            }
            this.open = new Set();
            this.openFirst();
          }
          // Many operations of one kind that nothing leads to or from, as initialisers are, become a block of their own.
          gather() {
            const isJoined = new Uint8Array(this.nodes.length);
            this.nodes.forEach((v, i) => {
              for (const x of v.i) if (x[0] >= 0) isJoined[i] = isJoined[x[0]] = 1;
              for (const u of v.c || []) isJoined[i] = isJoined[u] = 1;
            });
            if (!isJoined.includes(1)) return;
            const groups = new Map();
            this.nodes.forEach((v, i) => {
              if (isJoined[i]) return;
              const key = v.s + "/" + v.o;
              if (!groups.has(key)) groups.set(key, []);
              groups.get(key).push(v);
            });
            for (const list of groups.values()) {
              if (list.length < 8) continue;
              this.scopes.push([list[0].o + " \u00d7 " + grouped(list.length), list[0].s]);
              for (const v of list) v.s = this.scopes.length - 1;
            }
          }
          // A block that holds but one box is no block: the box has both names.
          merge() {
            const n = this.nodes.length, kids = this.scopes.map(() => []);
            this.nodes.forEach((v, i) => { if (v.s >= 0) kids[v.s].push(i); });
            for (let s = kids.length - 1; s >= 0; s--) {
              const [label, parent] = this.scopes[s];
              let item = n + s;
              if (kids[s].length < 2) this.gone.add(s);
              if (kids[s].length === 0) continue;
              if (kids[s].length === 1) {
                item = kids[s][0];
                if (item < n) { this.nodes[item].l = label + "/" + this.nodes[item].l; this.nodes[item].s = parent; }
                else this.scopes[item - n] = [label + "/" + this.scopes[item - n][0], parent];
              }
              if (parent >= 0) kids[parent].push(item);
            }
          }
          isScope(item) { return item >= this.nodes.length; }
          label(item) { return this.isScope(item) ? this.scopes[item - this.nodes.length][0] : this.nodes[item].l; }
          parent(item) { return this.isScope(item) ? this.parentOfScope[item - this.nodes.length] : this.scopeOfNode[item]; }
          path(item) {
            const parts = [this.label(item)];
            for (let s = this.parent(item); s >= 0; s = this.parentOfScope[s]) parts.push(this.scopes[s][0]);
            return parts.reverse().join("/");
          }
          // Scopes that are alone in theirs are unfolded from the start, and so are few in few.
          openFirst() {
            const n = this.nodes.length;
            let level = this.top;
            for (let turn = 0; turn < 50; turn++) {
              const scopes = level.filter(i => i >= n);
              const most = scopes.reduce((a, b) => a < 0 || this.inside[b - n].nodes > this.inside[a - n].nodes ? b : a, -1);
              if (most < 0) return;
              const all = this.children[most - n];
              const share = this.inside[most - n].nodes / n;
              if (!(share > 0.85 && all.length <= 400) && !(level.length < 3 && all.length <= 60)) return;
              this.open.add(most - n);
              level = all;
            }
          }
          reveal(item) {
            let isNew = false;
            for (let s = this.parent(item); s >= 0; s = this.parentOfScope[s]) {
              if (!this.open.has(s)) { this.open.add(s); isNew = true; }
            }
            return isNew;
          }
          // The box that is to be seen for a node.
          shown(item) {
            let result = item;
            for (let s = this.parent(item); s >= 0; s = this.parentOfScope[s]) {
              if (!this.open.has(s)) result = this.nodes.length + s;
            }
            return result;
          }
        }

        const graphs = data.graphs.map(raw => new Graph(raw));
        let graph = graphs[0], sheet = null, chosen = -1, showsOrder = false;
        let scale = 1, left = 0, top_ = 0, drawn = null;
        const world = $("world"), svg = $("sheet"), view = $("view");
        const LIMIT = 8000;

        // What stands in a box, and how much room it takes; texts are measured once.
        const pen = document.createElement("canvas").getContext("2d");
        const widths = new Map();
        const fonts = { head: "600 12px system-ui, sans-serif", text: "12px system-ui, sans-serif",
          dim: "11px system-ui, sans-serif" };
        const wide = (text, font) => {
          const key = font + text;
          let w = widths.get(key);
          if (w === undefined) { pen.font = fonts[font]; widths.set(key, w = pen.measureText(text).width); }
          return w;
        };
        const shorten = (text, most) => {
          const all = Array.from(text);
          return all.length <= most ? text : all.slice(0, most >> 1).join("") + "\u2026" + all.slice(-(most >> 1)).join("");
        };
        // Of names of several parts the last ones.
        const ending = (text, most) => {
          if (text.length <= most || !text.includes("/")) return shorten(text, most);
          const parts = text.split("/");
          let result = parts.pop();
          while (parts.length && result.length + parts[parts.length - 1].length + 3 <= most) result = parts.pop() + "/" + result;
          return shorten("\u2026/" + result, most);
        };
        const bodies = new Map();
        const body = item => {
          const known = bodies.get(item);
          if (known) return known;
          const n = graph.nodes.length;
          let result;
          if (item >= n) {
            const inside = graph.inside[item - n];
            const count = grouped(inside.nodes) + (inside.nodes === 1 ? " operation" : " operations");
            const lines = [count + (inside.values ? " \u00b7 " + brief(inside.values) + " values" : "")];
            const title = ending(graph.label(item), 36);
            result = { title, lines };
            result.w = Math.max(150, wide(title, "head") + 54, wide(lines[0], "dim") + 24);
            result.h = 56;
          } else {
            const v = graph.nodes[item], title = shorten(v.o, 30), lines = [];
            lines.push(["text", shorten(v.l, 38)]);
            const weights = v.w || [];
            weights.slice(0, 5).forEach(([role, t]) => {
              const tensor = data.tensors[t];
              const value = tensor[5] && tensor[3] <= 4 ? tensor[5] : "\u27e8" + times(tensor[2]) + "\u27e9";
              lines.push(["dim", (role ? role + " " : "") + shorten(value, 26)]);
            });
            if (weights.length > 5) lines.push(["dim", "and " + (weights.length - 5) + " more"]);
            if (v.r && v.r.length) lines.push(["dim", "\u2192 " + shorten(v.r[0].replace(/^float32 /, ""), 30)]);
            result = { title, lines };
            result.w = Math.max(84, wide(title, "head") + 22, ...lines.map(l => wide(l[1], l[0]) + 18));
            result.h = 24 + lines.length * 16 + 6;
          }
          result.w = Math.ceil(result.w);
          bodies.set(item, result);
          return result;
        };
        const brief = n => n >= 1e9 ? (n / 1e9).toFixed(2) + " G" : n >= 1e6 ? (n / 1e6).toFixed(2) + " M"
          : n >= 1e4 ? (n / 1e3).toFixed(1) + " k" : grouped(n);
        """#
}
