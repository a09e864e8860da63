"""`neuralforge up` as a process of its own, for what measures it from outside: started, stopped, its processor time."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

CODE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Up:
    """One that is ready: at `url`, `seconds` after the command."""

    process: subprocess.Popen[str]
    url: str
    seconds: float


@contextmanager
def up(folder: str, environment: Mapping[str, str] | None = None) -> Iterator[Up]:
    """A running one; stopped as Ctrl-C would."""
    started = time.perf_counter()
    process = python(folder, "-m", "cli", "up", environment=environment)
    try:
        assert process.stdout
        lines: list[str] = []
        while not lines or not lines[-1].startswith("ready"):
            if not (line := process.stdout.readline()):
                raise RuntimeError(f"neuralforge up ended with exit code {process.wait()} before it was ready")
            lines.append(line)
        seconds = time.perf_counter() - started
        yield Up(process, next(line.split()[1].rstrip("/") for line in lines if line.startswith("HTTP")), seconds)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate()


def python(folder: str, *arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """A Python process on that data folder and on free ports."""
    own = {"NF_HTTP_PORT": "0", "NF_GRPC_PORT": "0", "NF_DATA_DIR": folder, "NF_LOG_LEVEL": "ERROR"}
    told = {**os.environ, **own, **(environment or {})}
    return subprocess.Popen([sys.executable, *arguments], cwd=CODE, env=told, stdout=subprocess.PIPE, text=True)


def cpu_seconds(pid: int) -> Counter[str]:
    """What a process and all below it have used, by program name, those that have ended included."""
    used: Counter[str] = Counter()
    parent = psutil.Process(pid)
    for process in [parent, *parent.children(recursive=True)]:
        times = process.cpu_times()
        used[process.name()] += sum(times[:4])  # user, system, and both of children that have ended
    return used
