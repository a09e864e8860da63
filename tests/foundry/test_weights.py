"""Weights travel as safetensors and are refused, in one sentence, unless they are exactly the blueprint's."""

import json
import struct

import pytest
import torch
from safetensors.torch import save_file

from foundry.build import build
from foundry.checkpoint import load_module, load_weights, save_weights
from foundry.errors import FoundryError


@pytest.fixture
def saved(residual, tmp_path):
    torch.manual_seed(0)
    module = build(residual)
    path = tmp_path / "model.safetensors"
    save_weights(module.state_dict(), path)
    return module, path


def test_saved_weights_load_equal(saved, residual):
    module, path = saved
    loaded = load_weights(residual, path)
    assert loaded.keys() == module.state_dict().keys()
    assert all(torch.equal(loaded[key], value) for key, value in module.state_dict().items())


def test_a_loaded_module_gives_the_same_output(saved, residual):
    module, path = saved
    inputs = torch.rand(5, 1, 8, 8)
    assert torch.equal(load_module(residual, path)(inputs), module.eval()(inputs))


def test_saving_leaves_nothing_but_the_file(saved):
    _, path = saved
    assert [entry.name for entry in path.parent.iterdir()] == ["model.safetensors"]


def test_an_old_file_survives_a_failed_save(saved):
    _, path = saved
    before = path.read_bytes()
    shared = torch.zeros(4)
    with pytest.raises(RuntimeError):
        save_weights({"a": shared, "b": shared}, path)
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == ["model.safetensors"]


def change(path, edit):
    weights = {key: value.clone() for key, value in load_file(path).items()}
    edit(weights)
    save_file(weights, path)


def load_file(path):
    from safetensors.torch import load_file

    return load_file(path)


def lie_about_size(path):
    """A header of a few hundred bytes that claims a tensor of 400 GB."""
    size = 400 * 10**9
    header = {"linear_1.weight": {"dtype": "F32", "shape": [size // 4], "data_offsets": [0, size]}}
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text)


longer_bias = {"linear_1.bias": torch.zeros(11)}


def swap_dtype(path):
    change(path, lambda w: w.update({"linear_1.bias": w["linear_1.bias"].double()}))


HOSTILE = {
    "lacks the tensor 'linear_1.bias'": lambda path: change(path, lambda w: w.pop("linear_1.bias")),
    "has a tensor 'extra'": lambda path: change(path, lambda w: w.update(extra=torch.zeros(1))),
    "'linear_1.bias' is F32 \\[11\\] where": lambda path: change(
        path, lambda w: w.update({"linear_1.bias": torch.zeros(11)})
    ),
    "'linear_1.bias' is F64 \\[10\\] where": swap_dtype,
    "cut: is not a whole safetensors file": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "longer: is not a whole safetensors file": lambda path: path.write_bytes(path.read_bytes() + b"0"),
    "empty: is not a whole safetensors file": lambda path: path.write_bytes(b""),
    "pickle: is not a whole safetensors file": lambda path: torch.save({"a": torch.zeros(2)}, path),
    "lying: is not a whole safetensors file": lie_about_size,
    "huge header: is not a whole safetensors file": lambda path: path.write_bytes(struct.pack("<Q", 2**62) + b"{}"),
    "does not exist": lambda path: path.unlink(),
}


@pytest.mark.parametrize("words", HOSTILE)
def test_rejected_weights(saved, residual, words):
    _, path = saved
    HOSTILE[words](path)
    with pytest.raises(FoundryError, match=words.rpartition(": ")[2]) as refusal:
        load_weights(residual, path)
    assert "\n" not in str(refusal.value)
    assert str(path) in str(refusal.value)
