"""Datasets shared by the tests of this room: the real digits, built as the job builds them."""

import hashlib
import json
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from google.protobuf.message import Message

from foundry.builtin_data import builtin
from foundry.dataset_files import write_dataset
from foundry.splits import stratified_split
from neuralforge.dataset.v1 import events_pb2 as events
from neuralforge.dataset.v1 import service_pb2 as api
from services.dataset import domain
from services.dataset.domain import Dataset, evolve

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SPLIT = api.Split(train=700, validation=150, test=150, seed=0)
CREATED = events.DatasetCreated(dataset_id="d1", project_id="p1", name="digits", builtin="digits", created_by="ada")
REQUESTED = events.VersionRequested(dataset_id="d1", number=1, split=SPLIT)
STARTED = events.IngestStarted(dataset_id="d1", number=1, attempt=1)
FAILED = events.VersionFailed(dataset_id="d1", number=1, reason="no memory")


def given(*history: Message) -> Dataset:
    state = Dataset()
    for event in history:
        state = evolve(state, event)
    return state


@cache
def digits_files(train: int = 700, validation: int = 150, test: int = 150, seed: int = 0) -> dict[str, bytes]:
    """File name to contents of the digits in that split."""
    arrays = builtin("digits")
    splits = stratified_split(arrays.labels, (train / 1000, validation / 1000, test / 1000), seed)
    with tempfile.TemporaryDirectory() as folder:
        write_dataset(Path(folder), arrays, splits)
        return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


def uploads(files: dict[str, bytes]) -> list[api.Upload]:
    return [
        api.Upload(name=name, bytes=len(data), sha256=hashlib.sha256(data).hexdigest()) for name, data in files.items()
    ]


def changed(files: dict[str, bytes], **figures: Any) -> dict[str, bytes]:
    """The files with another manifest: `statistics__rows=3` sets manifest["statistics"]["rows"]."""
    manifest = json.loads(files["manifest.json"])
    for path, value in figures.items():
        *parents, last = path.split("__")
        inner = manifest
        for parent in parents:
            inner = inner[parent]
        inner[last] = value
    return files | {"manifest.json": json.dumps(manifest).encode()}


def completed(state: Dataset, files: dict[str, bytes], listed: Sequence[api.Upload] | None = None) -> list[Message]:
    listed = uploads(files) if listed is None else listed
    return domain.complete(state, 1, files["manifest.json"], listed, NOW)
