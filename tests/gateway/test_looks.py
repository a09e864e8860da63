"""Reads shared by watchers: when another's will do, and when it will not."""

import asyncio
import time

import pytest

from gateway.looks import Looks
from kernel.errors import NotFound, Unauthenticated


class Thing:
    """Counts how often it is read; `ready` lets the reads go on."""

    def __init__(self) -> None:
        self.reads = 0
        self.ready = asyncio.Event()

    async def read(self) -> int:
        self.reads += 1
        number = self.reads
        await self.ready.wait()
        return number


async def test_those_who_look_after_one_change_share_one_read() -> None:
    looks, thing, changed_at = Looks(), Thing(), time.monotonic()
    watchers = [asyncio.create_task(looks.shared("run", changed_at, thing.read)) for _ in range(100)]
    thing.ready.set()
    assert set(await asyncio.gather(*watchers)) == {1}
    assert await looks.shared("run", changed_at, thing.read) == 1


async def test_a_read_that_began_before_the_change_will_not_do() -> None:
    looks, thing = Looks(), Thing()
    thing.ready.set()
    assert await looks.shared("run", time.monotonic(), thing.read) == 1
    assert await looks.shared("run", time.monotonic(), thing.read) == 2


async def test_nor_will_a_read_with_other_rights_or_of_another_thing() -> None:
    looks, thing, since = Looks(), Thing(), time.monotonic()
    thing.ready.set()
    assert [await looks.shared(key, since, thing.read) for key in ("a", "b", "a")] == [1, 2, 1]


async def test_a_read_is_not_kept_for_long() -> None:
    looks, thing, since = Looks(kept_seconds=0.05), Thing(), time.monotonic()
    thing.ready.set()
    async with asyncio.timeout(30):
        while await looks.shared("run", since, thing.read) == 1:
            await asyncio.sleep(0.01)


async def test_who_leaves_takes_the_read_from_nobody() -> None:
    looks, thing, since = Looks(), Thing(), time.monotonic()
    first, second = (asyncio.create_task(looks.shared("run", since, thing.read)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    thing.ready.set()
    assert await second == 1


async def test_anothers_failure_is_tried_again_with_ones_own_grant() -> None:
    looks, thing, since = Looks(), Thing(), time.monotonic()
    thing.ready.set()

    async def expired() -> int:
        raise Unauthenticated("the grant has expired")

    async def gone() -> int:
        raise NotFound("there is no such run")

    with pytest.raises(Unauthenticated):
        await looks.shared("run", since, expired)
    assert await looks.shared("run", since, thing.read) == 1
    with pytest.raises(NotFound):
        await looks.shared("run", since, gone)
