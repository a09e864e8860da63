"""Labelled data as tensors, ready to train on: three splits, each keeping the row numbers it came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from foundry.builtin_data import BUILTIN, Arrays, builtin
from foundry.dataset_files import MANIFEST, read_dataset
from foundry.errors import FoundryError
from foundry.splits import FRACTIONS, NAMES, Rows, stratified_split

__all__ = ["FRACTIONS", "Data", "Split", "digits", "load", "stratified_split"]


@dataclass(frozen=True)
class Split:
    """inputs: float32 (N, *shape); targets: int64 (N,); rows: int64 (N,), sorted row numbers of the whole set."""

    inputs: Tensor
    targets: Tensor
    rows: Tensor

    def __len__(self) -> int:
        return len(self.targets)


@dataclass(frozen=True)
class Data:
    """A data set split for training; targets index `classes`."""

    train: Split
    val: Split
    test: Split
    classes: tuple[str, ...]

    @classmethod
    def from_arrays(cls, arrays: Arrays, splits: Mapping[str, Rows]) -> "Data":
        """The rows of each split, copied into tensors."""
        inputs, labels = torch.from_numpy(arrays.inputs), torch.from_numpy(arrays.labels)
        index = {name: torch.from_numpy(splits[name].copy()) for name in NAMES}
        parts = {name: Split(inputs[rows], labels[rows], rows) for name, rows in index.items()}
        return cls(**parts, classes=arrays.classes)


def digits(seed: int = 0) -> Data:
    """The built-in digits, raw pixels 0 to 16 as (N, 1, 8, 8), in a stratified 70/15/15 split."""
    arrays = builtin("digits")
    return Data.from_arrays(arrays, stratified_split(arrays.labels, FRACTIONS, seed))


def load(name_or_dir: str, seed: int = 0) -> Data:
    """A built-in data set by name (split by `seed`), or a data set folder with the splits its manifest fixes."""
    folder = Path(name_or_dir)
    if name_or_dir in BUILTIN:
        arrays = builtin(name_or_dir)
        return Data.from_arrays(arrays, stratified_split(arrays.labels, FRACTIONS, seed))
    if not folder.is_dir():
        names = ", ".join(sorted(BUILTIN))
        raise FoundryError(f"{name_or_dir!r} is neither a built-in data set ({names}) nor a folder with a {MANIFEST}")
    stored = read_dataset(folder)
    return Data.from_arrays(stored.arrays, stored.splits)
