"""People at work while processes come and go: every request is answered, or counted as failed with its reason."""

import asyncio
import itertools
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import grpc
import httpx

from neuralforge.billing.v1 import service_pb2 as billing
from neuralforge.billing.v1.service_pb2_grpc import UsageServiceStub
from neuralforge.dataset.v1 import service_pb2 as dataset
from neuralforge.dataset.v1.service_pb2_grpc import DatasetServiceStub
from neuralforge.export.v1 import service_pb2 as export
from neuralforge.export.v1.service_pb2_grpc import ExportServiceStub
from neuralforge.graph.v1 import service_pb2 as graph
from neuralforge.graph.v1.service_pb2_grpc import ArchitectureServiceStub
from neuralforge.training.v1 import service_pb2 as training
from neuralforge.training.v1.service_pb2_grpc import RunServiceStub
from neuralforge.workspace.v1 import service_pb2 as workspace
from neuralforge.workspace.v1.service_pb2_grpc import ProjectServiceStub
from tests.services.platform import Person
from tests.services.training.lab import tiny

REQUEST_SECONDS = 60.0
NAMES = "query($project: ID!) { architectures(projectId: $project, first: 3) { nodes { id name } } }"


@dataclass
class Tally:
    """What became of the requests. `again`: asked anew because a kept connection had been closed meanwhile.

    `slowest`: seconds by kind.
    """

    answered: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    again: int = 0
    slowest: dict[str, float] = field(default_factory=dict)

    @property
    def requests(self) -> int:
        return self.answered.total() + len(self.failed)


class Load:
    """A few people who ask without a pause, over gRPC of every service and over GraphQL."""

    def __init__(self, person: Person, project_id: str, url: str) -> None:
        self._person = person
        self._project = project_id
        self._http = httpx.AsyncClient(base_url=url, timeout=REQUEST_SECONDS, trust_env=False)
        self._work = itertools.cycle(self._kinds())
        self.tally = Tally()

    def _kinds(self) -> Sequence[tuple[str, Callable[[], Awaitable[object]]]]:
        project = self._project

        def read(stub: Any, method: str, request: Any) -> Callable[[], Awaitable[object]]:
            return lambda: self._person.call(stub, method, request, timeout=REQUEST_SECONDS)

        return [
            ("workspace", read(ProjectServiceStub, "GetProject", workspace.GetProjectRequest(project_id=project))),
            ("gateway", self._ask),
            ("graph write, then read", self._draw),
            ("training", read(RunServiceStub, "ListRuns", training.ListRunsRequest(project_id=project))),
            ("gateway", self._ask),
            ("dataset", read(DatasetServiceStub, "ListDatasets", dataset.ListDatasetsRequest(project_id=project))),
            ("export", read(ExportServiceStub, "ListExports", export.ListExportsRequest(project_id=project))),
            ("billing", read(UsageServiceStub, "GetUsage", billing.GetUsageRequest())),
        ]

    async def until(self, done: Callable[[], bool], people: int = 6) -> Tally:
        """Asks until `done`."""
        await asyncio.gather(*(self._ask_until(done) for _ in range(people)))
        await self._http.aclose()
        return self.tally

    async def _ask_until(self, done: Callable[[], bool]) -> None:
        while not done():
            name, ask = next(self._work)
            begun = time.monotonic()
            try:
                await ask()
                self.tally.slowest[name] = max(self.tally.slowest.get(name, 0), time.monotonic() - begun)
                self.tally.answered[name] += 1
            except (grpc.aio.AioRpcError, httpx.HTTPError, AssertionError) as error:
                self.tally.failed.append(f"{name}: {_reason(error)}")

    async def _draw(self) -> None:
        """One request that writes and one that reads what it wrote, each at whichever replica."""
        create = graph.CreateArchitectureRequest(project_id=self._project, document=tiny())
        key = secrets.token_hex(8)
        made = await self._person.call(
            ArchitectureServiceStub, "CreateArchitecture", create, key=key, timeout=REQUEST_SECONDS
        )
        asked = graph.ListArchitecturesRequest(project_id=self._project, page_size=100)
        listed = await self._person.call(
            ArchitectureServiceStub, "ListArchitectures", asked, after=made.position, timeout=REQUEST_SECONDS
        )
        assert made.architecture.id in [each.id for each in listed.architectures], "a written thing was not read"
        self.tally.answered["graph write, then read"] += 1

    async def _ask(self) -> None:
        body = {"query": NAMES, "variables": {"project": self._project}}
        answer = await self._post(body)
        assert answer.status_code == 200, f"{answer.status_code} {answer.text[:200]}"
        assert "errors" not in answer.json(), answer.text[:300]

    async def _post(self, body: object) -> httpx.Response:
        """As browsers do: where a kept connection turns out to be closed, the request goes out on a new one."""
        headers = {"Authorization": f"Bearer {self._person.token}", "X-NF-Client": "load"}
        try:
            return await self._http.post("/graphql", json=body, headers=headers)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            self.tally.again += 1
            return await self._http.post("/graphql", json=body, headers=headers)


def _reason(error: Exception) -> str:
    if isinstance(error, grpc.aio.AioRpcError):
        return f"{error.code().name} {error.details()}"
    return repr(error)
