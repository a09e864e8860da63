"""ONNX: written by torch's exporter, then run by onnxruntime and compared with the trained module, number by number."""

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

import blueprint
from foundry.evaluate import logits
from foundry.fit import input_shape

OPSET = 20
TOLERANCE = 1e-5
MIN_COSINE = 0.999999
INPUT, OUTPUT = "input", "logits"


@dataclass(frozen=True)
class Validation:
    """How far a converted model is from the module it came from, over `samples` inputs.

    `max_abs_diff` is on the raw logits, which reach up to `scale`. "validated" means: at most `tolerance` everywhere,
    the same class for every sample, and every pair of outputs pointing the same way (`min_cosine`). Else `reason`
    says what was not so; the figures are NaN where the module's own outputs are no numbers.
    """

    status: Literal["validated", "failed"]
    samples: int
    max_abs_diff: float
    scale: float
    tolerance: float
    argmax_mismatches: int
    min_cosine: float
    reason: str = ""


def to_onnx(module: nn.Module, graph: blueprint.Graph, path: Path) -> None:
    """Write the module as one ONNX file: float32 "input" (B, ...) to "logits" (B, classes), weights inside, any B.

    Traced with a batch of 2, since the exporter would take a batch of 1 for a constant.
    """
    shape = input_shape(graph)
    module = module.cpu().eval()
    with _quiet(), torch.no_grad():
        torch.onnx.export(
            module,
            (torch.zeros(2, *shape),),
            path,
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_shapes=({0: torch.export.Dim("batch")},),
            opset_version=OPSET,
            external_data=False,
            dynamo=True,
            verbose=False,
        )


def validate_onnx(path: Path, module: nn.Module, inputs: Tensor, tolerance: float = TOLERANCE) -> Validation:
    """Run the file and the module on the same inputs (N, ...) and compare."""
    expected = logits(module.cpu(), inputs.cpu()).numpy()
    return compare(expected, run_onnx(path, inputs), tolerance)


def run_onnx(path: Path, inputs: Tensor) -> NDArray[np.float32]:
    """(N, classes) outputs of the file on the CPU."""
    import onnx
    import onnxruntime

    onnx.checker.check_model(str(path), full_check=True)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    outputs: Any = session.run([OUTPUT], {INPUT: inputs.cpu().numpy()})[0]
    return np.asarray(outputs, dtype=np.float32)


def compare(expected: NDArray[np.float32], actual: NDArray[np.float32], tolerance: float) -> Validation:
    """Compare two (N, classes) arrays of logits."""
    if expected.shape != actual.shape:
        raise ValueError(f"the file gives {list(actual.shape)} where the module gives {list(expected.shape)}")
    if lost := int((~np.isfinite(expected)).any(1).sum()):
        reason = f"the trained network gives no numbers for {lost} of {len(expected)} samples; train it anew"
        return Validation("failed", len(expected), np.nan, np.nan, tolerance, 0, np.nan, reason)
    a, b = expected.astype(np.float64), actual.astype(np.float64)
    difference, scale = float(np.abs(a - b).max()), float(np.abs(a).max())
    mismatches = int((a.argmax(1) != b.argmax(1)).sum())
    norms = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    cosine = float(np.where(norms > 0, (a * b).sum(1) / np.maximum(norms, 1e-300), a.any() == b.any()).min())
    faults = []
    if not difference <= tolerance:  # true for NaN too
        faults.append(f"outputs as large as {scale:.3g} differ by {difference:.3g} where {tolerance:.3g} is allowed")
    if mismatches:
        faults.append(f"{mismatches} of {len(a)} samples get another class")
    if not cosine >= MIN_COSINE:
        faults.append(f"outputs point elsewhere (cosine {cosine:.6f})")
    status: Literal["validated", "failed"] = "failed" if faults else "validated"
    return Validation(status, len(a), difference, scale, tolerance, mismatches, cosine, "; ".join(faults))


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The exporter talks on stdout and by warnings and loggers; none of it is for people."""
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield
