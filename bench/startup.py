"""`neuralforge up` as a person waits for it: seconds from the command to "ready", and what it costs to leave it on.

Warm: the data folder has been used before, files are in the page cache. The reference is an interpreter that imports
the same code and ends, which no start can be faster than; starts and references are interleaved. Idle CPU is that of
the whole process tree, PostgreSQL, nats-server, S3 and all services, from SETTLE_SECONDS after "ready" on.
"""

import json
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from bench.rows import Row, Target
from bench.running import cpu_seconds, python, up

REPEATS = 3
SETTLE_SECONDS = 5.0
IDLE_SECONDS = 20.0
Seconds = Mapping[str, float]


def measure() -> dict[str, Any]:
    """Seconds to ready and of imports alone, and percent of a core at rest, by program."""
    starts, imports, idle = [], [], Counter[str]()
    with tempfile.TemporaryDirectory(prefix="neuralforge-bench-") as folder:
        with up(folder):
            pass  # makes the data folder
        for number in range(REPEATS):
            imports.append(_import(folder))
            with up(folder) as running:
                starts.append(running.seconds)
                if number == REPEATS - 1:
                    time.sleep(SETTLE_SECONDS)
                    idle = _cpu(running.process.pid, IDLE_SECONDS)
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


def _import(folder: str) -> float:
    """Seconds of a process that does nothing but import what `up` runs."""
    started = time.perf_counter()
    python(folder, "-c", "import cli.commands, cli.up").communicate()
    return time.perf_counter() - started


def _cpu(pid: int, seconds: float) -> Counter[str]:
    """Percent of a core by program name, over the process and all below it, those that ended meanwhile included."""
    before = cpu_seconds(pid)
    time.sleep(seconds)
    after = cpu_seconds(pid)
    return Counter({name: 100 * (after[name] - before[name]) / seconds for name in after})


def _spread(values: list[float]) -> Seconds:
    figures = {"min": min(values), "median": statistics.median(values), "max": max(values)}
    return {name: round(value, 2) for name, value in figures.items()}


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
