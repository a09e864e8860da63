"""Uploads made for tests: small images and zips of them, and what reads them."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from foundry.dataset_files import StoredData, read_dataset
from foundry.ingest.csv_files import TableOptions, ingest_csv
from foundry.ingest.faults import Faults
from foundry.ingest.folders import ImageOptions, ingest_folders
from foundry.ingest.shards import Splitting

SPLITTING = Splitting((0.6, 0.2, 0.2))


def picture(seed: int = 0, size: tuple[int, int] = (8, 6), mode: str = "RGB", kind: str = "PNG") -> bytes:
    """An image of noise, `size` = (width, height)."""
    shape = (size[1], size[0]) if mode == "L" else (size[1], size[0], len(mode))
    values = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(values).save(out, kind)
    return out.getvalue()


def folders(classes: int = 2, each: int = 10, **options: Any) -> dict[str, bytes]:
    """`<class>/<number>.png` to contents."""
    return {f"c{c}/{i:03d}.png": picture(c * 1000 + i, **options) for c in range(classes) for i in range(each)}


def zipped(path: Path, files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def ingested(source: Path, out: Path, splitting: Splitting = SPLITTING, **options: Any) -> tuple[StoredData, Faults]:
    """An archive through the ingest and read back."""
    out.mkdir(exist_ok=True)
    faults = ingest_folders(source, "mine", ImageOptions(**options), splitting, out, lambda stage, done, total: None)
    return read_dataset(out), faults


def tabled(text: str | bytes, out: Path, splitting: Splitting = SPLITTING, **options: Any) -> tuple[StoredData, Faults]:
    """A CSV text through the ingest and read back."""
    out.mkdir(exist_ok=True)
    source = out / "upload.csv"
    source.write_bytes(text if isinstance(text, bytes) else text.encode())
    faults = ingest_csv(source, "mine", TableOptions(**options), splitting, out, lambda stage, done, total: None)
    return read_dataset(out), faults
