"""A hosted service whose answers the test decides, behind everything that surrounds a real one."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from kernel.call import current_call
from kernel.client import CHANNEL_OPTIONS
from kernel.database import provision
from kernel.embedded import Addresses
from kernel.events import EventTypes
from kernel.grants import Grant
from kernel.host import Host
from kernel.keys import GRANT_KEY, KeyRing
from kernel.local_launcher import LocalLauncher
from kernel.log import ANY_VERSION, Append, Recorded, Write
from kernel.projection import Projection, Statements
from kernel.service import Resources, Service, ServiceSpec
from kernel.settings import CONTEXTS, ObjectStoreSettings, Settings
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.workspace.v1 import events_pb2
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1 import service_pb2_grpc as rpc
from neuralforge.workspace.v1.events_pb2 import ProjectNameReserved
from services.workspace.grant_service import GrantService
from services.workspace.signing import GrantSigner
from tests.databases import empty_broker, fresh_database

Behaviour = Callable[[Any], Awaitable[Any]]


OWNER = Grant("ada", "acme", Role.ROLE_OWNER, time.time() + 86_400)  # made when tests are collected, used when they run
CREATE = "ProjectService.CreateProject"
LIST = "ProjectService.ListProjects"


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


async def refused(call: Any) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await call
    return error.value


def code(error: grpc.aio.AioRpcError) -> str:
    return error.code().name


def details(error: grpc.aio.AioRpcError) -> dict[str, Any]:
    """The google.rpc details of an error, by type."""
    status = rpc_status.from_call(error)
    assert status
    found = {}
    for packed in status.details:
        kind = getattr(error_details_pb2, packed.type_url.rsplit(".", 1)[1])
        found[kind.__name__] = kind.FromString(packed.value)
    return found


def create(name: str = "vision") -> api.CreateProjectRequest:
    return api.CreateProjectRequest(name=name)


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
        exchanges: Any = None  # nobody exchanges keys or links here
        grants = GrantService(signer, resources.keys.public_keys(), exchanges)
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
        projects.create, projects.list = recording(opened), reading
        try:
            yield Scripted(host, found, signer, projects, channel, opened)
        finally:
            await channel.close()
            await host.stop(grace=0.5)


def recording(opened: Sequence[Resources]) -> Behaviour:
    """Creates as real services do: the event, and the answer kept under the call's key."""

    async def create(request: api.CreateProjectRequest) -> api.CreateProjectResponse:
        call = current_call()
        response = api.CreateProjectResponse(project=api.Project(id=request.name))
        write = Write(call.caller.tenant, "project_name-a", ANY_VERSION, [ProjectNameReserved(project_id="p")])
        appended = await opened[0].log.append(Append([write], call.key, response.SerializeToString(), call.meta))
        response.position = appended.position
        return response

    return create


async def reading(request: api.ListProjectsRequest) -> api.ListProjectsResponse:
    return api.ListProjectsResponse(next_page_token="read")
