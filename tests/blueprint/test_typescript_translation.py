"""The Python that rules are written in means the same in TypeScript; what has no translation is refused where it is."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from blueprint.typescript.modules import Translation
from blueprint.typescript.unportable import Unportable
from tests.blueprint import portable_samples
from tests.blueprint.browser import ESBUILD, FLAGS, WEB

BIG = 2**53 + 1
SEQUENCES: list[list[Any]] = [[[1, 2, 3], [1, 2]], [[1, 2, 3], [1, 2, 3]], [[[1], [2, [3]], 4], [0, 0]]]
CALLS: dict[str, list[list[Any]]] = {
    "constants": [[]],
    "arithmetic": [[7, 2], [-7, 2], [7, -2], [0, 5], [BIG, 3], [-BIG, BIG - 2], [2**53 - 1, 1], [2**70, 2**35]],
    "comparisons": [[1, 2], [2, 2], [-1, BIG], [BIG, BIG], [BIG, BIG + 1]],
    "identity": [[None], [1], [-1], [0], [False], [""], ["x"], [[]], [[0]]],
    "membership": [["two", ["one", "two"]], ["x", []], ["b", ["a"]], ["x", ["xy"]]],
    "sequences": SEQUENCES,
    "texts": [["abc,a"], ["aXbX,"], [",é-"]],
    "spelt": [[0], [-5], [BIG], ["x"]],
    "truth": [[0], [1], [""], ["x"], [[]], [[0]], [None], [BIG]],
    "boolean": [[True, False], [False, None], [None, True], [None, None], [True, True]],
    "loops": [[0], [1], [4], [9]],
    "assignments": [[1], [-4], [BIG]],
    "comprehensions": [[[1, 2, 3]], [[5]], [[3, 1, 2, 1]]],
    "builtins": [[[1, 2, 3]], [[-5, 10, 2]], [[BIG, 10, 9, BIG]]],
    "kinds": [[1], [0.5], ["1"], [BIG], [None], [1e300]],
    "tables": [["a"], ["b"], ["z"]],
    "lists": [[[1, 2, 1]], [["x"]]],
    "records": [[3], ["x"]],
    "hidden_names": [["x", 1]],
    "sizes_of_tensors": [[6, 3], [1, 7], [4, 4]],
}


def test_every_sample_is_called() -> None:
    functions = [name for name, value in vars(portable_samples).items() if getattr(value, "__code__", None)]
    own = [name for name in functions if vars(portable_samples)[name].__module__ == portable_samples.__name__]
    assert {name for name in own if not name.startswith("_")} == {*CALLS}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """What the translated samples give in Node."""
    if not ESBUILD.exists():
        pytest.skip("web/node_modules is missing; run `make test` once")
    folder = tmp_path_factory.mktemp("translation")
    (folder / "samples.ts").write_text(program(), encoding="utf-8")
    options = ["--bundle", "--platform=node", "--format=esm", "--log-level=error", f"--outfile={folder}/samples.mjs"]
    subprocess.run([ESBUILD, folder / "samples.ts", *options], check=True, timeout=60)
    ran = subprocess.run(
        ["node", *FLAGS, folder / "samples.mjs"],
        input=json.dumps(packed(CALLS)),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    made: dict[str, list[Any]] = json.loads(ran.stdout)
    return made


def program() -> str:
    """The samples in TypeScript, and a loop that calls them."""
    translation = Translation()
    names = {name: translation.require(portable_samples.__name__, name) for name in CALLS}
    order = sorted(translation.written.values(), key=lambda text: text.startswith("function"))
    runtime = f"import {{ {', '.join(sorted(translation.runtime))} }} from {json.dumps(str(PORTABLE))};"
    table = ", ".join(f"{json.dumps(name)}: {spelt}" for name, spelt in names.items())
    return "\n".join([runtime, *order, f"const SAMPLES: any = {{ {table} }};", LOOP])


PORTABLE = WEB / "src" / "blueprint" / "portable.ts"
LOOP = """
import { readFileSync } from "node:fs";
const unpacked = (value: any): any =>
  Array.isArray(value) ? value.map(unpacked) : value !== null && typeof value === "object" ? BigInt(value.int) : value;
const packed = (_key: string, value: any): any => (typeof value === "bigint" ? { int: value.toString() } : value);
const made: any = {};
const called = (name: string, given: any): any => {
  try {
    return SAMPLES[name](...unpacked(given));
  } catch (error) {
    return `${error}`;
  }
};
for (const [name, calls] of Object.entries(JSON.parse(readFileSync(0, "utf8")) as any))
  made[name] = (calls as any[]).map((given) => called(name, given));
console.log(JSON.stringify(made, packed));
"""


def packed(value: Any) -> Any:
    """Plain JSON; integers that a JavaScript number cannot hold as text, records as objects, as they are there."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**53:
        return {"int": str(value)}
    if isinstance(value, dict):
        return {key: packed(item) for key, item in value.items()}
    return [packed(item) for item in value] if isinstance(value, list | tuple) else value


