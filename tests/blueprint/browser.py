"""The engine as browsers run it: TypeScript, bundled and asked by tests, one process for as long as the tests run.

`ask("quoted", "c1")` calls the method of that name in web/src/blueprint/served.ts. Large integers travel as text.
"""

import atexit
import json
import os
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from blueprint.typescript.catalogue import catalogue_typescript

WEB = Path(__file__).resolve().parents[2] / "web"
ESBUILD = WEB / "node_modules" / ".bin" / "esbuild"

FOR_NODE = ("--platform=node", "--sourcemap=inline")
# Without `eval` and `new Function`, as under a strict content security policy.
FLAGS = ("--disallow-code-generation-from-strings", "--enable-source-maps")


class Refusal(Exception):
    """The engine refused, in one sentence, what Python's refuses by a ValueError."""


def ask(method: str, *arguments: Any) -> Any:
    """The answer of a method. Raises Refusal, or RuntimeError where the engine itself failed."""
    engine = _engine()
    assert engine.stdin is not None
    assert engine.stdout is not None
    engine.stdin.write(json.dumps([method, *arguments]).encode() + b"\n")
    engine.stdin.flush()
    line = engine.stdout.readline()
    if not line:
        raise RuntimeError(f"the engine ended while it was asked for {method}")
    answer = json.loads(line)
    if "refusal" in answer:
        raise Refusal(answer["refusal"])
    if "failure" in answer:
        raise RuntimeError(answer["failure"])
    return answer.get("value")


def said(method: str, *arguments: Any) -> Any:
    """The answer, or the sentence of the refusal."""
    try:
        return ask(method, *arguments)
    except Refusal as refusal:
        return str(refusal)


@cache
def _engine() -> subprocess.Popen[bytes]:
    folder = tempfile.TemporaryDirectory(prefix="neuralforge-engine-")
    engine = subprocess.Popen(
        ["node", *FLAGS, bundle(Path(folder.name) / "serve.mjs")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    atexit.register(_end, engine, folder)
    return engine


def bundle(out: Path, entry: str = "serve.ts", *given: str) -> Path:
    """The engine in one file, for Node unless options say otherwise, the catalogue translated anew."""
    if not ESBUILD.exists():
        raise RuntimeError("the tests of the TypeScript engine need web/node_modules; run `make test` once")
    _write_catalogue(WEB / "src" / "blueprint" / "catalogue.ts")
    options = ["--bundle", "--format=esm", "--log-level=warning", *(given or FOR_NODE)]
    source = WEB / "src" / "blueprint" / entry
    subprocess.run([ESBUILD, source, *options, f"--outfile={out}"], check=True)
    return out


def _write_catalogue(path: Path) -> None:
    text = catalogue_typescript()
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _end(engine: subprocess.Popen[bytes], folder: "tempfile.TemporaryDirectory[str]") -> None:
    assert engine.stdin is not None
    engine.stdin.close()
    engine.wait(10)
    folder.cleanup()
