"""docs/adding-a-layer.md is true: its layer, in a module of its own, is analysed, translated, built and tested."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.blueprint.browser import ESBUILD, FLAGS, WEB

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "adding-a-layer.md"

ANALYSED = """
import maxout
from blueprint import LAYERS, analyze
from blueprint.reference import page
from tests.blueprint.examples import single
from tests.blueprint.issues import complaint
from tests.blueprint.test_examples import test_a_layer_does_as_its_example_says

test_a_layer_does_as_its_example_says("Maxout")
assert str(analyze(single("Maxout", {"pieces": 2}, ["B", "2*T"])).nodes["layer"].outputs["out"].shape[1]) == "T"
assert analyze(single("Maxout", {"pieces": 2}, ["B", "T"])).issues[0].severity == "warning"
print(complaint(single("Maxout", {"pieces": 3}, ["B", 64])))
print(complaint(single("Maxout", {"pieces": 0}, ["B", 64])))
assert "torch.unflatten" in page(LAYERS["Maxout"])
"""

BUILT = """
import maxout
import torch
from foundry.build import build
from foundry.source import emit
from tests.blueprint.examples import single

graph = single("Maxout", {"pieces": 4}, ["B", 64])
space = {}
exec(emit(graph), space)
x = torch.randn(3, 64)
expected = x.reshape(3, 16, 4).amax(-1)
assert torch.equal(build(graph)(x), expected)
assert torch.equal(space["Example"]()(x), expected)
"""

TRANSLATED = """
import sys
from pathlib import Path
import maxout
from blueprint.typescript.catalogue import catalogue_typescript
Path(sys.argv[1]).write_text(catalogue_typescript())
"""

ASKED = """
import { LAYERS } from "./catalogue.js";
const layer: any = LAYERS.get("Maxout");
const said: string[] = [];
const report = (verdict: any, code: string, what: string, mend: string): boolean => {
  said.push(`${verdict} ${code}: ${what}; ${mend}`);
  return verdict !== false;
};
const fits = layer.rule({ shape: [2, 64], dtype: "bool" }, { pieces: 4 }, report);
const not = layer.rule({ shape: [2, 64], dtype: "bool" }, { pieces: 3 }, report);
console.log(JSON.stringify([fits.outputs, not, said]));
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The two files of the page, the layer's and its test's."""
    layer, test = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    made = tmp_path_factory.mktemp("added")
    (made / "maxout.py").write_text(layer, encoding="utf-8")
    (made / "test_maxout.py").write_text(
        test.replace("import torch", "import maxout\nimport tests.conftest\nimport torch", 1), encoding="utf-8"
    )
    return made


def python(folder: Path, *arguments: str) -> str:
    """What Python prints that finds the added module."""
    paths = os.pathsep.join([str(folder), str(ROOT)])
    ran = subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": paths},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_the_layer_is_analysed_and_its_example_runs(folder: Path) -> None:
    assert python(folder, "-c", ANALYSED).splitlines() == [
        "Maxout `layer`: cannot share 64 features in groups of 3; set pieces to a divisor",
        "Maxout `layer`: pieces is 0; it must be an integer from 1 to 2^31 - 1",
    ]


def test_the_layer_is_built_and_emitted(folder: Path) -> None:
    python(folder, "-c", BUILT)


def test_the_layer_runs_in_a_browsers_language(folder: Path) -> None:
    if not ESBUILD.exists():
        pytest.skip("web/node_modules is missing; run `make test` once")
    python(folder, "-c", TRANSLATED, str(folder / "catalogue.ts"))
    text = (folder / "catalogue.ts").read_text(encoding="utf-8")
    portable = json.dumps(str(WEB / "src" / "blueprint" / "portable.ts"))
    (folder / "catalogue.ts").write_text(text.replace('"./portable.js"', portable), encoding="utf-8")
    (folder / "asked.ts").write_text(ASKED, encoding="utf-8")
    options = ["--bundle", "--platform=node", "--format=esm", "--log-level=error", f"--outfile={folder}/asked.mjs"]
    subprocess.run([ESBUILD, folder / "asked.ts", *options], check=True, timeout=60)
    ran = subprocess.run(["node", *FLAGS, folder / "asked.mjs"], check=True, capture_output=True, text=True, timeout=60)
    assert json.loads(ran.stdout) == [
        [{"shape": [2, 16], "dtype": "bool"}],
        None,
        ["false shape_mismatch: cannot share 64 features in groups of 3; set pieces to a divisor"],
    ]


def test_the_layers_own_test_passes_and_can_fail(folder: Path) -> None:
    run = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT)]
    assert "1 passed" in python(folder, *run, str(folder / "test_maxout.py"))
    wrong = folder / "wrong"
    wrong.mkdir()
    (wrong / "maxout.py").write_text((folder / "maxout.py").read_text().replace("features // pieces", "pieces"))
    (wrong / "test_maxout.py").write_text((folder / "test_maxout.py").read_text())
    with pytest.raises(AssertionError, match="1 failed"):
        python(wrong, *run, str(wrong / "test_maxout.py"))
