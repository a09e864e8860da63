"""The engine as a page loads it: no text of it ever runs as code, so the strictest content security policy holds."""

import html
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from blueprint import analyze, content_hash, instantiate, to_document
from blueprint.codec import encode
from tests.blueprint.browser import bundle

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking")
POLICY = "default-src 'none'; script-src 'self'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types"
PAGE = '<!doctype html><meta charset="utf-8"><pre id="found"></pre><script type="module" src="page.js"></script>'
PROGRAM = """
import { analysisToJson, analyze, contentHash, parse } from "./engine.js";

const refused = [];
addEventListener("securitypolicyviolation", (event) => refused.push(event.violatedDirective));
let evaluated = "refused";
try {
  evaluated = new Function("return 'allowed'")();
} catch {}
const graph = parse(await (await fetch("document.json")).text());
const found = { analysis: analysisToJson(analyze(graph)), hash: contentHash(graph), evaluated, refused };
document.getElementById("found").textContent = JSON.stringify(found);
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a web server would serve."""
    made = tmp_path_factory.mktemp("page")
    bundle(made / "engine.js", "index.ts", "--minify", "--platform=browser", "--target=es2022")
    return made


def test_no_text_runs_as_code(folder: Path) -> None:
    engine = (folder / "engine.js").read_text(encoding="utf-8")
    assert re.search(r"\beval\b|\bFunction\b|\bimport\s*\(|setTimeout|innerHTML", engine) is None
    assert len(engine) > 100_000, "the whole engine with its catalogue is looked at"


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_chromium_runs_it_under_the_strictest_policy(folder: Path, tmp_path: Path) -> None:
    graph = instantiate("resnet-18")
    (folder / "document.json").write_bytes(encode(to_document(graph)))
    (folder / "index.html").write_text(PAGE, encoding="utf-8")
    (folder / "page.js").write_text(PROGRAM, encoding="utf-8")
    with served(folder) as address:
        found = shown(address, tmp_path)
    assert found["evaluated"] == "refused"
    assert set(found["refused"]) <= {"script-src", "require-trusted-types-for"}, "only what the page itself tried"
    assert found["analysis"] == analyze(graph).to_json()
    assert found["hash"] == content_hash(graph)


class Strict(SimpleHTTPRequestHandler):
    """Serves a folder with the policy."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", f"{POLICY}; connect-src 'self'")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address under which a folder is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Strict, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def shown(address: str, profile: Path) -> dict[str, Any]:
    """What the page has found."""
    assert CHROMIUM is not None
    command = [CHROMIUM, *QUIET, f"--user-data-dir={profile}", "--virtual-time-budget=20000", "--dump-dom", address]
    page = subprocess.run(command, capture_output=True, text=True, timeout=120)
    match = re.search(r'<pre id="found">(.+?)</pre>', page.stdout, re.DOTALL)
    assert match, f"the page shows nothing: {page.stdout[-500:]} {page.stderr[-2000:]}"
    found: dict[str, Any] = json.loads(html.unescape(match[1]))
    return found
