"""The files of an immutable data set version: Parquet shards, splits.json and a manifest that vouches for both.

The dataset job writes them and the training job reads them, so both directions live in this one module.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foundry.builtin_data import Arrays
from foundry.errors import FoundryError
from foundry.memory import check_memory
from foundry.splits import NAMES, Rows

SCHEMA = "neuralforge.dataset/1"
MANIFEST = "manifest.json"
SPLITS = "splits.json"
ROWS_PER_SHARD = 8192
MAX_VALUES = 2**31 - 1
MAX_JSON_BYTES = 64 * 2**20
DTYPES = ("float32", "uint8")


@dataclass(frozen=True)
class StoredData:
    """A data set version read back and verified: its arrays, its split row numbers, its manifest."""

    arrays: Arrays
    splits: dict[str, Rows]
    manifest: dict[str, Any]


def write_dataset(
    folder: Path, arrays: Arrays, splits: Mapping[str, Rows], *, rows_per_shard: int = ROWS_PER_SHARD
) -> dict[str, Any]:
    """Write shards, splits and manifest into `folder` (made if missing) and return the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    splits_bytes = _json_bytes({name: splits[name].tolist() for name in NAMES})
    (folder / SPLITS).write_bytes(splits_bytes)
    manifest = {
        "schema": SCHEMA,
        "name": arrays.name,
        "classes": list(arrays.classes),
        "input": {
            "shape": list(arrays.inputs.shape[1:]),
            "dtype": "float32",
            "minimum": arrays.minimum,
            "maximum": arrays.maximum,
        },
        "shards": list(_write_shards(folder, arrays, rows_per_shard)),
        "splits": {"name": SPLITS, "sha256": _sha256(splits_bytes)},
        "statistics": statistics(arrays, splits),
    }
    (folder / MANIFEST).write_bytes(_json_bytes(manifest))
    return manifest


def statistics(arrays: Arrays, splits: Mapping[str, Rows]) -> dict[str, Any]:
    """Row and class counts, overall and per split; mean and standard deviation over every input value."""
    values = arrays.inputs.astype(np.float64)
    return {
        "rows": len(arrays.labels),
        "class_counts": _class_counts(arrays, arrays.labels),
        "mean": float(values.mean()),
        "std": float(values.std()),
        "splits": {
            name: {"rows": len(rows), "class_counts": _class_counts(arrays, arrays.labels[rows])}
            for name, rows in splits.items()
        },
    }


def read_dataset(folder: Path) -> StoredData:
    """Read a folder written by `write_dataset`; raises FoundryError where it is not what its manifest says."""
    manifest = _load_json(_read(folder, MANIFEST, limit=MAX_JSON_BYTES), MANIFEST)
    if not isinstance(manifest, dict) or manifest.get("schema") != SCHEMA:
        raise FoundryError(f"{folder / MANIFEST} is not a {SCHEMA} manifest; point at a folder the platform wrote")
    try:
        arrays = _read_arrays(folder, manifest)
        splits = _read_splits(folder, manifest, len(arrays.labels))
    except (KeyError, TypeError, AttributeError) as error:
        raise FoundryError(f"{folder / MANIFEST} is incomplete or malformed (at {error}); write it anew") from error
    return StoredData(arrays, splits, manifest)


