"""Compiles the contracts in proto/ to Python in neuralforge/, where they are git-ignored.

Runs as hatchling's build hook on every install and by hand as `python proto/build.py`.
"""

import shutil
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "proto"
TARGET = ROOT / "neuralforge"

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by hand without the build backend
    BuildHookInterface = object  # type: ignore[assignment,misc]


def compile_contracts() -> None:
    """Rewrites neuralforge/ from proto/; raises SystemExit naming the compiler's complaint."""
    import grpc_tools
    from grpc_tools import protoc

    well_known = Path(grpc_tools.__file__).parent / "_proto"
    files = sorted(str(path.relative_to(SOURCES)) for path in (SOURCES / "neuralforge").rglob("*.proto"))
    built = ROOT / "build" / "contracts"
    shutil.rmtree(built, ignore_errors=True)
    built.mkdir(parents=True)
    outputs = [f"--{kind}_out={built}" for kind in ("python", "grpc_python")]
    plugins = Path(sys.executable).parent
    for plugin in ("mypy", "mypy_grpc"):
        if (program := plugins / f"protoc-gen-{plugin}").exists():
            outputs += [f"--plugin=protoc-gen-{plugin}={program}", f"--{plugin}_out=quiet:{built}"]
    if protoc.main(["protoc", f"-I{SOURCES}", f"-I{well_known}", *outputs, *files]) != 0:
        raise SystemExit("the contracts in proto/ do not compile; see the lines above")
    for folder in [built / "neuralforge", *(path for path in (built / "neuralforge").rglob("*") if path.is_dir())]:
        (folder / "__init__.py").touch()
    (built / "neuralforge" / "py.typed").touch()
    shutil.rmtree(TARGET, ignore_errors=True)
    shutil.move(built / "neuralforge", TARGET)


class ContractsHook(BuildHookInterface):  # type: ignore[misc,type-arg]
    """hatchling calls this before it packs or links the distribution."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        compile_contracts()


if __name__ == "__main__":
    compile_contracts()
