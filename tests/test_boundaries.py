"""Who may know whom, read from the imports, and what every file of the house has in common."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("blueprint", "foundry", "kernel", "services", "gateway", "cli")
LONGEST_FILE = 300
SOURCES = (".py", ".sql", ".toml", ".ts", ".tsx", ".css")


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


@cache
def imports(path: Path) -> frozenset[str]:
    """The full names of what a module imports, also inside functions; `from a import b` counts as `a.b`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Import():
                found |= {alias.name for alias in node.names}
            case ast.ImportFrom(level=0, module=str(module)):
                found |= {f"{module}.{alias.name}" for alias in node.names}
            case ast.ImportFrom():
                pytest.fail(f"{path.relative_to(ROOT)} imports relatively; write the full name")
    return frozenset(found)


def top(name: str) -> str:
    return name.split(".")[0]


def offenders(paths: list[Path], forbidden: set[str]) -> Iterator[str]:
    """`path imports name` for each import below one of the forbidden names."""
    for path in paths:
        for name in sorted(imports(path)):
            if any(name == each or name.startswith(f"{each}.") for each in forbidden):
                yield f"{path.relative_to(ROOT)} imports {name}"


def test_every_room_is_looked_at() -> None:
    assert all(modules(room) for room in ROOMS)


def test_blueprint_knows_the_standard_library_alone() -> None:
    known = {*sys.stdlib_module_names, "blueprint"}
    assert [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules("blueprint")
        for name in sorted(imports(path))
        if top(name) not in known
    ] == []


def test_foundry_knows_blueprint_and_no_other_room() -> None:
    assert [*offenders(modules("foundry"), {*ROOMS, "neuralforge"} - {"foundry", "blueprint"})] == []


def test_kernel_knows_no_room_but_the_generated_contracts() -> None:
    assert [*offenders(modules("kernel"), {*ROOMS} - {"kernel"})] == []


SERVICES = sorted(path.name for path in (ROOT / "services").iterdir() if (path / "__init__.py").exists())


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_knows_kernel_and_blueprint_and_no_other_service(service: str) -> None:
    others = {f"services.{other}" for other in SERVICES if other != service}
    assert [*offenders(modules(f"services/{service}"), {"gateway", "cli", *others})] == []


@pytest.mark.parametrize("service", SERVICES)
def test_only_workers_know_foundry(service: str) -> None:
    """With one exception: the graph service writes source, which needs no torch."""
    allowed = ("imports foundry.source", "imports foundry.errors") if service == "graph" else ()
    rest = [path for path in modules(f"services/{service}") if path.name != "worker.py"]
    assert [line for line in offenders(rest, {"foundry"}) if not any(each in line for each in allowed)] == []


def test_only_foundry_and_workers_import_torch() -> None:
    rest = [path for room in ROOMS if room != "foundry" for path in modules(room) if path.name != "worker.py"]
    assert [*offenders(rest, {"torch", "torchvision"})] == []


def test_gateway_knows_the_contracts_and_kernel() -> None:
    assert [*offenders(modules("gateway"), {*ROOMS} - {"gateway", "kernel"})] == []


PROGRAMS = ["foundry.source", "kernel.host", "gateway.app", *(f"services.{service}.__main__" for service in SERVICES)]


@pytest.mark.parametrize("module", PROGRAMS)
def test_what_serves_runs_without_torch(module: str) -> None:
    code = f"import sys, {module}; sys.exit('torch' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr or f"{module} imports torch"


def tracked() -> list[Path]:
    """The files of the repository, and those not yet committed."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    if listed.returncode:
        pytest.skip("not a git repository")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_is_longer_than_one_can_read() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked()
        if path.suffix in SOURCES and (lines := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert long == {}, "look for a second noun"


def test_every_module_says_why_it_exists() -> None:
    paths = [path for path in tracked() if path.suffix == ".py" and not is_empty_package(path)]
    mute = [path for path in paths if not ast.get_docstring(ast.parse(path.read_text()))]
    assert [str(path.relative_to(ROOT)) for path in mute] == []


def is_empty_package(path: Path) -> bool:
    return path.name == "__init__.py" and path.is_relative_to(ROOT / "tests") and not path.read_text()


OF_A_MACHINE = re.compile(rf"(?<![\w.$])/({'|'.join(('root', 'work', 'home', 'Users'))})/\w")
OF_AN_INDEX = re.compile("|".join((r"index-url", r"pypi\s*\.\s*org", r"python[h]osted", r"npm[j]s", r'"resolved":')))


@pytest.mark.parametrize("pattern", [OF_A_MACHINE, OF_AN_INDEX], ids=["machine paths", "package indexes"])
def test_nothing_of_the_place_it_was_written_in_is_left(pattern: re.Pattern[str]) -> None:
    found = []
    for path in tracked():
        if path == Path(__file__):
            continue
        text = path.read_bytes().decode(errors="ignore")
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in pattern.finditer(text)]
    assert found == []


@pytest.mark.parametrize(
    ("pattern", "text"), [(OF_A_MACHINE, f"x = '/{'home'}/someone'"), (OF_AN_INDEX, f"pip --{'index'}-url=x")]
)
def test_the_patterns_find_what_they_look_for(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)


def test_generated_code_is_not_committed() -> None:
    assert [str(path) for path in tracked() if path.is_relative_to(ROOT / "neuralforge") or "_pb2" in path.name] == []
