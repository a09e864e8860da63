"""100,000 small images in a zip, and a table of 500,000 rows, through the ingest: seconds, and the most memory held.

The references do the least that anybody must: decode every image of the same archive with Pillow and keep nothing; read
every row of the same table with Python's `csv` and keep nothing. Each runs in a process of its own, whose peak is
VmHWM of /proc.
"""

import csv
import io
import json
import multiprocessing
import re
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from bench.rows import Row, Target
from foundry.ingest.csv_files import TableOptions, ingest_csv
from foundry.ingest.folders import ImageOptions, ingest_folders
from foundry.ingest.shards import Splitting

FILES, ROWS, CLASSES, SIDE = 100_000, 500_000, 10, 32
DIFFERENT = 500  # images that differ; each is packed many times under names of its own
MOST_MIB = 600
SPLITTING = Splitting((0.7, 0.15, 0.15))


def measure(files: int = FILES, rows: int = ROWS) -> dict[str, Any]:
    """Seconds and peak MiB of ours and of the reference."""
    with tempfile.TemporaryDirectory(prefix="neuralforge-bench-") as folder:
        archive, table = Path(folder) / "images.zip", Path(folder) / "table.csv"
        write_archive(archive, files)
        write_table(table, rows)
        measured = {
            "images": {"ours": _apart(images, archive), "reference": _apart(decode_all, archive)},
            "table": {"ours": _apart(rows_of_table, table), "reference": _apart(read_all, table)},
        }
    return {"files": files, "rows": rows, **measured}


def rows(figures: Mapping[str, Any]) -> list[Row]:
    images, table = figures["images"], figures["table"]
    return [
        _speed(f"images ingested ({figures['files']:,} files, {SIDE} x {SIDE})", "files/s", figures["files"], images),
        _memory("... most memory held", images),
        _speed(f"table ingested ({figures['rows']:,} rows of 6 cells)", "rows/s", figures["rows"], table),
        _memory("... most memory held", table),
    ]


def _speed(name: str, unit: str, amount: int, figures: Mapping[str, Any]) -> Row:
    ours, reference = (amount / figures[who]["seconds"] for who in ("ours", "reference"))
    return Row(name, unit, ours, reference, ours / reference)


def _memory(name: str, figures: Mapping[str, Any]) -> Row:
    ours, reference = (figures[who]["peak_mib"] for who in ("ours", "reference"))
    return Row(name, "MiB", ours, reference, ours / reference, Target("ours", "<=", MOST_MIB))


def images(source: Path) -> None:
    with tempfile.TemporaryDirectory() as out:
        ingest_folders(source, "bench", ImageOptions(), SPLITTING, Path(out), _silent)


def rows_of_table(source: Path) -> None:
    with tempfile.TemporaryDirectory() as out:
        ingest_csv(source, "bench", TableOptions(), SPLITTING, Path(out), _silent)


def decode_all(source: Path) -> None:
    with zipfile.ZipFile(source) as archive:
        for info in archive.infolist():
            with Image.open(io.BytesIO(archive.read(info))) as image:
                np.asarray(image.convert("RGB"))


def read_all(source: Path) -> None:
    with source.open(newline="") as file:
        for _ in csv.reader(file):
            pass


def write_archive(path: Path, files: int) -> None:
    generator = np.random.default_rng(0)
    packed = []
    for _ in range(min(files, DIFFERENT)):
        out = io.BytesIO()
        Image.fromarray(generator.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)).save(out, "PNG")
        packed.append(out.getvalue())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for number in range(files):
            archive.writestr(f"class-{number % CLASSES}/image-{number:06d}.png", packed[number % len(packed)])


def write_table(path: Path, rows: int) -> None:
    generator = np.random.default_rng(0)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["a", "b", "c", "colour", "flag", "kind"])
        for number, (a, b, c) in enumerate(generator.normal(size=(rows, 3)).round(5).tolist()):
            writer.writerow([a, b, c, f"colour {number % 7}", "yes" if number % 2 else "no", f"kind {number % 5}"])


def peak_mib() -> float:
    """The most memory this process has ever held."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found, "the kernel tells no peak"
    return int(found[1]) / 1024


def _silent(stage: str, done: int, total: int) -> None:
    pass


def _apart(work: Callable[[Path], None], source: Path) -> dict[str, float]:
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    process = context.Process(target=_measured, args=(work, source, theirs))
    process.start()
    theirs.close()
    try:
        figures: dict[str, float] = mine.recv()
    except EOFError:
        sys.exit(f"{work.__name__} ended without figures")
    process.join()
    return figures


def _measured(work: Callable[[Path], None], source: Path, report: Any) -> None:
    started = time.perf_counter()
    work(source)
    report.send({"seconds": time.perf_counter() - started, "peak_mib": peak_mib()})


if __name__ == "__main__":
    print(json.dumps(measure()))
