"""A hosted service whose answers the test decides, behind everything that surrounds a real one."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc

from kernel.client import CHANNEL_OPTIONS
from kernel.database import provision
from kernel.embedded import Addresses
from kernel.events import EventTypes
from kernel.grants import Grant
from kernel.host import Host
from kernel.keys import GRANT_KEY, KeyRing
from kernel.local_launcher import LocalLauncher
from kernel.log import Recorded
from kernel.projection import Projection, Statements
from kernel.service import Resources, Service, ServiceSpec
from kernel.settings import CONTEXTS, ObjectStoreSettings, Settings
from neuralforge.workspace.v1 import events_pb2
from neuralforge.workspace.v1 import service_pb2_grpc as rpc
from services.workspace.grant_service import GrantService
from services.workspace.signing import GrantSigner
from tests.databases import empty_broker, fresh_database

Behaviour = Callable[[Any], Awaitable[Any]]


class ScriptedProjects(rpc.ProjectServiceServicer, rpc.AccountServiceServicer):
    """Set `create`, `get`, `list` and `log_in`."""

    create: Behaviour
    get: Behaviour
    list: Behaviour
    log_in: Behaviour

    async def LogIn(self, request: Any, context: Any) -> Any:
        return await self.log_in(request)

    async def CreateProject(self, request: Any, context: Any) -> Any:
        return await self.create(request)

    async def GetProject(self, request: Any, context: Any) -> Any:
        return await self.get(request)

    async def ListProjects(self, request: Any, context: Any) -> Any:
        return await self.list(request)


@dataclass
class Scripted:
    """The running host. `call` raises grpc.aio.AioRpcError, as a partner's client would see it."""

    host: Host
    settings: Settings
    signer: GrantSigner
    projects: ScriptedProjects
    channel: grpc.aio.Channel
    resources: list[Resources] = field(default_factory=list)

    def token(self, grant: Grant) -> str:
        return self.signer.sign(grant)[0]

    async def call(
        self, method: str, request: Any, token: str = "", timeout: float | None = 15, **metadata: str
    ) -> Any:
        headers = [("authorization", f"Bearer {token}")] if token else []
        headers += [(name.replace("_", "-"), value) for name, value in metadata.items()]
        service, _, name = method.rpartition(".")
        stub = getattr(rpc, f"{service}Stub")(self.channel)
        return await getattr(stub, name)(request, metadata=headers, timeout=timeout)

    async def send(self, path: str, data: bytes, token: str = "") -> bytes:
        """Bytes as they are, to any path."""
        send: Any = self.channel.unary_unary(path)
        answer: bytes = await send(data, metadata=[("authorization", f"Bearer {token}")] if token else [], timeout=15)
        return answer


def nothing(recorded: Recorded, execute: Statements) -> None:
    """Projects no event."""


def settings(addresses: Addresses, databases: dict[str, str], folder: Path) -> Settings:
    s3 = addresses.s3
    return Settings(
        databases=databases,
        nats_url=addresses.nats,
        objects=ObjectStoreSettings(s3.endpoint, s3.access_key, s3.secret_key),
        keys=folder / "keys",
        folder=folder,
        grpc_port=0,
    )


@asynccontextmanager
async def scripted(addresses: Addresses, folder: Path) -> AsyncIterator[Scripted]:
    """A host of one service: scripted projects, real grants."""
    KeyRing(folder / "keys").create([GRANT_KEY, *CONTEXTS])
    schema = folder / "schema.sql"
    schema.write_text("")
    servicer: Any = ScriptedProjects  # abstract to the type checker: not every method is scripted
    projects, opened = servicer(), []
    signer = GrantSigner(KeyRing(folder / "keys").private(GRANT_KEY))

    def build(resources: Resources) -> Service:
        opened.append(resources)
        grants = GrantService(signer, resources.keys.public_keys())
        servicers: Sequence[Any] = [
            (rpc.add_ProjectServiceServicer_to_server, projects),
            (rpc.add_AccountServiceServicer_to_server, projects),
            (rpc.add_GrantServiceServicer_to_server, grants),
        ]
        return Service(servicers)

    await empty_broker(addresses)
    async with fresh_database(addresses) as admin:
        found = settings(addresses, {"workspace": await provision(admin, "workspace", "secret")}, folder)
        spec = ServiceSpec("workspace", EventTypes(events_pb2), schema, Projection(nothing, ()), build)
        host = Host([spec], found, LocalLauncher(folder))
        await host.start()
        channel = grpc.aio.insecure_channel(host.address, options=CHANNEL_OPTIONS)
        try:
            yield Scripted(host, found, signer, projects, channel, opened)
        finally:
            await channel.close()
            await host.stop(grace=0.5)
