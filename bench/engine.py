"""The engine that answers at every keystroke: analysis, edits, import and size, in CPython, Node and Chromium.

Networks are residual chains (`bench.networks.chain`) whose batch stays a name, as in the editor. Analysis is that of
a graph already read, from nothing; an edit changes the width of one convolution in the middle, through the session
that an editor keeps. Beside CPython's analysis stands the other way to learn shapes: one forward pass of the same
network in torch on meta tensors, the module built before. Beside an edit stands the analysis it spares, beside a
JavaScript engine CPython, beside `import blueprint` that of json, each in a process of its own. Medians throughout;
how the least times grow from 20 to 20,000 nodes is drawn in out/engine.png.
"""

import itertools
import json
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import torch
from matplotlib.figure import Figure
from torch import Tensor, nn

import blueprint
from bench.browsers import bundle_bytes, engines
from bench.networks import ResNet18, chain, middle
from bench.rows import Row, Target
from foundry.build import build

GROWTH = (20, 60, 200, 600, 2_000, 6_000, 20_000)
EDITED = 10_000
ROUND_SECONDS = 0.004
LEAST_ROUNDS = 9
IMPORTS = 9
STEPS = 31
TARGETS = {"cpython": (1.0, 80.0, 0.2), "node": (0.5, 40.0, 0.05), "chromium": (0.5, 40.0, 0.05)}
NAMES = {"cpython": "CPython", "node": "Node", "chromium": "Chromium"}
CODE = Path(__file__).resolve().parents[1]
PLOT = Path("out/engine.png")


def measure() -> dict[str, Any]:
    """Milliseconds by engine and size of network, beside their references; bytes of the browser's engine."""
    found: dict[str, Any] = {"cpython": _cpython(), **engines([*GROWTH, EDITED], EDITED)}
    _draw(found)
    return {
        "engines": found,
        "meta_forward_ms": {str(nodes): _meta_forward(nodes) for nodes in (20, 2_000)},
        "resnet18_ms": _resnet18(),
        "import_ms": {name: _import(name) for name in ("blueprint", "json")},
        "bundle_bytes": bundle_bytes(),
    }


def rows(found: Mapping[str, Any]) -> list[Row]:
    resnet, imports, size = (found[name] for name in ("resnet18_ms", "import_ms", "bundle_bytes"))
    ours, other = resnet["ours"], resnet["handwritten"]
    ratio = round(ours / other, 3)
    small = Target("ours", "<=", 30 * 1024)
    return [
        *(row for name in found["engines"] for row in _engine_rows(name, found)),
        Row(
            "engine: ResNet-18, forward and backward, beside one by hand",
            "ms",
            ours,
            other,
            ratio,
            Target("ratio", "<=", 1.02),
        ),
        Row(
            "engine: import blueprint, beside json",
            "ms",
            imports["blueprint"],
            imports["json"],
            None,
            Target("ours", "<=", 60),
        ),
        Row(
            "engine: web/src/blueprint, gzipped, beside minified alone",
            "bytes",
            size["gzipped"],
            size["minified"],
            None,
            small,
        ),
    ]


def _engine_rows(name: str, found: Mapping[str, Any]) -> list[Row]:
    engines, figures = found["engines"], found["engines"][name]
    beside = found["meta_forward_ms"] if name == "cpython" else engines["cpython"]["analysis_ms"]
    reference = "torch on meta tensors" if name == "cpython" else "CPython"
    few, many, edit = TARGETS[name]
    made = [
        _row(
            f"{NAMES[name]}, analysis of {nodes:,} nodes, beside {reference}",
            figures["analysis_ms"],
            beside,
            nodes,
            limit,
        )
        for nodes, limit in ((20, few), (2_000, many))
    ]
    ours, whole = figures["edit_ms"]["median"], figures["analysis_ms"][str(EDITED)]["median"]
    title = f"engine: {NAMES[name]}, an edit in {EDITED:,} nodes, beside their analysis"
    return [
        *made,
        Row(title, "ms", ours, whole, round(ours / whole, 6), Target("ours", "<=", edit)),
        Row(f"engine: {NAMES[name]}, growth from 20 to 20,000 nodes, beside linear", "exponent", _growth(figures), 1.0),
    ]


def _growth(figures: Mapping[str, Any]) -> float:
    """Which power of the number of nodes the least time grows by: the slope of the plot."""
    least = [math.log(figures["analysis_ms"][str(nodes)]["least"]) for nodes in GROWTH]
    return round(statistics.linear_regression([math.log(nodes) for nodes in GROWTH], least).slope, 3)


def _row(title: str, ours: Mapping[str, Any], other: Mapping[str, Any], nodes: int, limit: float) -> Row:
    mine, its = (figures[str(nodes)]["median"] for figures in (ours, other))
    return Row(f"engine: {title}", "ms", mine, its, round(mine / its, 4), Target("ours", "<=", limit))


def _cpython() -> dict[str, Any]:
    """The figures of this interpreter, spelt as those of the JavaScript engines."""
    graphs = {nodes: chain(nodes) for nodes in (*GROWTH, EDITED)}
    analysis = {str(nodes): _timed(partial(blueprint.analyze, graph)) for nodes, graph in graphs.items()}
    session = blueprint.Session(graphs[EDITED])
    widths = itertools.cycle((24, 16))

    def edit() -> None:
        width = next(widths)
        change = session.apply([blueprint.Configure(middle(EDITED), {"out_channels": width})])
        figures = change.nodes[middle(EDITED)]
        assert figures
        assert figures.outputs["out"].shape[1] == width

    return {"analysis_ms": analysis, "edit_ms": _timed(edit)}


def _meta_forward(nodes: int) -> dict[str, float]:
    with torch.device("meta"), torch.no_grad():
        module, sample = build(chain(nodes)), torch.empty(1, 16, 32, 32)
        return _timed(partial(module, sample))


def _timed(run: Callable[[], object]) -> dict[str, float]:
    """Milliseconds of a run, median and least of many rounds; short rounds meet other work seldom."""
    run()
    once = _seconds(run)
    many = max(1, round(ROUND_SECONDS / once))
    rounds = max(LEAST_ROUNDS, round(1 / (many * once)))
    found = [1000 * _seconds(run, many) for _ in range(rounds)]
    return {"median": statistics.median(found), "least": min(found)}


def _seconds(run: Callable[[], object], many: int = 1) -> float:
    """Mean seconds of so many runs."""
    started = time.perf_counter()
    for _ in range(many):
        run()
    return (time.perf_counter() - started) / many


def _resnet18() -> dict[str, float]:
    """A training step without optimiser on 4 images and one thread, the two modules by turns."""
    torch.set_num_threads(1)
    modules = {"ours": build(blueprint.instantiate("resnet-18")), "handwritten": ResNet18()}
    images, labels = torch.randn(4, 3, 96, 96), torch.randint(1000, (4,))
    seconds: dict[str, list[float]] = {name: [] for name in modules}
    for _ in range(2 + STEPS):
        for name, module in modules.items():
            seconds[name].append(_seconds(partial(_step, module, images, labels)))
    return {name: 1000 * statistics.median(each[2:]) for name, each in seconds.items()}


def _step(module: nn.Module, images: Tensor, labels: Tensor) -> None:
    module.zero_grad(set_to_none=True)
    nn.functional.cross_entropy(module(images), labels).backward()  # type: ignore[no-untyped-call]


def _import(name: str) -> float:
    """Milliseconds to import a module in an interpreter that has imported nothing; a first run leaves the bytecode."""
    program = f"import time; started = time.perf_counter(); import {name}; print(time.perf_counter() - started)"
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    run = partial(subprocess.run, [sys.executable, "-c", program], cwd=CODE, env=environment, check=True)
    seconds = [float(run(stdout=subprocess.PIPE).stdout) for _ in range(1 + IMPORTS)]
    return 1000 * statistics.median(seconds[1:])


def _draw(found: Mapping[str, Mapping[str, Any]]) -> None:
    """The least time by nodes, both scales logarithmic, beside a line from each engine's first point that is linear."""
    figure = Figure(figsize=(7, 5))
    axes = figure.add_subplot()
    for number, (name, figures) in enumerate(found.items()):
        least = [figures["analysis_ms"][str(nodes)]["least"] for nodes in GROWTH]
        axes.loglog(GROWTH, least, "o-", color=f"C{number}", label=NAMES[name])
        axes.loglog(GROWTH, [least[0] * nodes / GROWTH[0] for nodes in GROWTH], ":", color=f"C{number}")
    axes.set(xlabel="nodes", ylabel="ms", title="Analysis of residual chains; dotted: linear growth")
    axes.grid(visible=True, which="both", alpha=0.3)
    axes.legend()
    PLOT.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(PLOT, dpi=150)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
