"""Reads shared by those who watch the same thing with the same rights: a thousand watchers, one read at a time.

Each subscription reads its thing again now and then and after each change. Watchers of one thing do so at the same
moment; where they have the same rights, which the key says, the first one's read is everybody's.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

from kernel.errors import DomainError

KEPT_SECONDS = 5.0  # whole drawings are among what is read
Thing = TypeVar("Thing")


class Looks:
    """The newest read of each thing, for a few seconds."""

    def __init__(self, kept_seconds: float = KEPT_SECONDS) -> None:
        self._kept_seconds = kept_seconds
        self._known: dict[Hashable, tuple[float, asyncio.Future[Any]]] = {}

    async def shared(self, key: Hashable, since: float, read: Callable[[], Awaitable[Thing]]) -> Thing:
        """What `read` found, mine or another's that began at `since` (time.monotonic) or later; raises what it does."""
        begun, task = self._known.get(key, (float("-inf"), None))
        if task is None or begun < since:
            return await self._first(key, read)
        try:
            found: Thing = await asyncio.shield(task)
            return found
        except DomainError:  # the other's grant may have ended just then: that is no answer to mine
            return await read()

    async def _first(self, key: Hashable, read: Callable[[], Awaitable[Thing]]) -> Thing:
        task = asyncio.ensure_future(read())
        task.add_done_callback(_retrieve)
        self._known[key] = known = (time.monotonic(), task)
        asyncio.get_running_loop().call_later(self._kept_seconds, self._forget, key, known)
        return await asyncio.shield(task)

    def _forget(self, key: Hashable, known: tuple[float, asyncio.Future[Any]]) -> None:
        if self._known.get(key) is known:
            del self._known[key]


def _retrieve(task: "asyncio.Future[Any]") -> None:
    """Whoever asked may have left meanwhile: a failure nobody waits for is nobody's fault."""
    if not task.cancelled():
        task.exception()