@pytest.mark.parametrize("name", CALLS)
def test_a_construct_means_the_same_in_both_languages(name: str, answers: dict[str, list[Any]]) -> None:
    for given, answer in zip(CALLS[name], answers[name], strict=True):
        assert answer == packed(getattr(portable_samples, name)(*given)), given


REFUSED = [
    ("def f(x):\n    return x ** 2", 2, "the operator Pow", "use + - * // % only"),
    ("def f(x):\n    return x / 2", 2, "the operator Div", "use + - * // % only"),
    ("def f(x):\n    return [1] + x", 2, "joining lists by +", "write (*a, *b) or a comprehension"),
    ("def f(x):\n    return 'a' + x", 2, "joining texts by +", "write an f-string"),
    ("def f(x):\n    return x[::2]", 2, "a slice with a step", "use reversed, or a comprehension over range"),
    ("def f(x):\n    return f'{x:5}'", 2, "a format in an f-string", "format the value by a function of words"),
    ("def f(x):\n    return f'{x!r}'", 2, "a format in an f-string", "format the value by a function of words"),
    ("def f(x):\n    return lambda: x", 2, "Lambda", "use what blueprint.typescript lists"),
    ("def f(x):\n    return {x: 1}", 2, "a dict with computed keys", "use constant texts as keys"),
    ("def f(x):\n    return {y for y in x}", 2, "SetComp", "use what blueprint.typescript lists"),
    ("def f(x):\n    return {'a': y for y in x}", 2, "DictComp", "use what blueprint.typescript lists"),
    ("def f(x):\n    return zip(x, x)", 2, "zip of unequal lengths", "write strict=True"),
    ("def f(x):\n    return sorted(x, key=len)", 2, "sorted with key", "leave it out"),
    ("def f(x):\n    return x.split()", 2, "split without arguments", "give it what it needs"),
    ("def f(x):\n    return x.upper()", 2, "the method upper", "use one of join, append"),
    ("def f(x):\n    return isinstance(x, list)", 2, "this isinstance", "ask for one of int, str, bool"),
    ("def f(x):\n    return round(x)", 2, "the name round", "import it from blueprint.catalogue"),
    ("import math\ndef f(x):\n    return math.ceil(x)", 3, "the method ceil", "use one of"),
    (
        "from math import ceil\ndef f(x):\n    return ceil(x)",
        1,
        "the import of math",
        "import from blueprint.catalogue",
    ),
    (
        "from blueprint.catalogue.layer import LAYERS\ndef f(x):\n    return LAYERS",
        1,
        "LAYERS of blueprint.catalogue.layer",
        "rules may use Facts, Tensor",
    ),
    ("def f(x):\n    return b'x'", 2, "the constant b'x'", "use texts, numbers, True, False or None"),
    ("def f(x):\n    return ~x", 2, "the operator Invert", "use - or not"),
    ("def f(x):\n    return 1 < g(x) < 3\ndef g(x):\n    return x", 2, "a chain of comparisons around a call", "name"),
    ("def f(x):\n    try:\n        return x\n    except ValueError:\n        return 1", 2, "Try", "use what"),
    ("def f(x):\n    with x:\n        return 1", 2, "With", "use what blueprint.typescript lists"),
    ("def f(x):\n    global y\n    return x", 2, "Global", "use what blueprint.typescript lists"),
    ("def f(x):\n    def g():\n        return x\n    return g()", 2, "FunctionDef", "use what"),
    ("def f(x):\n    x.y = 1\n    return x", 2, "this assignment", "assign to names"),
    ("def f(x):\n    for y in x:\n        pass\n    else:\n        return 1", 2, "For", "use what"),
    ("def f(x=1):\n    return x", 1, "a parameter with a default, or * or **", "use plain parameters"),
    ("def f(*x):\n    return x", 1, "a parameter with a default, or * or **", "use plain parameters"),
    ("def f(x):\n    assert x\n    return x", 2, "Assert", "use what blueprint.typescript lists"),
    ("def f(x):\n    raise ValueError", 2, "Raise", "use what blueprint.typescript lists"),
    ("def f(x):\n    return (y := x)", 2, "NamedExpr", "use what blueprint.typescript lists"),
    ("def f(x):\n    y = z = x\n    return y + z", 2, "Assign", "use what blueprint.typescript lists"),
]


@pytest.mark.parametrize(("text", "line", "what", "instead"), REFUSED, ids=[case[2] for case in REFUSED])
def test_what_has_no_translation_is_refused_where_it_stands(
    text: str, line: int, what: str, instead: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "unportable_sample.py").write_text(f"{text}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(__import__("sys").modules, "unportable_sample", raising=False)
    with pytest.raises(Unportable) as refusal:
        Translation().require("unportable_sample", "f")
    message = str(refusal.value)
    assert message.startswith(f"unportable_sample.py:{line}: {what}")
    assert f"cannot be translated to TypeScript; {instead}" in message


def test_two_definitions_of_one_name_are_refused() -> None:
    translation = Translation()
    translation.owners["brief"] = ("somewhere", "brief")
    with pytest.raises(Unportable, match="brief, which somewhere has too"):
        translation.require("blueprint.catalogue.words", "brief")
