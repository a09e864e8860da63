"""Taking a trained network home: convert, prove equal to what was trained, and only then hand over the file."""

import importlib.util
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from torch import Tensor, nn

import blueprint
from foundry.errors import FoundryError
from foundry.figures import finite
from foundry.fit import input_shape
from foundry.formats import FORMATS, Format
from foundry.onnx_export import INPUT, OPSET, OUTPUT, Validation, to_onnx, validate_onnx
from foundry.weights import load_module

__all__ = ["ExportReport", "State", "Validation", "export", "formats", "to_onnx", "validate_onnx"]

State = Literal["validated", "converted_not_validated", "unavailable", "failed"]
MIN_SAMPLES = 100


@dataclass(frozen=True)
class ExportReport:
    """How an export ended. A file is left only when it was `validated` or, where this machine cannot run the format,
    `converted_not_validated`; else `reason` says why there is none."""

    format: str
    state: State
    reason: str = ""
    bytes: int = 0
    validation: Validation | None = None
    details: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain dicts, lists and numbers; null for a figure of the validation that is no number."""
        return dict(finite(asdict(self)))


def formats() -> tuple[Format, ...]:
    """Every format that can be asked for."""
    return tuple(FORMATS.values())


def export(
    graph: blueprint.Graph,
    weights_path: Path,
    fmt: str,
    out_path: Path,
    samples: Tensor,
    on_stage: Callable[[str], None] = lambda stage: None,
) -> ExportReport:
    """Convert the weights to `fmt` at `out_path` and validate on real `samples` (N >= 100, ...).

    `on_stage` hears "converting" and "validating". Raises FoundryError for an unknown format, weights that are not
    this blueprint's, or too few samples; what goes wrong after that is a report, not an error.
    """
    if fmt not in FORMATS:
        raise FoundryError(f"there is no export format {fmt!r}; choose one of: {', '.join(FORMATS)}")
    if len(samples) < MIN_SAMPLES or tuple(samples.shape[1:]) != input_shape(graph):
        wanted = f"at least {MIN_SAMPLES} samples of shape {list(input_shape(graph))}"
        raise FoundryError(f"validation needs {wanted}, not {len(samples)} of shape {list(samples.shape[1:])}")
    module = load_module(graph, weights_path)
    missing = [name for name in FORMATS[fmt].packages if importlib.util.find_spec(name) is None]
    if missing:
        return ExportReport(fmt, "unavailable", f"{FORMATS[fmt].title} needs {', '.join(missing)}, not installed here")
    return _export_onnx(module, graph, out_path, samples, on_stage)


def _export_onnx(
    module: nn.Module, graph: blueprint.Graph, out_path: Path, samples: Tensor, on_stage: Callable[[str], None]
) -> ExportReport:
    out_path.parent.mkdir(parents=True, exist_ok=True)
    out_path.unlink(missing_ok=True)
    draft = out_path.with_name(f".{out_path.name}.draft")
    seconds: dict[str, float] = {}
    try:
        on_stage("converting")
        started = time.perf_counter()
        to_onnx(module, graph, draft)
        seconds["converting"] = time.perf_counter() - started
        on_stage("validating")
        started = time.perf_counter()
        validation = validate_onnx(draft, module, samples)
        seconds["validating"] = time.perf_counter() - started
        if validation.status == "failed":
            return ExportReport("onnx", "failed", validation.reason, validation=validation, seconds=seconds)
        size = draft.stat().st_size
        draft.replace(out_path)
        return ExportReport("onnx", "validated", "", size, validation, _onnx_details(graph), seconds)
    except Exception as error:  # whatever a converter or a runtime throws is this export's end, not the caller's
        return ExportReport("onnx", "failed", _first_line(error), seconds=seconds)
    finally:
        draft.unlink(missing_ok=True)


def _onnx_details(graph: blueprint.Graph) -> dict[str, Any]:
    packages = ("torch", *FORMATS["onnx"].packages)
    return {
        "opset": OPSET,
        "input": {"name": INPUT, "dtype": "float32", "shape": ["batch", *input_shape(graph)]},
        "output": {"name": OUTPUT, "dtype": "float32"},
        "versions": {name: version(name) for name in packages},
    }


def _first_line(error: Exception) -> str:
    text = next(iter(str(error).splitlines()), "")
    return f"the converter gave up: {type(error).__name__}: {text}"[:300]
