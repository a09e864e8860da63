"""The studio in headless Chromium, on a platform of its own: what it weighs, how soon it is there, how it keeps up.

A phone is a screen of 390 pixels and a processor slowed down to a quarter (DevTools' own throttling). An edit is timed
from the key that makes it until the totals say what it comes to, before the next frame; frames are those the page was
given while a node was dragged, beside those of an empty page in the same browser. Between two tabs, and from a worker
to the page, the machine's clock is the same: a metric is timed by the log line that is reported with it, from the
moment the worker stamps it until the page shows it. Medians, unless a target speaks of the whole.
"""

import gzip
import json
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, Response, expect, sync_playwright

from bench.browsers import CODE, ESBUILD
from bench.dragging import DRAG_SECONDS, drag, drag_touching
from bench.networks import chain, middle
from bench.rows import Row, Target
from bench.watching import APPEARS, EDITING, FRAMES, LOADING
from blueprint import layout, to_document
from tests.studio.axe import violations
from tests.studio.conftest import CHROMIUM, QUIET
from tests.studio.drawing import DrawingPage
from tests.studio.people import Person
from tests.studio.platform import STUDIO, platform
from tests.studio.screens import DESK, PHONE, Kind, Screens, Troubles

SLOW_DOWN = 4
LOADS, EDITS = 3, 15
POINTS = 100_000
EDITED = (20, 1_000)
DRAGGED = {"desk": (500, 2_000), "phone": (200,)}
BARE = "<!doctype html><title>bare</title><p>One paragraph, as a page with nothing else would show it.</p>"


