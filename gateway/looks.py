"""Reads shared by those who watch the same thing with the same rights: a thousand watchers, one read at a time.

Each subscription reads its thing again now and then and after each change. Watchers of one thing do so at the same
moment; where they have the same rights, which the key says, the first one's read is everybody's.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

from kernel.errors import DomainError

MOST = 1_000
Thing = TypeVar("Thing")


class Looks:
    """The newest read of each thing, as long as it is among the MOST last ones."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: OrderedDict[Hashable, tuple[float, asyncio.Future[Any]]] = OrderedDict()

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
        self._known[key] = (time.monotonic(), task)
        self._known.move_to_end(key)
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return await asyncio.shield(task)


def _retrieve(task: "asyncio.Future[Any]") -> None:
    """Whoever asked may have left meanwhile: a failure nobody waits for is nobody's fault."""
    if not task.cancelled():
        task.exception()
