"""Cells to numbers: every column's part of a row's input, and each cell that does not fit its column."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from foundry.ingest.columns import TRUTHS, Cells, Kind, Profile
from foundry.ingest.faults import Fault, Faults
from foundry.ingest.tables import Batch

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Missing(Enum):
    """What an empty cell is: a fault, a row to leave out, or the column's mean (a category of its own)."""

    FAIL = "fail"
    DROP = "drop"
    FILL = "fill"


class Categories(Enum):
    ONE_HOT = "one_hot"
    ORDINAL = "ordinal"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file that is an input: its place in the file, and the categories it may hold."""

    name: str
    place: int
    kind: Kind
    categories: tuple[str, ...] = ()
    one_hot: bool = False

    @property
    def width(self) -> int:
        return len(self.categories) if self.one_hot else 1

    @property
    def scaled(self) -> bool:
        """Whether its values are brought to mean 0 and deviation 1; truths and one-hot parts stay 0 or 1."""
        return self.kind is not Kind.BOOLEAN and not self.one_hot


def column(profile: Profile, place: int, kind: Kind, missing: Missing, categories: Categories) -> Column:
    """How that column becomes numbers."""
    if kind is not Kind.CATEGORY:
        return Column(profile.name, place, kind)
    empty = ("",) if missing is Missing.FILL and profile.counts["missing"] else ()
    return Column(profile.name, place, kind, empty + profile.categories(), categories is Categories.ONE_HOT)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A batch: inputs (rows, features) with NaN for what is missing, and which rows are of use."""

    inputs: Floats
    labels: NDArray[np.int64]
    good: Mask


class Encoder:
    """Encodes batches by fixed columns; every cell that does not fit goes into `faults`."""

    def __init__(self, columns: Sequence[Column], target: Column, missing: Missing, faults: Faults) -> None:
        self.columns = columns
        self.target = target
        self.features = sum(each.width for each in columns)
        self.dropped = 0
        self._missing = missing
        self.faults = faults

    def encode(self, batch: Batch) -> Encoded:
        rows, cells = len(batch.rows), list(batch.columns())
        inputs, bad, dropped = np.empty((rows, self.features), np.float64), np.zeros(rows, bool), np.zeros(rows, bool)
        start = 0
        for each in self.columns:
            found = Cells(cells[each.place])
            missing = found.missing.to_numpy(zero_copy_only=False)
            values, fits = _values(each, found)
            inputs[:, start : start + each.width] = values
            start += each.width
            wrong = ~fits & ~missing
            self._note(batch, each, found, wrong, "mixed")
            bad |= wrong
            if self._missing is Missing.FAIL:
                self._note(batch, each, found, missing, "missing")
                bad |= missing
            elif self._missing is Missing.DROP:
                dropped |= missing
        labels, untold = self._labels(batch, cells)
        bad |= untold
        self.faults.units += int(bad.sum())
        self.dropped += int((dropped & ~bad).sum())
        return Encoded(inputs, labels, ~(bad | dropped))

    def _labels(self, batch: Batch, cells: Sequence[Sequence[str]]) -> tuple[NDArray[np.int64], Mask]:
        found = Cells(cells[self.target.place])
        indices = _indices(found, self.target.categories)
        self._note(batch, self.target, found, indices < 0, "no_target")
        return indices, indices < 0

    def _note(self, batch: Batch, each: Column, found: Cells, mask: Mask, code: str) -> None:
        for index in np.flatnonzero(mask):
            text = found.text[int(index)].as_py()
            self.faults.add(Fault(code, _reason(code, each, text), row=batch.numbers[index], column=each.name))


def _values(each: Column, found: Cells) -> tuple[Floats, Mask]:
    """A batch's values of one column, (rows, width) with NaN where there is none, and which cells fit the column."""
    import pyarrow.compute as pc

    if each.kind is Kind.CATEGORY:
        indices = _indices(found, each.categories)
        if each.one_hot:
            hot = np.zeros((len(indices), each.width), np.float64)
            hot[np.flatnonzero(indices >= 0), indices[indices >= 0]] = 1
            return hot, indices >= 0
        return np.where(indices >= 0, indices, np.nan).astype(np.float64)[:, None], indices >= 0
    if each.kind is Kind.BOOLEAN:
        lower = pc.utf8_lower(found.text).to_pylist()
        values = np.array([TRUTHS.get(text, np.nan) for text in lower], np.float64)
        return values[:, None], ~np.isnan(values)
    fits = found.number.to_numpy(zero_copy_only=False)
    numbers = found.values.to_numpy(zero_copy_only=False)
    return np.where(fits, numbers, np.nan).astype(np.float64)[:, None], fits


def _indices(found: Cells, categories: Sequence[str]) -> NDArray[np.int64]:
    """Which category each cell is, -1 for none; an empty cell is the category "" where there is one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pc.if_else(found.missing, "", found.text)
    indices = pc.index_in(text, value_set=pa.array(categories, pa.string()))
    return np.asarray(pc.fill_null(indices, -1).to_numpy(zero_copy_only=False), dtype=np.int64)


def _reason(code: str, each: Column, text: str) -> str:
    match code:
        case "missing":
            return f"is empty; fill it, or choose what an empty cell of {each.name!r} is to mean"
        case "no_target":
            return "has no target; fill it or remove the row"
        case _:
            return f"holds {text[:40]!r} in a column of {each.kind.value}s"
