"""Rows to Parquet shards as they come, then the manifest: the files that `foundry.dataset_files` reads."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foundry.dataset_files import MANIFEST, MAX_VALUES, SCHEMA, SPLITS, digest
from foundry.ingest.faults import Refused
from foundry.splits import NAMES, Rows, stratified_split

SHARD_BYTES = 16 * 2**20
MOST_SHARDS = 800
MOST_ROWS = 1_000_000


class ShardWriter:
    """Writes rows of one shape and dtype in order, a shard whenever SHARD_BYTES are together."""

    def __init__(self, folder: Path, shape: Sequence[int], dtype: str, rows: int) -> None:
        values = int(np.prod(shape, dtype=object))
        if values * rows > MAX_VALUES:
            taken = f"at most {MAX_VALUES} can be trained on; choose smaller images or fewer rows"
            raise Refused(f"{rows} rows of {list(shape)} are {values * rows} values; {taken}")
        size = max(SHARD_BYTES // (values * np.dtype(dtype).itemsize), -(-rows // MOST_SHARDS), 1)
        self.shards: list[dict[str, Any]] = []
        self.labels = np.empty(rows, dtype=np.int64)
        self.rows = 0
        self._folder = folder
        self._buffer = np.empty((min(size, rows), values), dtype=dtype)
        self._filled = 0

    def add(self, values: NDArray[Any], label: int) -> None:
        """One row; raises IndexError beyond the rows announced."""
        self._buffer[self._filled] = values.reshape(-1)
        self.labels[self.rows] = label
        self.rows += 1
        self._filled += 1
        if self._filled == len(self._buffer):
            self._flush()

    def finish(self) -> NDArray[np.int64]:
        """Writes what is left; the labels of all rows."""
        if self._filled:
            self._flush()
        self.labels = self.labels[: self.rows]
        return self.labels

    def _flush(self) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        first, part = self.rows - self._filled, self._buffer[: self._filled]
        columns = {
            "row": pa.array(np.arange(first, self.rows, dtype=np.int64)),
            "label": pa.array(self.labels[first : self.rows]),
            "input": pa.FixedSizeListArray.from_arrays(pa.array(part.reshape(-1)), part.shape[1]),
        }
        path = self._folder / f"shard-{len(self.shards):05d}.parquet"
        pq.write_table(pa.table(columns), path, compression="zstd", use_dictionary=False)
        self.shards.append(digest(path) | {"rows": len(part)})
        self._filled = 0


@dataclass(frozen=True, slots=True)
class Splitting:
    """Shares of train, val and test, and the seed that draws who goes where."""

    fractions: tuple[float, float, float]
    seed: int = 0

    def split(self, labels: NDArray[np.int64], given: Sequence[str] = ()) -> dict[str, Rows]:
        """Row numbers by split. Rows keep the split they were `given`; one that nobody was given comes out of train.

        Raises Refused where a split that was asked for would be empty.
        """
        places = np.array(given, dtype=str)
        splits = {name: np.flatnonzero(places == name) for name in NAMES} if len(given) else {}
        drawn = [name for name in NAMES if name == "train" or not len(splits.get(name, ()))]
        pool = splits["train"] if splits else np.arange(len(labels))
        if len(drawn) > 1:
            shares = [share if name in drawn else 0.0 for name, share in zip(NAMES, self.fractions, strict=True)]
            parts = stratified_split(labels[pool], [share / sum(shares) for share in shares], self.seed)
            splits |= {name: pool[parts[name]] for name in drawn}
        for name, share in zip(NAMES, self.fractions, strict=True):
            if not len(splits[name]) and (share or name == "train"):
                raise Refused(f"{len(labels)} rows are too few for this split: {name} would be empty; add rows")
        return splits


@dataclass(frozen=True, slots=True)
class Description:
    """What a manifest says beyond its rows. `extra` are keys of an upload's statistics: channels or columns."""

    name: str
    classes: tuple[str, ...]
    input: Mapping[str, Any]
    mean: float
    std: float
    given_splits: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)
    previews: Sequence[Mapping[str, Any]] = ()


def write_manifest(folder: Path, about: Description, writer: ShardWriter, splits: Mapping[str, Rows]) -> None:
    """The last two files of a version, once all its rows are written."""
    (folder / SPLITS).write_bytes(_json_bytes({name: splits[name].tolist() for name in NAMES}))
    parts = {name: {"rows": len(splits[name]), "class_counts": _counts(writer, about, splits[name])} for name in NAMES}
    statistics = {
        "rows": writer.rows,
        "class_counts": _counts(writer, about, slice(None)),
        "mean": about.mean,
        "std": about.std,
        "splits": parts,
        **about.extra,
    }
    manifest = {
        "schema": SCHEMA,
        "name": about.name,
        "classes": list(about.classes),
        "input": dict(about.input),
        "shards": writer.shards,
        "splits": {key: value for key, value in digest(folder / SPLITS).items() if key != "bytes"},
        "given_splits": about.given_splits,
        "statistics": statistics,
        "previews": list(about.previews),
    }
    (folder / MANIFEST).write_bytes(_json_bytes(manifest))


def _counts(writer: ShardWriter, about: Description, rows: Rows | slice) -> dict[str, int]:
    counts = np.bincount(writer.labels[rows], minlength=len(about.classes)).tolist()
    return dict(zip(about.classes, counts, strict=True))


def _json_bytes(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