def measure() -> dict[str, Any]:
    if CHROMIUM is None or not (STUDIO / "index.html").is_file():
        raise RuntimeError(
            "the studio is measured in Chromium, as it was built: install chromium and run `make studio`"
        )
    with (
        tempfile.TemporaryDirectory(prefix="neuralforge-bench-") as folder,
        platform(Path(folder, "data")) as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        expect.set_options(timeout=60_000)
        bench = Bench(browser, url, Person(playwright, url))
        figures = {
            "javascript_bytes": bench.javascript(),
            "loading": bench.loading(),
            "edit_ms": {str(nodes): bench.edits(nodes) for nodes in EDITED},
            "frames": bench.frames(),
            "curve_ms": bench.curve(),
            "other_tab_ms": bench.other_tab(),
            "metric_ms": bench.metric(),
            "violations": bench.violations(),
        }
        browser.close()
    return figures


# The id of a convolution that stands well within the canvas.
IN_VIEW = """() => [...document.querySelectorAll("[data-node-id$=conv1]")].find(node => {
  const { top, bottom, left, right } = node.getBoundingClientRect();
  return top > 60 && bottom < innerHeight - 60 && left > 240 && right < innerWidth - 240;
})?.dataset.nodeId"""


class Bench:
    def __init__(self, browser: Browser, url: str, person: Person) -> None:
        self._browser = browser
        self._screens = Screens(browser, url, Troubles())
        self._person = person

    def javascript(self) -> dict[str, int]:
        """Gzipped: what a first visit loads, and what the first page after signing in does."""
        return {"first": self._scripts("/sign-in", None), "signed_in": self._scripts("/", self._person.session())}

    def _scripts(self, address: str, session: Any) -> int:
        page = self._screens.page(PHONE, session)
        seen: list[Response] = []
        page.on("response", lambda answer: seen.append(answer) if answer.request.resource_type == "script" else None)
        page.goto(address)
        page.wait_for_load_state("networkidle")
        found = sum(len(gzip.compress(answer.body(), 9)) for answer in seen)
        page.context.close()
        return found

    def loading(self) -> dict[str, dict[str, float]]:
        """Milliseconds to the largest paint and of blocking, on a phone."""
        return {"studio": self._loads(None), "bare": self._loads(BARE)}

    def _loads(self, body: str | None) -> dict[str, float]:
        loads = [self._load(body) for _ in range(LOADS)]
        return {name: statistics.median(load[name] for load in loads) for name in ("lcp", "blocking")}

    def _load(self, body: str | None) -> dict[str, float]:
        page = self._screens.page(PHONE)
        if body is not None:
            page.route("**/*", lambda route: route.fulfill(body=body, content_type="text/html"))
        page.add_init_script(LOADING)
        self._slow(page)
        page.goto("/sign-in")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(1000)
        found: dict[str, float] = page.evaluate("found")
        page.context.close()
        return found

    def edits(self, nodes: int) -> float:
        drawing = self._opened(DESK, nodes)
        node = drawing.page.wait_for_function(IN_VIEW).json_value()
        field = drawing.setting(node, "out_channels")
        drawing.page.evaluate(EDITING)
        for number in range(EDITS):
            field.fill(str((24, 16)[number % 2]))
            field.press("Enter")
            drawing.page.wait_for_function("many => edited.length === many", arg=number + 1)
        found: list[float] = drawing.page.evaluate("edited")
        drawing.page.context.close()
        return statistics.median(found)

    def frames(self) -> dict[str, Any]:
        """Frames a second while a node is dragged, and those of an empty page."""
        found: dict[str, Any] = {"empty": self._empty()}
        for nodes in DRAGGED["desk"]:
            drawing = self._opened(DESK, nodes)
            found[f"desk_{nodes}"] = self._rate(drawing.page, partial(drag, drawing))
            drawing.page.context.close()
        for nodes in DRAGGED["phone"]:
            drawing = self._opened(PHONE, nodes)
            page = drawing.page
            self._slow(page)
            found[f"phone_{nodes}"] = self._rate(page, partial(drag_touching, page, drawing))
            page.context.close()
        return found

    def _empty(self) -> float:
        page = self._screens.page()
        page.goto("about:blank")
        found = self._rate(page, lambda: page.wait_for_timeout(1000 * DRAG_SECONDS))
        page.context.close()
        return found

    def _rate(self, page: Page, act: Callable[[], None]) -> float:
        page.evaluate(FRAMES)
        start = page.evaluate("performance.now()")
        act()
        end = page.evaluate("performance.now()")
        frames: int = page.evaluate("([a, b]) => frames_seen.filter((at) => at >= a && at <= b).length", [start, end])
        return 1000 * frames / float(end - start)

    def curve(self) -> dict[str, float]:
        """Milliseconds to draw a curve, and one stroke of a canvas through the same points."""
        entry = CODE / "web/src/bench/charts.ts"
        options = ["--bundle", "--minify", "--format=iife", "--global-name=program", "--loader:.css=empty"]
        built = subprocess.run([str(ESBUILD), str(entry), *options], capture_output=True, text=True, check=True)
        page = self._browser.new_page()
        page.evaluate(built.stdout.replace("var program=", "window.program=", 1))
        found: dict[str, float] = page.evaluate(f"program.measure({POINTS})")
        page.close()
        return found

    def other_tab(self) -> float:
        """Milliseconds from the key in one tab to the node's name in the other."""
        here = self._opened(DESK, EDITED[0])
        here.page.get_by_role("button", name="Show all").click()
        architecture = here.page.url.rsplit("/", 1)[-1]
        there = DrawingPage(self._screens.page(DESK, self._person.session()), architecture).open()
        node, found = middle(EDITED[0]), list[float]()
        field = here.setting(node, "out_channels")
        for number in range(EDITS):
            width = (24, 16)[number % 2]
            field.fill(str(width))
            there.page.evaluate(
                f"void (window.seen = ({APPEARS})({json.dumps([f'[data-node-id={node}]', f'B × {width} ×'])}))"
            )
            start = here.page.evaluate("Date.now()")
            field.press("Enter")
            found.append(there.page.evaluate("seen") - start)
        for each in (here, there):
            each.page.context.close()
        return statistics.median(found)

    def metric(self) -> float:
        """Milliseconds from the worker's stamp of a line to that line on the page."""
        architecture = self._person.architecture("watched")
        self._person.version(architecture)
        run = self._person.run(architecture, self._person.dataset(), epochs=20)
        page = self._screens.page(DESK, self._person.session())
        page.goto(f"/runs/{run}")
        page.evaluate(
            """() => {
              window.shown = new Map();
              const look = () => {
                for (const line of document.body.innerText.split("\\n"))
                  if (/epoch/i.test(line) && !shown.has(line)) shown.set(line, Date.now());
              };
              look();
              new MutationObserver(look).observe(document.body, { subtree: true, childList: true });
            }"""
        )
        self._person.completed(run)
        shown: list[tuple[str, float]] = page.evaluate("[...shown]")
        query = "query($id: ID!) { run(id: $id) { logs { text at } } }"
        lines = self._person.ask(query, id=run)["run"]["logs"]
        found = [at - 1000 * _seconds(line["at"]) for line in lines for text, at in shown if line["text"] in text]
        page.context.close()
        return statistics.median(found)

    def violations(self) -> int:
        """Serious and critical ones of the pages that are seen most, in light and dark."""
        architecture = self._person.architecture("seen by all")
        self._person.version(architecture)
        here = f"/architectures/{architecture}"
        addresses = ["/", f"/projects/{self._person.project}", here, f"{here}/versions", f"{here}/train"]
        found = 0
        for kind in (PHONE, DESK):
            for dark in (False, True):
                page = self._screens.page(kind, self._person.session(), dark=dark)
                for address in addresses:
                    page.goto(address)
                    expect(page.get_by_role("heading", level=1)).to_be_visible()
                    page.wait_for_load_state("networkidle")
                    found += len(violations(page))
                page.context.close()
        return found

    def _opened(self, kind: Kind, nodes: int) -> DrawingPage:
        """A chain as the page shows it at first: its beginning, large enough to read."""
        page = self._screens.page(kind, self._person.session())
        drawing = DrawingPage(page, self._architecture(nodes)).open()
        expect(drawing.node("input")).to_be_visible()
        return drawing

    def _architecture(self, nodes: int) -> str:
        return self._person.architecture(f"chain of {nodes}", to_document(layout(chain(nodes))))

    def _slow(self, page: Page) -> CDPSession:
        session = page.context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_DOWN})
        return session


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp()


