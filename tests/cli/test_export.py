"""`neuralforge export`: a proven file, or none."""

import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from tests.cli.conftest import Neuralforge, check_sentence
from tests.cli.documents import invalid, valid
from tests.services.export.exporting import weights
from tests.services.training.lab import tiny


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    """Weights of the tiny network."""
    path = tmp_path / "model.safetensors"
    path.write_bytes(weights())
    return path


def test_weights_become_a_validated_file(neuralforge: Neuralforge, tmp_path: Path, trained: Path):
    out = tmp_path / "model.onnx"
    said = neuralforge("export", valid(tmp_path), "--weights", trained, "--format", "onnx", "--out", out, "--json")
    assert said.code == 0, said.err
    *stages, report = map(json.loads, said.out.splitlines())
    assert [line["stage"] for line in stages] == ["converting", "validating"]
    assert (report["format"], report["state"], report["bytes"]) == ("onnx", "validated", out.stat().st_size)
    proof = report["validation"]
    assert (proof["samples"] >= 100, proof["argmax_mismatches"]) == (True, 0)
    assert proof["max_abs_diff"] <= proof["tolerance"] <= 1e-5
    (logits,) = onnxruntime.InferenceSession(out).run(None, {"input": np.zeros((2, 1, 8, 8), np.float32)})
    assert logits.shape == (2, 10)


def test_what_cannot_be_exported_is_refused_and_leaves_no_file(neuralforge: Neuralforge, tmp_path: Path, trained: Path):
    other = tmp_path / "other.json"
    other.write_bytes(tiny(hidden={"out_features": 17}))
    junk = tmp_path / "junk.safetensors"
    junk.write_bytes(b"junk")
    out = tmp_path / "model.onnx"

    def refused(file: Path, weights: Path, *parts: str, format: str = "onnx") -> None:
        said = neuralforge("export", file, "--weights", weights, "--format", format, "--out", out)
        check_sentence(said, *parts)
        assert not out.exists()

    refused(valid(tmp_path), trained, "'coreml'", "choose one of: onnx", format="coreml")
    refused(other, trained, "where the blueprint needs")
    refused(valid(tmp_path), junk, "not a whole safetensors file")
    refused(valid(tmp_path), tmp_path / "missing", "there is no file", "model.safetensors of a training")
    refused(invalid(tmp_path), trained, "invalid.json is not valid")
