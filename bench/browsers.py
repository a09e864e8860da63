"""The engine in TypeScript, bundled as the studio bundles it and timed in Node and in headless Chromium.

Both run one text: the networks, the bundle of web/src/bench/engine.ts, and a call that shows the figures. Chromium gets
it as a page and gives back the page as it is afterwards, so nothing drives it from outside.
"""

import gzip
import html
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.networks import chain, middle
from blueprint import to_document
from blueprint.typescript.catalogue import catalogue_typescript

CODE = Path(__file__).resolve().parents[1]
ESBUILD = CODE / "web/node_modules/.bin/esbuild"
ENGINE = CODE / "web/src/blueprint/index.ts"
CATALOGUE = ENGINE.with_name("catalogue.ts")
PROGRAM = CODE / "web/src/bench/engine.ts"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking")
PAGE = '<!doctype html><meta charset="utf-8"><pre id="found"></pre><script src="program.js"></script>'


def engines(sizes: Sequence[int], edited: int) -> dict[str, Mapping[str, Any]]:
    """Figures of Node, and of Chromium where one is installed."""
    with tempfile.TemporaryDirectory(prefix="neuralforge-bench-") as folder:
        program = Path(folder, "program.js")
        program.write_text(_program(sizes, edited), encoding="utf-8")
        found = {"node": json.loads(_output(["node", str(program)]))}
        if chromium := next(filter(None, map(shutil.which, CHROMIUM)), None):
            page = Path(folder, "page.html")
            page.write_text(PAGE, encoding="utf-8")
            shown = _output([chromium, *QUIET, f"--user-data-dir={folder}/profile", "--dump-dom", page.as_uri()])
            found["chromium"] = json.loads(html.unescape(_found(shown)))
    return found


def bundle_bytes() -> dict[str, int]:
    """The engine as a browser loads it."""
    text = _bundle(ENGINE, "--format=esm").encode()
    return {"gzipped": len(gzip.compress(text, 9)), "minified": len(text)}


def _program(sizes: Sequence[int], edited: int) -> str:
    documents = {str(nodes): json.dumps(to_document(chain(nodes))) for nodes in sizes}
    given = json.dumps({"documents": documents, "edited": str(edited), "convolution": middle(edited)})
    return f"{_bundle(PROGRAM, '--format=iife', '--global-name=program')}\nprogram.show({given});"


def _bundle(entry: Path, *options: str) -> str:
    """A program in one minified text, its catalogue translated from the rules as they are now."""
    catalogue = catalogue_typescript()
    if not CATALOGUE.exists() or CATALOGUE.read_text(encoding="utf-8") != catalogue:
        CATALOGUE.write_text(catalogue, encoding="utf-8")
    return _output(
        [str(ESBUILD), str(entry), "--bundle", "--minify", "--target=es2022", "--log-level=warning", *options]
    )


def _output(command: Sequence[str]) -> str:
    """What a program prints; what it complains of is told only when it fails."""
    ended = subprocess.run(command, cwd=CODE, capture_output=True, text=True)
    if ended.returncode:
        raise RuntimeError(f"{Path(command[0]).name} ended with exit code {ended.returncode}: {ended.stderr[-2000:]}")
    return ended.stdout


def _found(page: str) -> str:
    match = re.search(r'<pre id="found">(.+?)</pre>', page, re.DOTALL)
    if match is None:
        raise RuntimeError(f"Chromium's page shows no figures: {page[-500:]}")
    return match.group(1)
