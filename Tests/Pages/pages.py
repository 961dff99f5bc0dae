#!/usr/bin/env python3
"""Looks at the pages that inspect and eval write, in a headless Chromium: folds, unfolds, searches, clicks, and asserts what is seen.

    REASSEMBLE_BIN=.build/release Tests/Pages/pages.py [folder for the screenshots]

Needs Debian's chromium and nothing else. With REASSEMBLE_GOLDEN it looks at the networks there too.
"""

import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from browser import Browser, executable
import graphs

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BIN = os.environ.get("REASSEMBLE_BIN") or os.path.join(ROOT, ".build", "release")
GOLDEN = os.environ.get("REASSEMBLE_GOLDEN")
SHOTS = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, ".build", "pages")

failures = []


def check(what, is_so, more=""):
    print(f"  {'ok' if is_so else 'FAILED'}: {what}" + (f" ({more})" if more != "" else ""))
    if not is_so:
        failures.append(what)


def run(*arguments):
    subprocess.run([os.path.join(BIN, arguments[0]), *arguments[1:]], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


def fixture(name):
    return os.path.join(ROOT, "fixtures", name)


class Page(Browser):
    """A page with a drawing, as somebody uses it."""

    def boxes(self):
        return self.value("sheet.places.size")

    def place(self, item):
        """Where the head of a box is in the window."""
        return self.value(
            f"(() => {{ const p = sheet.places.get({item}), b = svg.getBoundingClientRect();"
            " return [b.left + left + (p.x + p.w / 2) * scale, b.top + top_ + (p.y + 12) * scale, p.w * scale]; })()"
        )

    def click_box(self, item):
        x, y, _ = self.place(item)
        self.click(x, y)

    def fold(self, item):
        """Clicks on the title of an unfolded block."""
        x, y, w = self.place(item)
        self.click(x - w / 2 + 20, y)

    def first(self, condition):
        """The first box in sight of which something is true."""
        return self.value(
            f"(() => {{ for (const [i, p] of sheet.places) {{ const n = graph.nodes.length, v = graph.nodes[i],"
            " x = left + (p.x + p.w / 2) * scale, y = top_ + p.y * scale;"
            " if (x < 5 || y < 5 || x > view.clientWidth - 5 || y > view.clientHeight - 25) continue;"
            f" if ({condition}) return i; }} return -1; }})()"
        )

    def panel(self):
        return self.value("panel.innerText")

    def shot(self, name):
        self.screenshot(os.path.join(SHOTS, name + ".png"))


def sound(page):
    check("no errors, and nothing is fetched", not page.faults() and not page.requests(), page.faults() or page.requests() or "")
    crossed = page.value(
        """(() => { const leaf = [...sheet.places.values()].filter(p => !p.isOpen); let n = 0;
        if (leaf.length > 1500) return 0;
        for (const a of leaf) for (const b of leaf) if (a !== b && a.x < b.x + b.w - 1 && b.x < a.x + a.w - 1
          && a.y < b.y + b.h - 1 && b.y < a.y + a.h - 1) n++;
        for (const path of sheet.paths) for (let i = 0; i + 1 < path.points.length; i++) {
          const [x, y] = path.points[i], [u, v] = path.points[i + 1];
          if (leaf.some(a => Math.max(x, u) > a.x + 1 && Math.min(x, u) < a.x + a.w - 1
            && Math.max(y, v) > a.y + 1 && Math.min(y, v) < a.y + a.h - 1)) n++; }
        return n; })()"""
    )
    check("no box lies on another, and edges run around boxes", crossed == 0, crossed or "")


def walk(page, name):
    """Folds, unfolds, searches, clicks; what every drawing has to bear."""
    page.shot(name)
    sound(page)
    block = page.first("i >= n && !p.isOpen")
    if block >= 0:
        before, count = page.place(block), page.boxes()
        page.click_box(block)
        after = page.place(block)
        check("a click unfolds a block", page.boxes() > count, f"{count} to {page.boxes()} boxes")
        moved = max(abs(before[0] - after[0]), abs(before[1] - after[1]))
        check("the view stays where it is", moved < 1.5, f"moved {moved:.2f} pixels")
        check("the panel tells of the block", "OPERATIONS" in page.panel())
        sound(page)
        page.shot(name + "-unfolded")
        page.fold(block)
        check("a click on its title folds it", page.boxes() == count)
    page.key("0")
    x, y = page.value("[view.clientWidth / 2, view.clientHeight / 2]")
    old = page.value("[left, top_, scale]")
    page.drag(x, y + 40, 120, 60)
    new = page.value("[left, top_, scale]")
    check("dragging moves the sheet", abs(new[0] - old[0] - 120) < 2 and abs(new[1] - old[1] - 60) < 2)
    page.wheel(x, y, -200, control=True)
    check("the wheel with Ctrl zooms", page.value("scale") > new[2])
    page.key("0")
    check("0 shows all of it", page.value("sheet.width * scale <= view.clientWidth + 1 && sheet.height * scale <= view.clientHeight + 1"))
    scale = page.value("scale")
    page.key("+")
    check("+ enlarges", page.value("scale") > scale)


def find(page, text):
    page.key("/")
    page.value("$('search').select()")
    page.write(text)
    found = page.value("hits.length")
    page.key("Enter")
    return found


def family(folder):
    print("a checkpoint of the family")
    path = os.path.join(folder, "family.html")
    run("inspect", fixture("tiny/model"), "--html", path)
    with Page() as page:
        page.open(path)
        walk(page, "family")
        found = find(page, "conv layer") or find(page, "convolution")
        chosen = page.value("chosen")
        check("the search finds, unfolds and chooses", found > 0 and chosen >= 0 and page.value(f"sheet.places.has({chosen})"), f"{found} found")
        check("a layer's tensors have statistics", all(word in page.panel() for word in ["kernel", "deviation", "zeros"]))
        check("and a histogram", page.value("panel.querySelectorAll('.tensor svg rect').length >= 20"))
        page.shot("family-chosen")
        page.key("ArrowDown")
        check("an arrow goes on along an edge", page.value("chosen") not in (chosen, -1))
        page.key("Escape")
        check("Esc chooses nothing", page.value("chosen") == -1 and "COLOURS" in page.panel())
        page.key("?")
        check("? shows the keys", page.value("!$('keys').hidden"))
        page.shot("keys")
        page.key("Escape")
        page.value("$('unfold').click()")
        sound(page)
        page.dark()
        page.shot("family-dark")
        page.value("document.getElementById('tables').scrollIntoView()")
        page.shot("family-tables-dark")
        page.dark(False)


def onnx(folder):
    print("an ONNX model")
    model, path = os.path.join(folder, "model.onnx"), os.path.join(folder, "onnx.html")
    run(
        "convert", fixture("tiny/model"), "-o", model, "--preprocessing_type=imagenet_096", "--use_sk_block=True",
        "--anti_alias_type=sconv", "--anti_alias_filter_size=3",
    )
    run("inspect", model, "--html", path)
    with Page() as page:
        page.open(path)
        walk(page, "onnx")
        check("convolutions are found", find(page, "conv") > 10)
        page.shot("onnx-chosen")


def tensorflow(folder, name, source):
    print(f"{name}: {os.path.basename(source)}")
    path = os.path.join(folder, name + ".html")
    run("inspect", source, "--html", path)
    with Page() as page:
        page.open(path)
        walk(page, name)
        if find(page, "conv2d") > 0:
            check("what is found is in sight", page.value(
                "(() => { const p = sheet.places.get(chosen), x = left + (p.x + p.w / 2) * scale, y = top_ + (p.y + p.h / 2) * scale;"
                " return x > 0 && y > 0 && x < view.clientWidth && y < view.clientHeight; })()"))
            page.shot(name + "-chosen")
        count = page.value("graphs.length")
        for number in range(1, min(count, 3)):
            page.value(f"pick({number})")
            sound(page)
            page.shot(f"{name}-{number + 1}")


def large(folder, name, source):
    print(f"a large graph: {name}")
    path = os.path.join(folder, name + ".html")
    started = time.time()
    run("inspect", source, "--html", path)
    print(f"  written in {time.time() - started:.1f} s, {os.path.getsize(path):,} bytes")
    with Page() as page:
        page.open(path)
        nodes = page.value("graph.nodes.length")
        print(f"  {nodes} operations; folded: {page.boxes()} boxes laid out in {page.value('document.documentElement.dataset.layout')} ms")
        walk(page, name)
        turns = []
        block = page.first("i >= n && !p.isOpen")
        for _ in range(5 if block >= 0 else 0):
            page.value(f"toggle({block})")
            turns.append(float(page.value("document.documentElement.dataset.layout")))
            page.value(f"toggle({block})")
        if turns:
            print(f"  a block unfolded: laid out in {sorted(turns)[len(turns) // 2]:.1f} ms (median of {len(turns)})")
        page.value("$('unfold').click()")
        boxes, took = page.boxes(), float(page.value("document.documentElement.dataset.layout"))
        again = []
        for _ in range(3):
            page.value("arrange()")
            again.append(float(page.value("document.documentElement.dataset.layout")))
        print(f"  all unfolded: {boxes} boxes, {page.value('sheet.paths.length')} edges laid out in {took:.0f} ms, then {sorted(again)[1]:.0f} ms")
        # The best of several: others may have had the processor.
        check("all unfolded within 2 s", min(again + [took]) < 2000)
        page.shot(name + "-all")
        page.key("0")
        page.shot(name + "-far")
        frames = page.value(
            """new Promise(done => { const frames = [], works = []; let last = performance.now(), n = 0;
            const step = () => { const before = performance.now(); frames.push(before - last); last = before;
              left += 7; top_ += 3; show(); works.push(performance.now() - before);
              if (++n < 60) return requestAnimationFrame(step);
              for (const all of [frames, works]) all.sort((a, b) => a - b);
              done([frames[30], works[30], works[57]]); };
            requestAnimationFrame(step); })"""
        )
        # How long a frame takes to be painted is the machine's affair, and without a graphics card a slow one.
        print(
            f"  moving all of it: a frame every {frames[0]:.1f} ms in the median, of which the script takes {frames[1]:.2f} ms,"
            f" {frames[2]:.1f} ms in 95 of 100"
        )
        check("the script leaves time for a frame", frames[1] < 8, f"{frames[1]:.2f} ms")


def hostile(folder):
    print("hostile names, rings, and more than a page holds")
    for name, text in [("hostile", graphs.hostile()), ("many", graphs.chain(100_000))]:
        source, path = os.path.join(folder, name + ".pbtxt"), os.path.join(folder, name + ".html")
        with open(source, "wb") as file:
            file.write(text)
        run("inspect", source, "--html", path)
        with Page() as page:
            page.open(path)
            page.shot(name)
            sound(page)
            check("no name runs", page.value("window.wasHere === undefined"))
            check("the page has two scripts", page.value("document.scripts.length") == 2)
            if name == "many":
                check("what is left out is said", "80000 operations are not drawn" in page.panel(), page.panel()[:200].replace("\n", " "))
                check("the page is bounded", os.path.getsize(path) < 16 << 20, f"{os.path.getsize(path):,} bytes")


def evaluation(folder):
    print("an evaluation")
    path = os.path.join(folder, "eval.html")
    run(
        "eval", "--eval_only=True", f"--data_dir={fixture('tiny/data')}", f"--model_dir={fixture('tiny/model')}",
        "--preprocessing_type=imagenet_096", "--resnet_version=2", "--resnet_size=50", "--use_sk_block=True",
        "--anti_alias_type=sconv", "--anti_alias_filter_size=3", "--html", path,
    )
    with Browser() as page:
        page.open(path)
        check("no errors, and nothing is fetched", not page.faults() and not page.requests(), page.faults() or "")
        check("classes, confusions and calibration are there", page.value(
            "['Confidence and accuracy', 'The surest mistakes', 'Classes'].every(t => document.body.innerText.includes(t))"))
        check("bars and pictures are drawn", page.value(
            "document.querySelectorAll('svg.bars rect').length >= 5 && [...document.images].every(i => i.naturalWidth > 0)"))
        page.screenshot(os.path.join(SHOTS, "eval.png"))
        page.dark()
        check("by night it is dark", page.value("getComputedStyle(document.body).backgroundColor") == "rgb(18, 22, 28)")
        page.screenshot(os.path.join(SHOTS, "eval-dark.png"))


def main():
    if executable() is None:
        sys.exit("pages-test: Chromium is not installed; Debian has it as chromium")
    os.makedirs(SHOTS, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        family(folder)
        onnx(folder)
        tensorflow(folder, "saved-model", fixture("import/hub-module/module"))
        tensorflow(folder, "meta", fixture("import/train-layers/model.ckpt.meta"))
        tensorflow(folder, "loop", fixture("import/loops/refine-1/graph.pb"))
        source = os.path.join(folder, "cells.pbtxt")
        with open(source, "wb") as file:
            file.write(graphs.cells())
        large(folder, "cells", source)
        if GOLDEN:
            for name in ["keras-nasnet-mobile", "amoebanet-a", "tf2-efficientnet-b0"]:
                golden = os.path.join(GOLDEN, "import", name)
                for file in ["model.ckpt.meta", "saved_model.pb"]:
                    if os.path.exists(os.path.join(golden, file)):
                        large(folder, name, os.path.join(golden, file))
        hostile(folder)
        evaluation(folder)
    print(f"screenshots are in {SHOTS}")
    if failures:
        sys.exit(f"pages-test: {len(failures)} failed")
    print("pages-test: all is as it should be")


main()
