"""The command line's GraphQL client at a real gateway."""

import contextlib
from pathlib import Path

import pytest

from cli.client import Client
from services.workspace import sign_ins
from tests.conftest import RunningServers
from tests.gateway.conftest import visiting
from tests.services.platform import PASSWORD, platform

CREATE = """mutation($project: ID!) {
  createArchitecture(projectId: $project, template: {name: "digits-cnn"}) { ... on Architecture { id } } }"""
WATCH = "subscription($id: ID!) { architectureEdits(architectureId: $id) { ... on Architecture { revision } } }"


async def test_a_subscription_goes_on_when_its_grant_has_ended(
    servers: RunningServers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_ins, "GRANT_SECONDS", 3)
    async with (
        platform(servers.addresses, tmp_path, "graph") as running,
        visiting(running) as visitor,
        Client(visitor.base) as client,
    ):
        await client.sign_in("ada@example.com", PASSWORD, "Ada")
        create = 'mutation { createProject(name: "vision") { ... on Project { id } } }'
        project = (await client.ask(create))["id"]
        architecture = (await client.ask(CREATE, project=project))["id"]
        async with contextlib.aclosing(client.subscribe(WATCH, id=architecture)) as values:
            assert [await anext(values), await anext(values)] == [{"revision": "1"}] * 2
