"""A host of services: what it serves, how it starts, and how it goes."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path

import grpc
import psycopg
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

from kernel.database import lock_key, provision
from kernel.errors import Taken
from kernel.events import EventTypes
from kernel.host import Host
from kernel.keys import GRANT_KEY, PERSONAL_KEY, KeyRing
from kernel.local_launcher import LocalLauncher
from kernel.projection import Projection
from kernel.service import Resources, Service, ServiceSpec
from kernel.settings import CONTEXTS
from neuralforge.graph.v1 import events_pb2 as graph_events
from neuralforge.workspace.v1 import events_pb2 as workspace_events
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1.service_pb2_grpc import AccountServiceStub
from services.workspace.__main__ import SPEC
from tests.conftest import RunningServers
from tests.databases import fresh_database
from tests.kernel.processes import ROOT
from tests.kernel.scripted import nothing, scripted, settings

REGISTER = api.RegisterRequest(email="ada@example.com", password="correct horse battery", name="Ada")


@pytest.fixture
async def environment(servers: RunningServers, tmp_path: Path) -> AsyncIterator[dict[str, str]]:
    """What the workspace service needs to run alone."""
    KeyRing(tmp_path / "keys").create([GRANT_KEY, PERSONAL_KEY, *CONTEXTS])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    s3 = servers.addresses.s3
    async with fresh_database(servers.addresses) as admin:
        yield {
            "NF_DATABASE_URL": await provision(admin, "workspace", "secret"),
            "NF_NATS_URL": servers.addresses.nats,
            "NF_S3_URL": f"http://{s3.endpoint}",
            "NF_S3_ACCESS_KEY": s3.access_key,
            "NF_S3_SECRET_KEY": s3.secret_key,
            "NF_KEYS": str(tmp_path / "keys"),
            "NF_DATA_DIR": str(tmp_path),
            "NF_GRPC_PORT": str(port),
        }


async def start(environment: Mapping[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.workspace"),
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        stderr=asyncio.subprocess.PIPE,
    )


async def ended(process: asyncio.subprocess.Process, seconds: float = 30) -> tuple[int | None, str]:
    """(exit code, standard error)"""
    try:
        async with asyncio.timeout(seconds):
            _, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    return process.returncode, errors.decode()


async def serving(channel: grpc.aio.Channel) -> None:
    stub = health_pb2_grpc.HealthStub(channel)
    answer = await stub.Check(health_pb2.HealthCheckRequest(), wait_for_ready=True, timeout=60)
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def test_a_service_alone_finishes_what_is_in_flight_and_says_that_it_goes(environment: dict[str, str]) -> None:
    process = await start(environment)
    channel = grpc.aio.insecure_channel(f"127.0.0.1:{environment['NF_GRPC_PORT']}")
    async with channel, await psycopg.AsyncConnection.connect(environment["NF_DATABASE_URL"], autocommit=True) as held:
        await serving(channel)
        await held.execute("SELECT pg_advisory_lock(%s)", (lock_key("workspace", "append"),))
        in_flight = asyncio.ensure_future(AccountServiceStub(channel).Register(REGISTER, timeout=30))
        health = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(service=""))
        assert (await health.read()).status == health_pb2.HealthCheckResponse.SERVING
        while not await waits(held):
            await asyncio.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        assert (await health.read()).status == health_pb2.HealthCheckResponse.NOT_SERVING
        health.cancel()
        await held.execute("SELECT pg_advisory_unlock(%s)", (lock_key("workspace", "append"),))
        assert (await in_flight).user.email == "ada@example.com"
        code, errors = await ended(process)
        assert (code, "Traceback" in errors) == (0, False), errors


async def waits(connection: psycopg.AsyncConnection) -> bool:
    cursor = await connection.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    return await cursor.fetchone() is not None


@pytest.mark.parametrize("missing", ["NF_DATABASE_URL", "NF_KEYS"])
async def test_a_missing_variable_is_named_in_one_sentence(environment: dict[str, str], missing: str) -> None:
    del environment[missing]
    code, errors = await ended(await start(environment))
    assert (code, errors.count("\n")) == (1, 1), errors
    assert errors.startswith(f"workspace needs the environment variable {missing};")


async def test_a_missing_key_is_named_in_one_sentence(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "keys" / "workspace.pem").unlink()
    code, errors = await ended(await start(environment))
    assert (code, errors.count("\n")) == (1, 1), errors
    assert "workspace.pem is missing" in errors


async def test_a_database_that_does_not_answer_is_told_in_one_sentence(environment: dict[str, str]) -> None:
    environment["NF_DATABASE_URL"] = "postgresql://nobody@127.0.0.1:9/none"
    code, errors = await ended(await start(environment), seconds=60)
    assert (code, "Traceback" in errors) == (1, False), errors
    assert "the database does not answer" in errors


async def test_a_service_that_still_waits_for_its_broker_stops_when_told(environment: dict[str, str]) -> None:
    environment["NF_NATS_URL"] = "nats://127.0.0.1:9"
    process = await start(environment)
    assert process.stderr
    async with asyncio.timeout(60):
        assert b"broker does not answer" in await process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    code, errors = await ended(process)
    assert (code, "Traceback" in errors) == (0, False), errors


async def test_reflection_lists_what_is_served(servers: RunningServers, tmp_path: Path) -> None:
    async with scripted(servers.addresses, tmp_path) as service:

        def listed() -> list[str]:
            with grpc.insecure_channel(service.host.address) as channel:
                return list(ProtoReflectionDescriptorDatabase(channel).get_services())

        found = await asyncio.to_thread(listed)
        workspace = [f"neuralforge.workspace.v1.{noun}Service" for noun in ("Account", "Project", "Grant")]
        assert {*workspace, "grpc.health.v1.Health"} <= {*found}


async def test_each_service_has_a_health_of_its_own(servers: RunningServers, tmp_path: Path) -> None:
    async with scripted(servers.addresses, tmp_path) as service:
        stub = health_pb2_grpc.HealthStub(service.channel)
        for name in ("", "neuralforge.workspace.v1.ProjectService"):
            answer = await stub.Check(health_pb2.HealthCheckRequest(service=name), timeout=10)
            assert answer.status == health_pb2.HealthCheckResponse.SERVING
        with pytest.raises(grpc.aio.AioRpcError, match="NOT_FOUND"):
            await stub.Check(health_pb2.HealthCheckRequest(service="neuralforge.graph.v1.No"), timeout=10)


async def test_a_loop_that_fails_is_begun_again(servers: RunningServers, tmp_path: Path) -> None:
    begun: asyncio.Queue[int] = asyncio.Queue()

    async def loop() -> None:
        begun.put_nowait(1)
        raise RuntimeError("not now")

    KeyRing(tmp_path / "keys").create([GRANT_KEY, PERSONAL_KEY, *CONTEXTS])
    async with fresh_database(servers.addresses) as admin:
        found = settings(servers.addresses, {"workspace": await provision(admin, "workspace", "secret")}, tmp_path)
        spec = replace(SPEC, build=lambda resources: replace(SPEC.build(resources), background=[loop]))
        host = Host([spec], found, LocalLauncher(tmp_path))
        await host.start()
        async with asyncio.timeout(20):
            await begun.get()
            await begun.get()
        await host.stop(grace=0.1)


async def test_a_start_that_fails_leaves_no_connection(servers: RunningServers, tmp_path: Path) -> None:
    """Also not of the services beside the faulty one, which were still opening theirs."""
    good, bad = tmp_path / "good.sql", tmp_path / "bad.sql"
    good.write_text("")
    bad.write_text("CREATE TALBE runs ()")
    KeyRing(tmp_path / "keys").create([GRANT_KEY, PERSONAL_KEY, *CONTEXTS])

    def build(resources: Resources) -> Service:
        return Service([])

    async with fresh_database(servers.addresses) as admin:
        urls = {context: await provision(admin, context, "secret") for context in ("workspace", "graph")}
        specs = [
            ServiceSpec("workspace", EventTypes(workspace_events), bad, Projection(nothing, ()), build),
            ServiceSpec("graph", EventTypes(graph_events), good, Projection(nothing, ()), build),
        ]
        host = Host(specs, settings(servers.addresses, urls, tmp_path), LocalLauncher(tmp_path))
        async with await psycopg.AsyncConnection.connect(admin, autocommit=True) as held:
            await held.execute("SELECT pg_advisory_lock(%s)", (lock_key("graph", "migrate"),))
            with pytest.raises(psycopg.errors.SyntaxError, match="TALBE"):
                await host.start()
            await held.execute("SELECT pg_advisory_unlock(%s)", (lock_key("graph", "migrate"),))
            await asyncio.sleep(1)
            query = "SELECT application_name FROM pg_stat_activity WHERE application_name LIKE 'neuralforge %'"
            assert await (await held.execute(query)).fetchall() == []


async def test_a_port_in_use_is_not_shared(servers: RunningServers, tmp_path: Path) -> None:
    async with scripted(servers.addresses, tmp_path) as service:
        port = int(service.host.address.rsplit(":", 1)[1])
        second = Host([], replace(service.settings, grpc_port=port), LocalLauncher(tmp_path))
        try:
            with pytest.raises(Taken, match=str(port)):
                await second.start()
        finally:
            await second.stop(grace=0)
