"""A platform in processes of its own for tests from any event loop, and people on it as on one in a single process."""

import asyncio
import threading
import time
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar, cast

import grpc

from cli import folder as ground
from cli.part import Part
from cli.ports import Ports
from cli.split import Divided, read_replicas, split
from kernel.client import Neighbours, channel
from kernel.embedded import Addresses, EmbeddedServers, ServerName
from kernel.grants import Grant
from kernel.keys import GRANT_KEY, KeyRing
from neuralforge.access.v1.access_pb2 import Role
from services.workspace.signing import GrantSigner
from tests.services.platform import Person, Platform

Result = TypeVar("Result")
REPLICAS = "workspace=2,graph=2,training=2"
START_SECONDS = 300
LASTING_SECONDS = 3_600


class RunningSplit:
    """`up --split` on an event loop of its own thread, which its processes live and die with."""

    def __init__(self, folder: Path, replicas: str, **settings: str) -> None:
        self.folder = folder
        self.lines: list[str] = []
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="split", daemon=True).start()
        counts = read_replicas(replicas)
        self._whole = split(
            folder,
            Ports(),
            self.lines.append,
            development=True,
            replicas=counts,
            environment={"NF_LOG_LEVEL": "WARNING", **settings},
        )
        self.divided: Divided = self._call(self._whole.__aenter__()).result(START_SECONDS)
        self.databases = self._call(ground.databases(folder, self.divided.postgres)).result(60)

    @property
    def parts(self) -> Mapping[str, Part]:
        return self.divided.parts

    @property
    def embedded(self) -> EmbeddedServers:
        return self.divided.servers

    def addresses(self, context: str) -> str:
        """All replicas of a context, as a client is told of them."""
        return ",".join(self.divided.addresses[context])

    async def do(self, work: Coroutine[object, object, Result]) -> Result:
        """Runs something of the platform's on the platform's own loop."""
        return await asyncio.wrap_future(self._call(work))

    async def restart_part(self, name: str) -> None:
        await self.do(self.parts[name].restart())

    async def kill(self, name: ServerName) -> None:
        await self.do(self.embedded.kill(name))

    async def restart(self, name: ServerName, *, wipe: bool = False) -> None:
        await self.do(self.embedded.restart(name, wipe=wipe))

    def stop(self) -> None:
        self._call(self._whole.__aexit__(None, None, None)).result(120)
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _call(self, work: Coroutine[object, object, Result]) -> Future[Result]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)


@contextmanager
def running_split(folder: Path) -> Iterator[RunningSplit]:
    """A platform with REPLICAS, stopped at the end."""
    found = RunningSplit(folder, REPLICAS)
    yield found
    found.stop()


class SplitPlatform(Platform):
    """Calls go to the context they belong to, to any of its replicas. Its jobs are real ones."""

    def __init__(self, running: RunningSplit) -> None:
        super().__init__(cast(Addresses, None), dict(running.databases), running.folder)
        self.running = running
        self._channels: dict[str, grpc.aio.Channel] = {}

    async def start(self) -> None:
        contexts = self.running.divided.addresses
        self._channels = {context: channel(self.running.addresses(context), context, None) for context in contexts}

    async def lasting(self) -> Person:
        """Somebody whose grant outlives a long test."""
        person = await self.person()
        signer = GrantSigner(KeyRing(self.folder / "keys").private(GRANT_KEY))
        token, _ = signer.sign(Grant(person.id, person.tenant, Role.ROLE_OWNER, time.time() + LASTING_SECONDS))
        return replace(person, token=token)

    async def stop(self) -> None:
        for each in self._channels.values():
            await each.close()

    async def rest(self) -> None:
        """Stops the services; `wake` before anybody calls again."""
        for part in self._services():
            await self.running.do(part.stop())

    async def wake(self) -> None:
        """Starts what rests."""
        for part in self._services():
            if not part.kept:
                await self.running.do(part.start())
        for part in self._services():
            await self.running.do(part.ready())

    def _services(self) -> Sequence[Part]:
        return [part for name, part in self.running.parts.items() if not name.startswith("gateway")]

    def channel_to(self, stub: Any) -> grpc.aio.Channel:
        return self._channels[stub.__module__.split(".")[1]]

    def neighbours(self, context: str) -> Neighbours:
        addresses = {each: self.running.addresses(each) for each in self.running.divided.addresses}
        return Neighbours(context, addresses, KeyRing(self.folder / "keys").private(context))
