"""Encoded rows that wait in a file, and their way to mean 0 and deviation 1 by the train split alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from foundry.ingest.encoding import Column
from foundry.ingest.folders import Progress
from foundry.ingest.shards import ShardWriter
from foundry.splits import Rows

CHUNK_VALUES = 1 << 20
Floats = NDArray[np.float64]


class Waiting:
    """Rows of `features` numbers in a file that is gone when the block is left."""

    def __init__(self, path: Path, features: int) -> None:
        self._path = path
        self._features = features
        self.rows = 0

    def __enter__(self) -> "Waiting":
        self._file = self._path.open("w+b")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()
        self._path.unlink()

    def append(self, rows: Floats) -> None:
        self._file.write(rows.tobytes())
        self.rows += len(rows)

    def chunks(self) -> Iterator[tuple[int, Floats]]:
        """(number of the first row, rows) from the beginning, a few at a time."""
        self._file.flush()
        self._file.seek(0)
        size = max(1, CHUNK_VALUES // self._features)
        for start in range(0, self.rows, size):
            count = min(size, self.rows - start) * self._features
            yield start, np.fromfile(self._file, np.float64, count).reshape(-1, self._features)


@dataclass(frozen=True, slots=True)
class Figures:
    """Of what was written: limits over all rows, mean and deviation over those of the train split."""

    minimum: float
    maximum: float
    mean: float
    std: float

    @property
    def limits(self) -> dict[str, float]:
        return {"minimum": self.minimum, "maximum": self.maximum}


@dataclass(frozen=True, slots=True)
class Scaling:
    """A feature x becomes (x - mean) / std, and `fill` where it is missing."""

    mean: Floats
    std: Floats
    fill: Floats

    @classmethod
    def of(cls, waiting: Waiting, train: Rows, columns: Sequence[Column], *, scale: bool) -> "Scaling":
        """Means and deviations over the train rows; those of columns that are not scaled are 0 and 1."""
        mean = _mean(waiting, train, None)
        std = np.sqrt(_mean(waiting, train, mean))
        scaled = np.repeat([each.scaled and scale for each in columns], [each.width for each in columns])
        return cls(np.where(scaled, mean, 0.0), np.where(scaled & (std > 0), std, 1.0), mean)

    def write(self, waiting: Waiting, labels: Rows, train: Rows, writer: ShardWriter, progress: Progress) -> Figures:
        """Every row, scaled, into the shards."""
        minimum, maximum, sums, count = np.inf, -np.inf, np.zeros(2), 0
        learnt = _mask(train, waiting.rows)
        for start, rows in waiting.chunks():
            filled = np.where(np.isnan(rows), self.fill, rows)
            values = ((filled - self.mean) / self.std).astype(np.float32)
            minimum, maximum = min(minimum, float(values.min())), max(maximum, float(values.max()))
            part = values[learnt[start : start + len(rows)]].astype(np.float64)
            sums += part.sum(), (part**2).sum()
            count += part.size
            for row, label in zip(values, labels[start : start + len(rows)].tolist(), strict=True):
                writer.add(row, label)
            progress("writing", start + len(rows), waiting.rows)
        writer.finish()
        mean, square = sums / count
        return Figures(minimum, maximum, float(mean), float(np.sqrt(max(0.0, square - mean**2))))


def _mean(waiting: Waiting, train: Rows, around: Floats | None) -> Floats:
    """Each feature's mean over the train rows, or that of its squared distance from `around`; missing values apart."""
    learnt, sums, counts = _mask(train, waiting.rows), np.zeros(1), np.zeros(1)
    for start, rows in waiting.chunks():
        part = rows[learnt[start : start + len(rows)]]
        values = part if around is None else (part - around) ** 2
        sums = sums + np.nansum(values, axis=0)
        counts = counts + np.isfinite(values).sum(axis=0)
    return np.asarray(sums / np.maximum(counts, 1))


def _mask(train: Rows, rows: int) -> NDArray[np.bool_]:
    mask = np.zeros(rows, bool)
    mask[train] = True
    return mask
