"""Who may know whom: what each room imports, read from its source, imports inside functions included."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.settings import CONTEXTS

HOUSE = Path(__file__).parents[1]
ROOMS = ("blueprint", "foundry", "kernel", "services", "gateway", "cli", "bench", "tests")
MAY_KNOW = {
    "blueprint": (),
    "foundry": ("blueprint",),
    "kernel": ("neuralforge",),
    "gateway": ("kernel", "neuralforge"),
    **{f"services/{context}": ("kernel", "blueprint", "neuralforge") for context in CONTEXTS},
}
# A job's entry point runs networks. The graph service shows source, which foundry writes without torch.
MAY_KNOW_FOUNDRY = ("services/*/worker.py", "services/graph/service.py")
MAY_KNOW_TORCH = ("foundry/*.py", "services/*/worker.py")


def sources(room: str) -> list[Path]:
    found = sorted((HOUSE / room).rglob("*.py"))
    assert found, f"the room {room} is empty"
    return found


def imports(path: Path) -> Iterator[str]:
    """The full names of the modules a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom(module=str(module), level=0):
                yield from (f"{module}.{alias.name}" for alias in node.names)
            case ast.ImportFrom():
                raise AssertionError(f"{path} imports relatively; write the full name")


def is_in(module: str, room: str) -> bool:
    return f"{module}.".startswith(f"{room.replace('/', '.')}.")


@pytest.mark.parametrize("room", MAY_KNOW)
def test_a_room_knows_only_its_neighbours(room: str) -> None:
    allowed = (room, *MAY_KNOW[room])
    for path in sources(room):
        known = path.relative_to(HOUSE)
        more = ("foundry",) if any(known.match(pattern) for pattern in MAY_KNOW_FOUNDRY) else ()
        for module in imports(path):
            if any(is_in(module, other) for other in ROOMS):
                assert any(is_in(module, other) for other in (*allowed, *more)), f"{known} imports {module}"


def test_torch_stays_in_foundry_and_in_jobs() -> None:
    for room in MAY_KNOW:
        for path in sources(room):
            known = path.relative_to(HOUSE)
            if not any(known.match(pattern) for pattern in MAY_KNOW_TORCH):
                assert not [module for module in imports(path) if is_in(module, "torch")], known


def test_blueprint_needs_the_standard_library_alone() -> None:
    for path in sources("blueprint"):
        for module in imports(path):
            assert module.split(".")[0] in {*sys.stdlib_module_names, "blueprint"}, f"{path} imports {module}"
