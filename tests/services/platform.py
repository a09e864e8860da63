"""The services under test, hosted as on one machine, and people who call them over real gRPC."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import grpc

from kernel.client import Neighbours, channel
from kernel.clock import Clock, utc_now
from kernel.database import Database, provision
from kernel.embedded import Addresses
from kernel.host import Host
from kernel.keys import GRANT_KEY, PERSONAL_KEY, KeyRing
from kernel.launcher import Launcher
from kernel.local_launcher import LocalLauncher
from kernel.service import ServiceSpec
from kernel.settings import CONTEXTS, ObjectStoreSettings, Settings
from neuralforge.workspace.v1 import service_pb2 as workspace
from neuralforge.workspace.v1 import service_pb2_grpc as workspace_grpc
from tests.databases import empty_broker, fresh_database

PASSWORD = "correct horse battery"
Stub = TypeVar("Stub")


@dataclass(frozen=True)
class Person:
    """Somebody with an account. `call(Stub, "Method", request)` calls as them."""

    platform: "Platform"
    email: str
    id: str
    tenant: str
    token: str
    refresh_token: str

    async def call(
        self, stub: Any, method: str, request: Any, *, key: str = "", after: int = 0, timeout: float = 15
    ) -> Any:
        return await self.platform.call(stub, method, request, token=self.token, key=key, after=after, timeout=timeout)

    async def project(self, name: str = "vision") -> str:
        """The id of a new project of theirs."""
        request = workspace.CreateProjectRequest(name=name)
        answer = await self.call(workspace_grpc.ProjectServiceStub, "CreateProject", request)
        return str(answer.project.id)


class Platform:
    """Hosts `contexts` on fresh databases. `await restart()` stops and starts the host on the same data."""

    def __init__(self, addresses: Addresses, databases: dict[str, str], folder: Path, **options: Any) -> None:
        self.addresses = addresses
        self.databases = databases
        self.folder = folder
        self._options = options
        self.host: Host | None = None
        self.launcher: Launcher | None = None

    @property
    def specs(self) -> Sequence[ServiceSpec]:
        return [import_module(f"services.{context}.__main__").SPEC for context in self.databases]

    @property
    def address(self) -> str:
        assert self.host
        return self.host.address

    async def start(self) -> None:
        clock: Clock = self._options.get("clock", utc_now)
        self.launcher = self._options.get("launcher") or LocalLauncher(self.folder)
        if isinstance(self.launcher, LocalLauncher):
            await self.launcher.recover()
        self.host = Host(self.specs, self.settings(), self.launcher, clock=clock)
        await self.host.start()
        self.channel = channel(self.address, "workspace", self._options.get("tls"))

    def settings(self) -> Settings:
        s3 = self.addresses.s3
        return Settings(
            databases=self.databases,
            nats_url=self.addresses.nats,
            objects=ObjectStoreSettings(s3.endpoint, s3.access_key, s3.secret_key),
            keys=self.folder / "keys",
            folder=self.folder,
            grpc_port=0,
            tls=self._options.get("tls"),
            job_tls=self._options.get("job_tls"),
        )

    async def stop(self) -> None:
        await self.channel.close()
        assert self.host
        await self.host.stop(grace=1)
        if isinstance(self.launcher, LocalLauncher):
            await self.launcher.close()

    async def rest(self) -> None:
        """Stops the services and leaves their data to be looked at; `stop` after it does no harm."""
        assert self.host
        await self.host.stop(grace=1)

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def call(
        self,
        stub: Any,
        method: str,
        request: Any,
        *,
        token: str = "",
        key: str = "",
        after: int = 0,
        timeout: float = 15,
    ) -> Any:
        """Raises grpc.aio.AioRpcError, as a partner's client would see it."""
        metadata = [("authorization", f"Bearer {token}")] if token else []
        metadata += [("idempotency-key", key)] if key else []
        metadata += [("nf-after", str(after))] if after else []
        return await getattr(stub(self.channel_to(stub)), method)(request, metadata=metadata, timeout=timeout)

    def channel_to(self, stub: Any) -> grpc.aio.Channel:
        """Where the calls of a stub class go."""
        return self.channel

    async def person(self, name: str = "ada") -> Person:
        """A new account with an organisation of its own."""
        email = f"{name}-{secrets.token_hex(4)}@example.com"
        request = workspace.RegisterRequest(email=email, password=PASSWORD, name=name)
        answer = await self.call(workspace_grpc.AccountServiceStub, "Register", request)
        return Person(
            self, email, answer.user.id, answer.organisation.id, answer.tokens.grant, answer.tokens.refresh_token
        )

    def neighbours(self, context: str) -> Neighbours:
        """Calls as the service `context` itself, e.g. to get the grants its jobs would hold."""
        keys = KeyRing(self.folder / "keys")
        return Neighbours(
            context, dict.fromkeys(CONTEXTS, self.address), keys.private(context), self._options.get("tls")
        )

    async def job_token(self, context: str, tenant: str, job_id: str, attempt: int, project_id: str = "") -> str:
        """The grant that attempt of a job of `context` holds."""
        neighbours = self.neighbours(context)
        try:
            return await neighbours.job_grant(tenant, project_id, job_id, attempt)
        finally:
            await neighbours.close()

    def database(self, context: str) -> Database:
        """The service's own database, to be opened and closed by the test."""
        return Database(self.databases[context], context)

    async def eventually(self, probe: Any, *, timeout: float = 30, every: float = 0.05) -> Any:
        """The first truthy answer of the coroutine function `probe`; raises TimeoutError."""
        async with asyncio.timeout(timeout):
            while not (found := await probe()):
                await asyncio.sleep(every)
        return found


@contextlib.asynccontextmanager
async def platform(addresses: Addresses, folder: Path, *contexts: str, **options: Any) -> AsyncIterator[Platform]:
    """`workspace` and `contexts` on a fresh database, started. Options: clock, launcher, tls, job_tls."""
    wanted = ("workspace", *(context for context in contexts if context != "workspace"))
    KeyRing(folder / "keys").create([GRANT_KEY, PERSONAL_KEY, *CONTEXTS])
    await empty_broker(addresses)
    async with fresh_database(addresses) as admin:
        databases = {context: await provision(admin, context, "secret") for context in wanted}
        running = Platform(addresses, databases, folder, **options)
        await running.start()
        try:
            yield running
        finally:
            await running.stop()
