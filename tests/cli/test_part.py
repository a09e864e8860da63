"""A process under supervision: it is ready when it says so, started again when it ends, and stopped for good."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest

from cli.part import Part
from kernel.processes import Command

SERVES = (
    "import os, time; print('hello', flush=True); "
    "os.write(int(os.environ['NF_READY_FD']), b'ready\\n'); time.sleep(600)"
)
FAILS = "raise SystemExit('the database does not answer')"
Make = Callable[[str], Part]


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
async def make(tmp_path: Path, lines: list[str]) -> AsyncIterator[Make]:
    made: list[Part] = []

    def part(program: str) -> Part:
        made.append(Part("graph-1", Command((sys.executable, "-c", program), "-c"), tmp_path, lines.append))
        return made[-1]

    yield part
    for each in made:
        await each.stop()


async def said(lines: list[str], text: str, times: int = 1) -> None:
    """Returns once so many lines hold the text."""
    async with asyncio.timeout(60):
        while sum(text in line for line in lines) < times:
            await asyncio.sleep(0.02)


async def test_it_serves_is_restarted_killed_and_stopped(make: Make, lines: list[str]) -> None:
    part = make(SERVES)
    await part.start()
    await part.ready()
    await said(lines, "graph-1      | hello")
    first = part.pid
    await part.restart()
    second = part.pid
    assert (first != second, psutil.pid_exists(first)) == (True, False)
    assert not any("unexpectedly" in line for line in lines)
    part.kill()
    await said(lines, "graph-1 was killed by signal 9 unexpectedly; starting it again")
    await said(lines, "hello", times=3)
    await part.ready()
    assert part.serving
    third = part.pid
    await part.stop()
    assert not psutil.pid_exists(third)
    assert not part.kept


async def test_what_cannot_start_is_tried_again_and_says_why(make: Make, lines: list[str]) -> None:
    part = make(FAILS)
    await part.start()
    await said(lines, "graph-1 ended with exit code 1 unexpectedly; starting it again", times=2)
    assert (part.serving, part.last_line) == (False, "the database does not answer")


async def test_a_new_supervisor_stops_what_a_killed_one_left(make: Make, lines: list[str]) -> None:
    left = make(SERVES)
    await left.start()
    await left.ready()
    orphan = psutil.Process(left.pid)
    part = make(SERVES)  # of the same name, on the same folder
    await part.start()
    await part.ready()
    assert not orphan.is_running()