def rows(found: Mapping[str, Any]) -> list[Row]:
    weight, loading, frames = found["javascript_bytes"], found["loading"], found["frames"]
    studio, bare = loading["studio"], loading["bare"]
    edits = {20: 16.0, 1_000: 50.0}
    made = [
        Row("studio: JavaScript of a first visit, gzipped", "bytes", weight["first"], target=_most(200 * 1024)),
        Row("studio: JavaScript of the projects, gzipped", "bytes", weight["signed_in"], target=_most(200 * 1024)),
        _beside("largest paint on a phone, beside a bare page", "ms", studio["lcp"], bare["lcp"], _most(2_500)),
        Row("studio: blocking while a phone loads it", "ms", studio["blocking"], bare["blocking"], None, _most(300)),
    ]
    for nodes, limit in edits.items():
        title = f"studio: an edit in {nodes:,} nodes to its totals on the page"
        made.append(Row(title, "ms", found["edit_ms"][str(nodes)], target=_most(limit)))
    for screen, least in (("desk", 50.0), ("phone", 30.0)):
        for nodes in DRAGGED[screen]:
            title = f"dragging in {nodes:,} nodes on a {screen}, beside an empty page"
            made.append(_beside(title, "frames/s", frames[f"{screen}_{nodes}"], frames["empty"], _least(least)))
    curve = found["curve_ms"]
    return [
        *made,
        _beside(f"a curve of {POINTS:,} points, beside one stroke", "ms", curve["plot"], curve["stroke"], _most(100)),
        Row("studio: a metric, from the worker to the page", "ms", found["metric_ms"], target=_most(250)),
        Row("studio: an edit in the other tab", "ms", found["other_tab_ms"], target=_most(300)),
        Row("studio: serious and critical violations (axe)", "", found["violations"], target=_most(0)),
    ]


def _beside(title: str, unit: str, ours: float, other: float, target: Target) -> Row:
    return Row(f"studio: {title}", unit, ours, other, round(ours / other, 3), target)


def _most(value: float) -> Target:
    return Target("ours", "<=", value)


def _least(value: float) -> Target:
    return Target("ours", ">=", value)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
