"""Wake-ups within a process that cannot be lost between a read that found nothing and the wait after it."""

import asyncio
from weakref import WeakSet


class Watch:
    """One reader's bell. It stays rung until the reader waits, so: read, and if nothing was there, wait."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self, timeout: float) -> bool:
        """True once rung since the last wait, False after `timeout` seconds without."""
        try:
            async with asyncio.timeout(timeout):
                return await self._rung.wait()
        except TimeoutError:
            return False
        finally:
            self._rung.clear()


class Watches:
    """Every watch on one thing."""

    def __init__(self) -> None:
        self._watches: WeakSet[Watch] = WeakSet()

    def watch(self) -> Watch:
        watch = Watch()
        self._watches.add(watch)
        return watch

    def ring(self) -> None:
        for watch in self._watches:
            watch.ring()
