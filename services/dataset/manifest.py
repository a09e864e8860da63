"""What a job says a version consists of, read with suspicion: every figure the service repeats is checked first."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kernel.errors import Rejected
from neuralforge.dataset.v1 import service_pb2 as api

SCHEMA = "neuralforge.dataset/1"
FILE = "manifest.json"
SPLITS = ("train", "val", "test")
LARGEST_BYTES = 4 * 2**20
MOST_CLASSES = 1000
OF_UPLOADS = ("channels", "columns", "target")  # what an upload's statistics say beyond those of any data


@dataclass(frozen=True, slots=True)
class Manifest:
    """The figures of a version. `digests` maps each file but the manifest to its SHA-256, `sizes` each shard to its
    bytes; `split_rows` is in the order of SPLITS; `sha256` is that of the manifest file itself."""

    sha256: str
    content_hash: str
    classes: tuple[str, ...]
    class_counts: tuple[int, ...]
    input_shape: tuple[int, ...]
    rows: int
    split_rows: tuple[int, ...]
    statistics: bytes
    digests: dict[str, str]
    sizes: dict[str, int]
    given_splits: bool = False


def read_manifest(data: bytes) -> Manifest:
    """Raises Rejected for a manifest that is not one of ours or contradicts itself."""
    if len(data) > LARGEST_BYTES:
        raise Rejected(f"the manifest has {len(data)} bytes; at most {LARGEST_BYTES} are taken")
    try:
        document = json.loads(data)
        if document["schema"] != SCHEMA:
            raise Rejected(f"the manifest's schema is {str(document['schema'])[:80]!r}; {SCHEMA!r} is understood")
        manifest = _manifest(data, document)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Rejected(f"the manifest is incomplete or malformed (at {str(error)[:80]}); write it anew") from error
    _check_sums(manifest, document)
    return manifest


def _manifest(data: bytes, document: dict[str, Any]) -> Manifest:
    figures, classes = document["statistics"], tuple(str(name) for name in document["classes"])
    shards, splits = document["shards"], document["splits"]
    previews = document.pop("previews", [])  # pictures of the data are none of it
    return Manifest(
        sha256=hashlib.sha256(data).hexdigest(),
        content_hash=hashlib.sha256(_canonical(document)).hexdigest(),
        classes=classes,
        class_counts=tuple(int(figures["class_counts"][name]) for name in classes),
        input_shape=tuple(int(size) for size in document["input"]["shape"]),
        rows=int(figures["rows"]),
        split_rows=tuple(int(figures["splits"][name]["rows"]) for name in SPLITS),
        statistics=_statistics(document),
        digests={str(file["name"]): str(file["sha256"]) for file in [*shards, *previews, splits]},
        sizes={str(shard["name"]): int(shard["bytes"]) for shard in [*shards, *previews]},
        given_splits=document.get("given_splits") is True,
    )


def _statistics(document: dict[str, Any]) -> bytes:
    figures, values = document["statistics"], document["input"]
    return _canonical(
        {
            "mean": float(figures["mean"]),
            "std": float(figures["std"]),
            "minimum": float(values["minimum"]),
            "maximum": float(values["maximum"]),
            "splits": {name: figures["splits"][name]["class_counts"] for name in SPLITS},
            **{key: figures[key] for key in OF_UPLOADS if key in figures},
        }
    )


def _check_sums(manifest: Manifest, document: dict[str, Any]) -> None:
    counted = {
        "its shards": sum(int(shard["rows"]) for shard in document["shards"]),
        "its classes": sum(manifest.class_counts),
        "its splits": sum(manifest.split_rows),
    }
    for what, rows in counted.items():
        if rows != manifest.rows:
            raise Rejected(f"the manifest contradicts itself: {what} hold {rows} rows, its statistics {manifest.rows}")


def check_files(manifest: Manifest, files: Sequence[api.Upload]) -> None:
    """Raises Rejected unless `files` are exactly the manifest and the files it names, as it describes them."""
    expected = manifest.digests | {FILE: manifest.sha256}
    found = {file.name: file.sha256 for file in files}
    if len(found) != len(files):
        raise Rejected("a file is listed twice; list each file of the version once")
    if missing := sorted(expected.keys() - found.keys()):
        raise Rejected(f"the file {missing[0]} belongs to the version and is not listed; upload and list it")
    if foreign := sorted(found.keys() - expected.keys()):
        raise Rejected(f"the file {foreign[0]} is listed and the manifest does not name it; leave it out")
    for file in files:
        if file.sha256 != expected[file.name] or file.bytes != manifest.sizes.get(file.name, file.bytes):
            raise Rejected(f"the file {file.name} is listed with another size or SHA-256 than the manifest gives it")


def check_source(manifest: Manifest, source: api.Builtin, split: api.Split) -> None:
    """Raises Rejected unless the manifest describes `source`, split as was asked (each class to the nearest row)."""
    described = (manifest.rows, manifest.classes, manifest.input_shape)
    if described != (source.rows, tuple(source.classes), tuple(source.input_shape)):
        raise Rejected(f"the manifest does not describe {source.name}: rows, classes or input shape differ")
    _check_split(manifest, split)


def check_uploaded(manifest: Manifest, split: api.Split) -> None:
    """Raises Rejected for what no upload can have become, or where it is not split as was asked."""
    if not 2 <= len(manifest.classes) <= MOST_CLASSES or len(set(manifest.classes)) != len(manifest.classes):
        raise Rejected(
            f"the manifest has {len(manifest.classes)} classes; 2 to {MOST_CLASSES} different ones are taken"
        )
    if len(manifest.input_shape) not in (1, 3) or min(manifest.input_shape) < 1:
        raise Rejected(
            f"the manifest's inputs have the shape {list(manifest.input_shape)[:8]}; none such are made here"
        )
    if manifest.split_rows[0] < 1:
        raise Rejected("the manifest has no rows to train on")
    if not manifest.given_splits:
        _check_split(manifest, split)


def _check_split(manifest: Manifest, split: api.Split) -> None:
    for name, rows, share in zip(SPLITS, manifest.split_rows, (split.train, split.validation, split.test), strict=True):
        if abs(rows - manifest.rows * share / 1000) > len(manifest.classes):
            raise Rejected(f"the {name} split holds {rows} of {manifest.rows} rows where {share} per mille were asked")


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
