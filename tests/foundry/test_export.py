"""An ONNX file is handed over only when it was run and agrees with the trained module; otherwise there is none."""

import dataclasses
import json

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import numpy_helper

from foundry import export as exporting
from foundry.build import build
from foundry.checkpoint import load_module, save_weights
from foundry.errors import FoundryError
from foundry.export import export, formats, to_onnx, validate_onnx
from foundry.formats import FORMATS


@pytest.fixture(scope="module")
def weights(trained, tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "model.safetensors"
    save_weights(trained[1].weights, path)
    return path


@pytest.fixture(scope="module")
def exported(cnn, weights, data, tmp_path_factory):
    path = tmp_path_factory.mktemp("onnx") / "model.onnx"
    stages: list[str] = []
    return export(cnn, weights, "onnx", path, data.test.inputs, stages.append), path, stages


def test_the_trained_network_is_validated_on_real_samples(exported):
    report, path, stages = exported
    assert (report.state, report.reason) == ("validated", "")
    assert report.validation.samples == 269
    assert report.validation.max_abs_diff <= 1e-5
    assert report.validation.argmax_mismatches == 0
    assert report.validation.min_cosine > 0.999999
    assert report.bytes == path.stat().st_size
    assert stages == ["converting", "validating"]
    assert report.to_json()["validation"]["status"] == "validated"


def test_the_file_takes_raw_pixels_in_any_batch_and_holds_its_weights(exported, cnn, weights, data):
    _, path, _ = exported
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (entry,), (result,) = session.get_inputs(), session.get_outputs()
    assert (entry.name, entry.type, entry.shape[1:]) == ("input", "tensor(float)", [1, 8, 8])
    assert (result.name, result.shape[1:]) == ("logits", [10])
    assert [file.name for file in path.parent.iterdir()] == ["model.onnx"]
    module = load_module(cnn, weights)
    for batch in (1, 2, 7):
        inputs = data.test.inputs[:batch]
        (logits,) = session.run(None, {"input": inputs.numpy()})
        assert np.abs(logits - module(inputs).detach().numpy()).max() <= 1e-5


def test_a_perturbed_model_fails_validation(exported, cnn, weights, data, tmp_path):
    _, path, _ = exported
    model = onnx.load(path)
    weight = max(model.graph.initializer, key=lambda tensor: len(tensor.dims))
    values = numpy_helper.to_array(weight).copy()
    values.flat[0] += 0.01
    weight.CopyFrom(numpy_helper.from_array(values, weight.name))
    onnx.save(model, tmp_path / "perturbed.onnx")
    validation = validate_onnx(tmp_path / "perturbed.onnx", load_module(cnn, weights), data.test.inputs)
    assert validation.status == "failed"
    assert validation.max_abs_diff > 1e-5
    assert "where 1e-05 is allowed" in validation.reason


def test_a_network_that_gives_no_numbers_is_not_exported_and_says_so(cnn, weights, data, tmp_path):
    lost = load_module(cnn, weights)
    next(lost.parameters()).data.fill_(torch.nan)
    save_weights(lost.state_dict(), tmp_path / "lost.safetensors")
    report = export(cnn, tmp_path / "lost.safetensors", "onnx", tmp_path / "model.onnx", data.test.inputs)
    count = len(data.test.inputs)
    assert report.state == "failed"
    assert report.reason == f"the trained network gives no numbers for {count} of {count} samples; train it anew"
    written = json.loads(json.dumps(report.to_json(), allow_nan=False))["validation"]
    assert [written[name] for name in ("max_abs_diff", "scale", "min_cosine")] == [None] * 3
    assert not (tmp_path / "model.onnx").exists()


def test_a_failed_validation_leaves_no_file(cnn, weights, data, tmp_path, monkeypatch):
    def to_another_network(module, graph, path):
        torch.manual_seed(1)
        to_onnx(build(graph), graph, path)

    monkeypatch.setattr(exporting, "to_onnx", to_another_network)
    (tmp_path / "model.onnx").write_text("an older export")
    report = export(cnn, weights, "onnx", tmp_path / "model.onnx", data.test.inputs)
    assert report.state == "failed"
    assert "get another class" in report.reason
    assert list(tmp_path.iterdir()) == []


def test_a_converter_that_throws_is_a_failed_export(cnn, weights, data, tmp_path, monkeypatch):
    def give_up(module, graph, path):
        path.write_text("half a file")
        raise RuntimeError("no such operator\nand a long trace")

    monkeypatch.setattr(exporting, "to_onnx", give_up)
    report = export(cnn, weights, "onnx", tmp_path / "model.onnx", data.test.inputs)
    assert (report.state, report.reason) == ("failed", "the converter gave up: RuntimeError: no such operator")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_backend_is_unavailable_not_success(cnn, weights, data, tmp_path, monkeypatch):
    absent = dataclasses.replace(FORMATS["onnx"], packages=("onnx", "no_such_runtime"))
    monkeypatch.setitem(FORMATS, "onnx", absent)
    report = export(cnn, weights, "onnx", tmp_path / "model.onnx", data.test.inputs)
    assert (report.state, report.reason) == ("unavailable", "ONNX needs no_such_runtime, not installed here")
    assert list(tmp_path.iterdir()) == []


def test_rejected_format_names_those_that_exist(cnn, weights, data, tmp_path):
    with pytest.raises(FoundryError, match=r"no export format 'tflite'; choose one of: onnx$"):
        export(cnn, weights, "tflite", tmp_path / "model", data.test.inputs)
    assert [format.name for format in formats()] == ["onnx"]


def test_rejected_samples(cnn, weights, data, tmp_path):
    with pytest.raises(FoundryError, match="at least 100 samples of shape \\[1, 8, 8\\], not 99 of shape"):
        export(cnn, weights, "onnx", tmp_path / "model.onnx", data.test.inputs[:99])
    with pytest.raises(FoundryError, match="not 200 of shape \\[64\\]"):
        export(cnn, weights, "onnx", tmp_path / "model.onnx", torch.zeros(200, 64))


def test_rejected_weights_of_another_network(residual, weights, data, tmp_path):
    with pytest.raises(FoundryError, match="lacks the tensor"):
        export(residual, weights, "onnx", tmp_path / "model.onnx", data.test.inputs)
