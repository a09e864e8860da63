"""What the tests of every room share: one set of real servers."""

import asyncio
import os
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import settings

from kernel.embedded import Addresses, EmbeddedServers, ServerName

Result = TypeVar("Result")

# `make fuzz` runs the same properties on far more examples.
settings.register_profile("default", max_examples=100, deadline=None)
settings.register_profile("fuzz", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


class RunningServers:
    """Embedded servers on an event loop of their own thread, so that tests may use them from any loop."""

    def __init__(self, folder: Path) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="servers", daemon=True).start()
        self.embedded = EmbeddedServers(folder)
        self.addresses: Addresses = self._call(self.embedded.start()).result(120)

    async def kill(self, name: ServerName) -> None:
        await asyncio.wrap_future(self._call(self.embedded.kill(name)))

    async def restart(self, name: ServerName, *, wipe: bool = False) -> None:
        await asyncio.wrap_future(self._call(self.embedded.restart(name, wipe=wipe)))

    def stop(self) -> None:
        self._call(self.embedded.stop()).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _call(self, coroutine: Coroutine[object, object, Result]) -> Future[Result]:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServers]:
    """PostgreSQL, NATS and S3: `servers.addresses`, `await servers.kill("nats")`, `await servers.restart("nats")`."""
    running = RunningServers(tmp_path_factory.mktemp("servers"))
    yield running
    running.stop()
