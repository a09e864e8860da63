"""The graph service on a platform, and Ada with a project on it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from neuralforge.graph.v1 import service_pb2 as api
from neuralforge.graph.v1.service_pb2_grpc import ArchitectureServiceStub
from tests.services.conftest import Hosted
from tests.services.graph.examples import document
from tests.services.platform import Person, Platform


@dataclass(frozen=True)
class Studio:
    """Somebody at work on the architectures of a project."""

    person: Person
    project_id: str

    @property
    def platform(self) -> Platform:
        return self.person.platform

    async def call(self, method: str, request: Any, **metadata: Any) -> Any:
        return await self.person.call(ArchitectureServiceStub, method, request, **metadata)

    async def create(self, whole: bytes | None = None, name: str = "") -> api.CreateArchitectureResponse:
        request = api.CreateArchitectureRequest(project_id=self.project_id, name=name, document=whole or document())
        answer: api.CreateArchitectureResponse = await self.call("CreateArchitecture", request)
        return answer

    async def edit(self, id: str, edits: bytes, base: int = 0, key: str = "") -> api.ApplyEditsResponse:
        request = api.ApplyEditsRequest(architecture_id=id, edits=edits, base_revision=base)
        answer: api.ApplyEditsResponse = await self.call("ApplyEdits", request, key=key)
        return answer

    async def save(self, id: str, message: str = "", revision: int = 0) -> api.SaveVersionResponse:
        request = api.SaveVersionRequest(architecture_id=id, message=message, revision=revision)
        answer: api.SaveVersionResponse = await self.call("SaveVersion", request)
        return answer

    async def get(self, id: str, **when: Any) -> api.GetArchitectureResponse:
        request = api.GetArchitectureRequest(architecture_id=id, **when)
        answer: api.GetArchitectureResponse = await self.call("GetArchitecture", request)
        return answer


@pytest.fixture
async def graph(hosted: Hosted) -> AsyncIterator[Platform]:
    async with hosted("graph") as platform:
        yield platform


@pytest.fixture
async def studio(graph: Platform) -> Studio:
    ada = await graph.person("ada")
    return Studio(ada, await ada.project())
