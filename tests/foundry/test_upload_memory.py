"""Ingest streams: ten times the rows take hardly more memory, where holding them would take tens of MiB."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.ingest import write_table
from tests.foundry.upload_files import picture, zipped

PEAK = """
import json, sys
from pathlib import Path
from bench import ingest
from foundry.ingest import shards
shards.SHARD_BYTES = 2**20
getattr(ingest, sys.argv[1])(Path(sys.argv[2]))
print(json.dumps(ingest.peak_mib()))
"""


def peak(work: str, source: Path) -> float:
    """MiB of a process that ingests the file."""
    ended = subprocess.run([sys.executable, "-c", PEAK, work, source], capture_output=True, text=True, timeout=250)
    assert ended.returncode == 0, ended.stderr
    return float(json.loads(ended.stdout))


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_images_are_held_one_at_a_time(tmp_path):
    one = picture(size=(96, 96))  # two thousand are 53 MiB as bytes, 211 MiB as floats
    few, many = ({f"c{n % 2}/{n:04d}.png": one for n in range(count)} for count in (200, 2000))
    grown = peak("images", zipped(tmp_path / "many.zip", many)) - peak("images", zipped(tmp_path / "few.zip", few))
    assert grown < 20


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_rows_are_held_a_batch_at_a_time(tmp_path):
    write_table(tmp_path / "few.csv", 60_000)  # more than a batch
    write_table(tmp_path / "many.csv", 300_000)  # 29 MiB as numbers, 200 MiB as cells
    assert peak("rows_of_table", tmp_path / "many.csv") - peak("rows_of_table", tmp_path / "few.csv") < 60
