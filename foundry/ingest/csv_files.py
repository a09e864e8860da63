"""A CSV file becomes a data set: one pass to learn its columns, one to encode its rows, then splits and scaling.

Encoded rows wait in a file of plain numbers, so that memory does not grow with the table.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foundry.ingest.columns import Kind, Profile, kinds
from foundry.ingest.encoding import Categories, Column, Encoder, Missing, column
from foundry.ingest.faults import MOST_ROWS_LISTED, Faults, Refused, Tolerance
from foundry.ingest.folders import Progress
from foundry.ingest.scaling import Scaling, Waiting
from foundry.ingest.shards import MOST_ROWS, Description, ShardWriter, Splitting, write_manifest
from foundry.ingest.tables import Table

MOST_FEATURES = 10_000
MOST_VALUES = 2**28


@dataclass(frozen=True, slots=True)
class TableOptions:
    """An empty delimiter is found out, an empty target is the last column; `kinds` are those not to be found out."""

    target: str = ""
    delimiter: str = ""
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    missing: Missing = Missing.FAIL
    categories: Categories = Categories.ONE_HOT
    normalise: bool = True
    tolerance: Tolerance = field(default_factory=Tolerance)


def ingest_csv(
    source: Path, name: str, options: TableOptions, splitting: Splitting, folder: Path, progress: Progress
) -> Faults:
    """Writes shards, splits and manifest into `folder`; returns what was left out.

    `progress(stage, done, total)` counts rows. Raises Refused, with the first bad rows and cells listed.
    """
    table = Table(source, options.delimiter)
    profiles, rows, total = _profiles(table, progress)
    faults = Faults(MOST_ROWS_LISTED)
    encoder = _encoder(profiles, options, rows, faults)
    with Waiting(folder / "encoded.rows", encoder.features) as waiting:
        labels = _encode(table, encoder, waiting, rows, progress)
        options.tolerance.check(faults, total, "rows")
        labels, classes = _classes(labels, encoder, faults)
        splits = splitting.split(labels)
        scaling = Scaling.of(waiting, splits["train"], encoder.columns, scale=options.normalise)
        writer = ShardWriter(folder, (encoder.features,), "float32", len(labels))
        figures = scaling.write(waiting, labels, splits["train"], writer, progress)
    about = Description(
        name=name,
        classes=classes,
        input={"shape": [encoder.features], "dtype": "float32", **figures.limits},
        mean=figures.mean,
        std=figures.std,
        extra={"target": encoder.target.name, "columns": _columns(profiles, encoder, scaling)},
    )
    write_manifest(folder, about, writer, splits)
    return faults


def _profiles(table: Table, progress: Progress) -> tuple[list[Profile], int, int]:
    """What each column holds, how many rows can be read, and how many there are."""
    faults, profiles, rows = Faults(MOST_ROWS_LISTED), [Profile(name) for name in table.header], 0
    for batch in table.batches(faults):
        rows += len(batch.rows)
        if rows > MOST_ROWS:
            raise Refused(f"the file has more than {MOST_ROWS} rows; at most so many are taken")
        for profile, cells in zip(profiles, batch.columns(), strict=True):
            profile.observe(cells)
        progress("looking", rows, 0)
    if not rows:
        raise Refused("the file has no row below its header that can be read", faults)
    return profiles, rows, rows + faults.units


def _encoder(profiles: Sequence[Profile], options: TableOptions, rows: int, faults: Faults) -> Encoder:
    target_name = options.target or profiles[-1].name
    found = kinds(profiles, options.kinds, target_name)
    inputs, target = list[Column](), None
    for place, profile in enumerate(profiles):
        if profile.name == target_name:
            target = Column(target_name, place, Kind.CATEGORY, profile.categories())
        elif found[profile.name] is not Kind.IGNORE:
            inputs.append(column(profile, place, found[profile.name], options.missing, options.categories))
    assert target, "kinds() has found the target"
    encoder = Encoder(inputs, target, options.missing, faults)
    if encoder.features > MOST_FEATURES:
        way = "write categories as ordinals or ignore columns"
        raise Refused(f"the columns become {encoder.features} numbers; at most {MOST_FEATURES} are taken; {way}")
    if encoder.features * rows > MOST_VALUES:
        values = encoder.features * rows
        raise Refused(f"{rows} rows of {encoder.features} numbers are {values} values; at most {MOST_VALUES} are taken")
    return encoder


def _encode(table: Table, encoder: Encoder, waiting: Waiting, rows: int, progress: Progress) -> NDArray[np.int64]:
    labels, done = array("q"), 0
    for batch in table.batches(encoder.faults):
        encoded = encoder.encode(batch)
        waiting.append(encoded.inputs[encoded.good])
        labels.frombytes(encoded.labels[encoded.good].tobytes())
        done += len(batch.rows)
        progress("encoding", done, rows)
    return np.frombuffer(labels, dtype=np.int64) if labels else np.empty(0, np.int64)


def _classes(labels: NDArray[np.int64], encoder: Encoder, faults: Faults) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Labels over the classes that rows are left of."""
    if not len(labels):
        raise Refused("no row is left to learn from", faults)
    used, packed = np.unique(labels, return_inverse=True)
    if len(used) < 2:
        target = encoder.target.name
        raise Refused(f"every row has the same target in the column {target!r}; choose another target", faults)
    return packed.astype(np.int64), tuple(encoder.target.categories[label] for label in used)


def _columns(profiles: Sequence[Profile], encoder: Encoder, scaling: Scaling) -> list[dict[str, Any]]:
    """How a row becomes the input, column by column, so that anybody can do it again."""
    told, start = [], 0
    for each in encoder.columns:
        entry: dict[str, Any] = {"name": each.name, "kind": each.kind.value}
        entry["missing"] = profiles[each.place].counts["missing"]
        if each.kind is Kind.CATEGORY:
            entry |= {"categories": list(each.categories), "one_hot": each.one_hot}
        if not each.one_hot:
            entry |= {
                "mean": float(scaling.mean[start]),
                "std": float(scaling.std[start]),
                "fill": float(scaling.fill[start]),
            }
        told.append(entry)
        start += each.width
    return told
