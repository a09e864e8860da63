"""A gateway as a web client meets it: a real server in front of real services."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from gateway.app import create_app, server
from gateway.settings import GatewaySettings
from kernel.launcher import Launcher
from kernel.settings import CONTEXTS
from tests.conftest import RunningServers
from tests.gateway.web import Visitor
from tests.services.launchers import IdleLauncher
from tests.services.platform import Platform, platform
from tests.services.training.lab import Lab, lab_of

Opened = Callable[..., AbstractAsyncContextManager[Visitor]]
START = """
mutation($architecture: ID!, $dataset: ID!, $options: TrainingOptionsInput, $key: String) {
  startRun(architectureId: $architecture, datasetId: $dataset, options: $options, key: $key) {
    __typename
    ... on Run { id state options { epochs seed learningRate } createdBy }
    ... on Refusal { code message field }
  }
}
"""


def settings_for(running: Platform, **changes: Any) -> GatewaySettings:
    """What `neuralforge up` would tell the gateway."""
    settings = GatewaySettings(
        addresses=dict.fromkeys(CONTEXTS, running.address),
        nats_url=running.addresses.nats,
        s3_endpoint=running.addresses.s3.endpoint,
        studio=Path("nowhere"),
        sign_ins_per_minute=1000,
    )
    return replace(settings, **changes)


@contextlib.asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[str]:
    """The base address of the application behind a real server on a free port."""
    running = server(app, "127.0.0.1", 0)
    task = asyncio.create_task(running.serve())
    while not running.started:
        assert not task.done(), "the server did not start"
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    running.should_exit = True
    await task


@contextlib.asynccontextmanager
async def visiting(running: Platform, **changes: Any) -> AsyncIterator[Visitor]:
    """A visitor without an account at a gateway in front of `running`."""
    async with (
        serving(create_app(settings_for(running, **changes))) as base,
        httpx.AsyncClient(base_url=base, timeout=30, trust_env=False) as client,
    ):
        yield Visitor(base, client)


@pytest.fixture
def opened(servers: RunningServers, tmp_path: Path) -> Opened:
    """`async with opened("graph", development=True) as visitor: ...` with `visitor.platform`."""

    @contextlib.asynccontextmanager
    async def start(*contexts: str, launcher: Launcher | None = None, **changes: Any) -> AsyncIterator[Visitor]:
        async with (
            platform(servers.addresses, tmp_path, *contexts, launcher=launcher) as running,
            visiting(running, **changes) as visitor,
        ):
            visitor.platform = running
            yield visitor

    return start


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def passer_by(servers: RunningServers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Visitor]:
    """Nobody, at a gateway that a whole module of tests shares; such tests run on the module's loop."""
    folder = tmp_path_factory.mktemp("gateway")
    async with platform(servers.addresses, folder) as running, visiting(running) as visitor:
        visitor.platform = running
        yield visitor


@pytest.fixture
async def visitor(opened: Opened) -> AsyncIterator[Visitor]:
    """Nobody yet, in front of the workspace service."""
    async with opened() as visitor:
        yield visitor


@pytest.fixture
async def ada(visitor: Visitor) -> Visitor:
    """Somebody who has registered."""
    await visitor.register("ada")
    return visitor


@dataclass
class Studio:
    """A person at the gateway with a network and digits; workers are played by the test."""

    visitor: Visitor
    lab: Lab

    async def start(self, **more: Any) -> str:
        given = {"architecture": self.lab.architecture_id, "dataset": self.lab.dataset_id}
        started = (await self.visitor.ask(START, **given, **more))["startRun"]
        assert started["__typename"] == "Run", started
        id: str = started["id"]
        return id


@pytest.fixture
async def studio(opened: Opened) -> AsyncIterator[Studio]:
    async with opened("graph", "dataset", "billing", "training", launcher=IdleLauncher()) as visitor:
        lab = await lab_of(visitor.platform)
        visitor.session = {"access_token": lab.person.token}
        yield Studio(visitor, lab)
