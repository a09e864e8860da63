"""Leading a duty, and letting go of it."""

import asyncio

import pytest

from kernel.database import Database
from kernel.leader import lead


async def test_cancelled_leader_ends_even_where_its_term_fails_while_ending(database: Database) -> None:
    begun = asyncio.Event()

    async def term() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise RuntimeError("failed just then") from None

    leading = asyncio.create_task(lead(database, "duty", term))
    await begun.wait()
    leading.cancel()
    async with asyncio.timeout(5):
        with pytest.raises(asyncio.CancelledError):
            await leading


async def test_one_of_two_leads_and_the_other_takes_over(database: Database) -> None:
    leading: asyncio.Queue[str] = asyncio.Queue()

    def begin(name: str) -> asyncio.Task[None]:
        async def term() -> None:
            leading.put_nowait(name)
            await asyncio.Event().wait()

        return asyncio.create_task(lead(database, "duty", term))

    tasks = {name: begin(name) for name in ("one", "two")}
    first = await leading.get()
    assert leading.empty()
    second = "two" if first == "one" else "one"
    tasks[first].cancel()
    async with asyncio.timeout(10):
        assert await leading.get() == second
    tasks[second].cancel()
    await asyncio.gather(*tasks.values(), return_exceptions=True)