def _write_shards(folder: Path, arrays: Arrays, rows_per_shard: int) -> Iterator[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    flat = np.ascontiguousarray(arrays.inputs.reshape(len(arrays.inputs), -1))
    for number, start in enumerate(range(0, len(flat), rows_per_shard)):
        part = flat[start : start + rows_per_shard]
        table = pa.table(
            {
                "row": pa.array(np.arange(start, start + len(part), dtype=np.int64)),
                "label": pa.array(arrays.labels[start : start + len(part)]),
                "input": pa.FixedSizeListArray.from_arrays(pa.array(part.reshape(-1)), flat.shape[1]),
            }
        )
        path = folder / f"shard-{number:05d}.parquet"
        pq.write_table(table, path, compression="zstd")
        yield digest(path) | {"rows": len(part)}


def digest(path: Path) -> dict[str, Any]:
    """A file as a manifest lists it: name, SHA-256 and bytes."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    return {"name": path.name, "sha256": found, "bytes": path.stat().st_size}


def _read_arrays(folder: Path, manifest: dict[str, Any]) -> Arrays:
    declared = manifest["input"]
    shape = tuple(int(size) for size in declared["shape"])
    values = int(np.prod(shape, dtype=object)) if min(shape, default=1) > 0 else 0
    rows = sum(int(shard["rows"]) for shard in manifest["shards"])
    if not 0 < values * rows <= MAX_VALUES:
        raise FoundryError(f"{MANIFEST} declares {rows} rows of {list(shape)}; 1 to {MAX_VALUES} values can be read")
    check_memory(values * rows * 4, f"{rows} rows of {list(shape)}")
    flat, labels = _read_rows(folder, manifest, rows, values)
    classes = tuple(str(name) for name in manifest["classes"])
    if labels.min() < 0 or labels.max() >= len(classes):
        raise FoundryError(f"a label in {folder} lies outside its {len(classes)} classes; write the shards anew")
    if not np.isfinite(flat).all():
        raise FoundryError(f"an input value in {folder} is not finite; clean the data and write the shards anew")
    limits = float(declared["minimum"]), float(declared["maximum"])
    return Arrays(str(manifest["name"]), classes, flat.reshape(rows, *shape), labels, *limits)


def _read_rows(folder: Path, manifest: dict[str, Any], rows: int, values: int) -> tuple[NDArray[np.float32], Rows]:
    """Every shard into one array, one shard at a time beside it."""
    dtype = str(manifest["input"]["dtype"])
    if dtype not in DTYPES:
        raise FoundryError(f"{MANIFEST} declares values of {dtype[:40]!r}; {' and '.join(DTYPES)} can be read")
    flat, labels, start = np.empty((rows, values), np.float32), np.empty(rows, np.int64), 0
    for shard in manifest["shards"]:
        order, part_labels, part = _read_shard(folder, shard, values, dtype)
        end = start + len(order)
        if not np.array_equal(order, np.arange(start, end)):
            raise FoundryError(f"the shards in {folder} do not hold rows 0 to {rows - 1} in order; write them anew")
        labels[start:end] = part_labels
        flat[start:end] = part
        start = end
    return flat, labels


def _read_shard(folder: Path, shard: dict[str, Any], values: int, dtype: str) -> tuple[Rows, Rows, NDArray[Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    name = str(shard["name"])
    data = _verified(folder, name, shard["sha256"], limit=int(shard["bytes"]))
    columns = pa.schema(
        [("row", pa.int64()), ("label", pa.int64()), ("input", pa.list_(pa.type_for_alias(dtype), values))]
    )
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        if file.metadata.num_rows != int(shard["rows"]):
            raise FoundryError(f"{name} holds {file.metadata.num_rows} rows where its manifest says {shard['rows']}")
        table = file.read(["row", "label", "input"]).cast(columns).combine_chunks()
    except (pa.ArrowException, ValueError) as error:
        if isinstance(error, FoundryError):
            raise
        raise FoundryError(f"{name} is not a Parquet shard with the columns row, label and input") from error
    if any(column.null_count for column in table.columns):
        raise FoundryError(f"{name} has empty cells; every row needs a label and an input")
    flat = table["input"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    return table["row"].to_numpy(), table["label"].to_numpy(), flat.reshape(-1, values)


def _read_splits(folder: Path, manifest: dict[str, Any], rows: int) -> dict[str, Rows]:
    declared = manifest["splits"]
    name = str(declared["name"])
    listed = _load_json(_verified(folder, name, declared["sha256"], limit=MAX_JSON_BYTES), name)
    splits = {part: np.array(listed[part], dtype=np.int64).reshape(-1) for part in NAMES}
    together = np.concatenate(list(splits.values()))
    if len(together) and (together.min() < 0 or together.max() >= rows):
        raise FoundryError(f"{name} names a row outside 0 to {rows - 1}; write the splits anew")
    if len(np.unique(together)) != len(together):
        raise FoundryError(f"{name} puts a row into two splits; every row may be in one only")
    return splits


def _read(folder: Path, name: str, *, limit: int) -> bytes:
    if Path(name).name != name or name in ("", ".", ".."):
        raise FoundryError(f"{name!r} in {MANIFEST} is not a plain file name")
    path = folder / name
    if not path.is_file():
        raise FoundryError(f"{path} is missing; a data set folder holds {MANIFEST}, {SPLITS} and the shards it names")
    if path.stat().st_size > limit:
        raise FoundryError(f"{path} is larger than the {limit} bytes expected of it; fetch it again")
    return path.read_bytes()


def _verified(folder: Path, name: str, sha256: str, *, limit: int) -> bytes:
    data = _read(folder, name, limit=limit)
    if _sha256(data) != sha256:
        raise FoundryError(f"{folder / name} does not have the SHA-256 its manifest gives; fetch it again")
    return data


def _load_json(data: bytes, name: str) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FoundryError(f"{name} is not JSON; fetch it again") from error


def _json_bytes(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _class_counts(arrays: Arrays, labels: NDArray[np.int64]) -> dict[str, int]:
    counts = np.bincount(labels, minlength=len(arrays.classes)).tolist()
    return dict(zip(arrays.classes, counts, strict=True))
