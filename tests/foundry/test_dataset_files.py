"""A data set folder reads back as it was written, and a folder that is not what its manifest says is refused."""

import json

import numpy as np
import pytest
import torch

from foundry.builtin_data import builtin
from foundry.data import digits, load
from foundry.dataset_files import MANIFEST, SPLITS, read_dataset, write_dataset
from foundry.errors import FoundryError
from foundry.splits import NAMES, stratified_split


@pytest.fixture
def folder(tmp_path):
    arrays = builtin("digits")
    write_dataset(tmp_path, arrays, stratified_split(arrays.labels, seed=3), rows_per_shard=500)
    return tmp_path


def test_written_digits_read_back_equal(folder):
    stored, source = read_dataset(folder), builtin("digits")
    assert np.array_equal(stored.arrays.inputs, source.inputs)
    assert np.array_equal(stored.arrays.labels, source.labels)
    assert stored.arrays.classes == source.classes
    assert len(stored.manifest["shards"]) == 4


def test_a_folder_loads_as_the_data_it_was_made_from(folder):
    loaded, made = load(str(folder)), digits(seed=3)
    for name in NAMES:
        left, right = getattr(loaded, name), getattr(made, name)
        assert torch.equal(left.inputs, right.inputs)
        assert torch.equal(left.targets, right.targets)
        assert torch.equal(left.rows, right.rows)


def test_the_manifest_counts_classes_and_gives_statistics(folder):
    manifest = json.loads((folder / MANIFEST).read_text())
    source = builtin("digits")
    statistics = manifest["statistics"]
    assert statistics["class_counts"] == {str(i): int((source.labels == i).sum()) for i in range(10)}
    assert statistics["mean"] == pytest.approx(source.inputs.mean(), rel=1e-5)
    assert statistics["std"] == pytest.approx(source.inputs.std(), rel=1e-5)
    assert {name: part["rows"] for name, part in statistics["splits"].items()} == {
        "train": 1258,
        "val": 270,
        "test": 269,
    }
    assert manifest["input"] == {"shape": [1, 8, 8], "dtype": "float32", "minimum": 0.0, "maximum": 16.0}


def test_writing_twice_gives_the_same_bytes(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("again")
    arrays = builtin("digits")
    write_dataset(other, arrays, stratified_split(arrays.labels, seed=3), rows_per_shard=500)
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted(path.name for path in other.iterdir())
    assert all((folder / name).read_bytes() == (other / name).read_bytes() for name in names)


def edit_manifest(folder, change):
    manifest = json.loads((folder / MANIFEST).read_text())
    change(manifest)
    (folder / MANIFEST).write_text(json.dumps(manifest))


def flip_a_byte(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


DAMAGE = {
    "missing": lambda folder: (folder / "shard-00001.parquet").unlink(),
    "SHA-256": lambda folder: flip_a_byte(folder / "shard-00001.parquet"),
    "larger than": lambda folder: (folder / "shard-00001.parquet").write_bytes(b"0" * 10**6),
    "splits.json does not have": lambda folder: flip_a_byte(folder / SPLITS),
    "not JSON": lambda folder: (folder / MANIFEST).write_text("{"),
    "not a neuralforge.dataset/1 manifest": lambda folder: edit_manifest(folder, lambda m: m.update(schema="other")),
    "incomplete or malformed": lambda folder: edit_manifest(folder, lambda m: m.pop("shards")),
    "not a plain file name": lambda folder: edit_manifest(folder, lambda m: m["shards"][0].update(name="../x")),
    "values can be read": lambda folder: edit_manifest(folder, lambda m: m["input"].update(shape=[10**6, 10**6])),
    "where its manifest says": lambda folder: edit_manifest(folder, lambda m: m["shards"][0].update(rows=499)),
    "not hold rows": lambda folder: edit_manifest(folder, lambda m: m["shards"].reverse()),
    "outside its 3 classes": lambda folder: edit_manifest(folder, lambda m: m.update(classes=["a", "b", "c"])),
}


@pytest.mark.parametrize("words", DAMAGE)
def test_rejected_folder(folder, words):
    DAMAGE[words](folder)
    with pytest.raises(FoundryError, match=words) as refusal:
        load(str(folder))
    assert "\n" not in str(refusal.value)


def test_rejected_name_says_what_exists():
    with pytest.raises(FoundryError, match="neither a built-in data set \\(digits\\)"):
        load("mnist-of-mars")
