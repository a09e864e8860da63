"""`neuralforge up` as a person waits for it: seconds from the command to "ready", and what it costs to leave it on.

Warm: the data folder has been used before, files are in the page cache. The reference is an interpreter that imports
the same code and ends, which no start can be faster than; starts and references are interleaved. Idle CPU is that of
the whole process tree, PostgreSQL, nats-server, S3 and all services, from SETTLE_SECONDS after "ready" on.
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from bench.rows import Row, Target

REPEATS = 3
SETTLE_SECONDS = 5.0
IDLE_SECONDS = 20.0
CODE = Path(__file__).resolve().parents[1]
Seconds = Mapping[str, float]


def measure() -> dict[str, Any]:
    """Seconds to ready and of imports alone, and percent of a core at rest, by program."""
    starts, imports, idle = [], [], Counter[str]()
    with tempfile.TemporaryDirectory(prefix="neuralforge-bench-") as folder:
        with _up(folder):
            pass  # makes the data folder
        for number in range(REPEATS):
            imports.append(_import(folder))
            with _up(folder) as (process, seconds):
                starts.append(seconds)
                if number == REPEATS - 1:
                    time.sleep(SETTLE_SECONDS)
                    idle = _cpu(process, IDLE_SECONDS)
    return {
        "start_seconds": _spread(starts),
        "import_seconds": _spread(imports),
        "idle_percent_of_a_core": round(idle.total(), 2),
        "idle_percent_by_program": {name: round(percent, 2) for name, percent in idle.most_common()},
        "repeats": REPEATS,
    }


def rows(found: Mapping[str, Any]) -> list[Row]:
    start, floor = found["start_seconds"]["median"], found["import_seconds"]["median"]
    return [
        Row("up: warm start to ready", "s", start, floor, round(start / floor, 2), Target("ours", "<=", 6)),
        Row("up: idle CPU", "% of a core", found["idle_percent_of_a_core"], target=Target("ours", "<", 3)),
    ]


@contextmanager
def _up(folder: str) -> Iterator[tuple[subprocess.Popen[str], float]]:
    """A running `neuralforge up` and the seconds it took; stopped as Ctrl-C would."""
    started = time.perf_counter()
    process = _python(folder, "-m", "cli", "up")
    try:
        assert process.stdout
        if not any(line.startswith("ready") for line in process.stdout):
            raise RuntimeError(f"neuralforge up ended with exit code {process.wait()} before it was ready")
        yield process, time.perf_counter() - started
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate()


def _import(folder: str) -> float:
    """Seconds of a process that does nothing but import what `up` runs."""
    started = time.perf_counter()
    _python(folder, "-c", "import cli.commands, cli.up").communicate()
    return time.perf_counter() - started


def _python(folder: str, *arguments: str) -> subprocess.Popen[str]:
    ports = {"NF_HTTP_PORT": "0", "NF_GRPC_PORT": "0", "NF_DATA_DIR": folder, "NF_LOG_LEVEL": "ERROR"}
    return subprocess.Popen([sys.executable, *arguments], cwd=CODE, env=os.environ | ports, stdout=-1, text=True)


def _cpu(process: subprocess.Popen[str], seconds: float) -> Counter[str]:
    """Percent of a core by program name, over the process and all below it, those that ended meanwhile included."""
    before = _cpu_seconds(process.pid)
    time.sleep(seconds)
    after = _cpu_seconds(process.pid)
    return Counter({name: 100 * (after[name] - before[name]) / seconds for name in after})


def _cpu_seconds(pid: int) -> Counter[str]:
    used: Counter[str] = Counter()
    parent = psutil.Process(pid)
    for process in [parent, *parent.children(recursive=True)]:
        times = process.cpu_times()
        used[process.name()] += sum(times[:4])  # user, system, and both of children that have ended
    return used


def _spread(values: list[float]) -> Seconds:
    figures = {"min": min(values), "median": statistics.median(values), "max": max(values)}
    return {name: round(value, 2) for name, value in figures.items()}


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
