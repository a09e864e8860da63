"""Services whose event logs are in KurrentDB (a stand-in for it): people work as ever, PostgreSQL keeps read models."""

from dataclasses import replace
from pathlib import Path

import pytest

from kernel.settings import Settings
from neuralforge.graph.v1 import service_pb2 as graph
from neuralforge.graph.v1 import service_pb2_grpc as graph_rpc
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1 import service_pb2_grpc as rpc
from tests.conftest import RunningServers
from tests.kernel.kurrent_server import stand_in
from tests.services.platform import Platform, platform

MLP = graph.TemplateChoice(name="mlp")


async def test_what_is_drawn_is_kept_there_and_listed_from_here(
    servers: RunningServers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stand_in() as (uri, store):
        chosen = Platform.settings

        def settings(self: Platform) -> Settings:
            return replace(chosen(self), kurrentdb_uri=uri)

        monkeypatch.setattr(Platform, "settings", settings)
        async with platform(servers.addresses, tmp_path, "graph") as running:
            ada, eve = await running.person("ada"), await running.person("eve")
            project = await ada.project("vision")
            request = graph.CreateArchitectureRequest(project_id=project, name="net", template=MLP)
            made = await ada.call(graph_rpc.ArchitectureServiceStub, "CreateArchitecture", request, key="once")
            again = await ada.call(graph_rpc.ArchitectureServiceStub, "CreateArchitecture", request, key="once")
            assert made == again
            await running.restart()

            listing = graph.ListArchitecturesRequest(project_id=project)
            found = await ada.call(graph_rpc.ArchitectureServiceStub, "ListArchitectures", listing, after=made.position)
            assert [architecture.name for architecture in found.architectures] == ["net"]
            projects = await eve.call(rpc.ProjectServiceStub, "ListProjects", api.ListProjectsRequest())
            assert list(projects.projects) == []
            database = running.database("graph")
            await database.pool.open()
            assert await database.fetch("SELECT count(*) FROM events") == [(0,)]
            await database.close()
    contexts = {record.stream_identifier.stream_name.decode().split(":")[0] for record in store.records}
    assert {"workspace", "graph", "graph-keys"} <= contexts
