"""Processes that the tests start, interrupt and look for."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]
PARENT = """
import asyncio, signal, sys
from pathlib import Path
from kernel.embedded import EmbeddedError, EmbeddedServers

async def main():
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    loop.add_signal_handler(signal.SIGTERM, task.cancel)
    servers = EmbeddedServers(Path(sys.argv[1]), on_progress=lambda line: print(line, flush=True))
    await servers.start()
    print("all ready", flush=True)
    try:
        await asyncio.sleep(600)
    finally:
        await servers.stop()

try:
    asyncio.run(main())
except EmbeddedError as error:
    sys.exit(str(error))
except (KeyboardInterrupt, asyncio.CancelledError):
    sys.exit(130)
"""


def spawn(*command: str | Path) -> subprocess.Popen[str]:
    """Start a process that asks nothing of its parent."""
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def start_parent(folder: Path) -> subprocess.Popen[str]:
    return spawn(sys.executable, "-c", PARENT, folder)


def wait_for_line(parent: subprocess.Popen[str], text: str) -> None:
    assert parent.stdout
    for line in parent.stdout:
        if text in line:
            return
    pytest.fail(f"the parent ended before it said {text!r}: {parent.stderr and parent.stderr.read()}")


def processes_of(folder: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.pid != os.getpid() and (
                str(folder) in " ".join(process.cmdline()) or process.cwd().startswith(str(folder))
            ):
                found.append(process)
    return found


def becomes_true(condition: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
