"""A database that is read-only, a disk that is full: refusals in a sentence, nothing corrupt, all well afterwards."""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.chaos.checks import problems
from tests.chaos.machine import Machine
from tests.chaos.main_job import CREATE_PROJECT
from tests.chaos.person import Acknowledged, Person
from tests.chaos.rebuild import rebuilt_aside
from tests.chaos.truth import Truth
from tests.databases import read_only

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]
SECONDS = 90.0
CHUNK = 1 << 20


@asynccontextmanager
async def somebody(platform: Machine) -> AsyncIterator[Person]:
    async with Person(platform.url, "storage@example.com", platform.moments, SECONDS) as person:
        await person.sign_in()
        yield person


async def until_told(person: Person, prefix: str, wanted: Callable[[str], bool]) -> str:
    """Creates projects, one after the other, until one is told what is wanted; its name, which is its key too."""
    heard: Counter[str] = Counter()
    deadline = time.monotonic() + SECONDS
    for number in itertools.count():
        name = f"{prefix}-{number}"
        sentence = await person.told(CREATE_PROJECT, name=name, key=name)
        if wanted(sentence):
            return name
        heard[sentence] += 1
        assert time.monotonic() < deadline, f"never told what was wanted in {SECONDS:.0f} s, but {heard.most_common(5)}"
        await asyncio.sleep(0.05)
    raise AssertionError("unreachable: the deadline ends the loop")


async def check_as_new(platform: Machine, person: Person, refused: str) -> None:
    """The refused command can be carried out, once, and the platform is as if nothing had been."""
    async with Truth(platform.admin) as truth:
        assert await truth.one("SELECT count(*) FROM workspace.commands WHERE key = %s", refused) == 0
        made = await person.do("createProject", CREATE_PROJECT, refused, name=refused)
        await truth.quiet(SECONDS)
        kept = await truth.rows("SELECT id FROM workspace.projects WHERE name = %s", refused)
        assert kept == [(made["id"],)]
        keys = await truth.rows("SELECT key FROM workspace.commands WHERE tenant = %s", person.tenant)
        acknowledged = [Acknowledged(person.tenant, "createProject", key, "") for (key,) in keys]
        assert await problems(truth, acknowledged) == []
    assert await rebuilt_aside(platform) == []


async def test_a_read_only_database_refuses_what_would_change_it_and_nothing_else(platform: Machine):
    async with somebody(platform) as person:
        async with read_only(platform.admin):
            refused = await until_told(person, "read-only", lambda sentence: "takes no changes now" in sentence)
            assert await person.ask("{ projects { nodes { id } } }")
        await until_told(person, "writable", lambda sentence: not sentence)
        await check_as_new(platform, person, refused)


@asynccontextmanager
async def full(folder: Path) -> AsyncIterator[None]:
    """Not a byte is left on the folder's disk meanwhile."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (CHUNK, 1 << 10, 1):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError:
                continue  # full for pieces of this size; smaller ones may still fit
    try:
        yield
    finally:
        filler.unlink()


async def test_a_full_disk_refuses_and_corrupts_nothing(cramped: Machine):
    async with somebody(cramped) as person:
        async with full(cramped.folder):
            refused = await until_told(person, "full", lambda sentence: "UNAVAILABLE: the database" in sentence)
        await until_told(person, "room", lambda sentence: not sentence)
        await check_as_new(cramped, person, refused)
