"""Services in processes of their own: two of one kind, killed, restarted under load, away, and back in any order."""

import asyncio
import functools
from collections.abc import Sequence
from pathlib import Path

import grpc
import psutil
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from kernel.database import lock_key
from kernel.keys import KeyRing
from kernel.settings import CONTEXTS
from neuralforge.graph.v1 import service_pb2 as graph
from neuralforge.graph.v1.service_pb2_grpc import ArchitectureServiceStub
from neuralforge.training.v1 import service_pb2 as training
from neuralforge.training.v1.service_pb2 import RunState
from tests.services.platform import Person
from tests.services.training.lab import Lab, lab_of, tiny
from tests.split.load import Load
from tests.split.running import RunningSplit, SplitPlatform

pytestmark = pytest.mark.timeout(600)
REQUESTS = 1_000
DUTIES = ("projector", "relay")


async def leaders(running: RunningSplit, context: str, duty: str) -> Sequence[bool]:
    """One entry per process that leads the duty (True) or waits to (False)."""
    key = lock_key(context, duty) & (2**64 - 1)
    query = "SELECT granted FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objid = %s ORDER BY granted"
    async with await psycopg.AsyncConnection.connect(running.divided.postgres) as connection:
        rows = await (await connection.execute(query, (key >> 32, key & (2**32 - 1)))).fetchall()
    return [row[0] for row in rows]


async def drawn(person: Person, project_id: str, address: str, read_at: str) -> bool:
    """Whether what is drawn at one replica is listed by the other when asked with the answer's position."""
    headers = [("authorization", f"Bearer {person.token}")]
    async with grpc.aio.insecure_channel(address) as write, grpc.aio.insecure_channel(read_at) as read:
        create = graph.CreateArchitectureRequest(project_id=project_id, document=tiny())
        made = await ArchitectureServiceStub(write).CreateArchitecture(create, metadata=headers, wait_for_ready=True)
        asked = graph.ListArchitecturesRequest(project_id=project_id, page_size=100)
        after = [*headers, ("nf-after", str(made.position))]
        listed = await ArchitectureServiceStub(read).ListArchitectures(asked, metadata=after, wait_for_ready=True)
    return made.architecture.id in [each.id for each in listed.architectures]


async def kill(running: RunningSplit, name: str) -> None:
    running.parts[name].kill()


async def test_one_leads_both_serve_and_the_other_leads_when_it_is_killed(
    running: RunningSplit, platform: SplitPlatform
) -> None:
    one, two = running.divided.addresses["graph"]
    person = await platform.person()
    project = await person.project()

    async def both_stand() -> bool:
        return all([await leaders(running, "graph", duty) == [False, True] for duty in DUTIES])

    await platform.eventually(both_stand, timeout=60)
    assert await drawn(person, project, one, two)
    assert await drawn(person, project, two, one)
    for name in ("graph-1", "graph-2"):  # one of them leads
        await running.do(running.parts[name].ready())
        await running.do(kill(running, name))
        create = graph.CreateArchitectureRequest(project_id=project, document=tiny())
        made = await person.call(ArchitectureServiceStub, "CreateArchitecture", create, key=name, timeout=60)
        asked = graph.ListArchitecturesRequest(project_id=project, page_size=100)
        listed = await person.call(ArchitectureServiceStub, "ListArchitectures", asked, after=made.position, timeout=60)
        assert made.architecture.id in [each.id for each in listed.architectures]
        await platform.eventually(both_stand, timeout=120)
        await running.do(running.parts[name].ready())
        await platform.stop()
        await platform.start()  # nor does the next call wait for what this one knows to be gone
    assert any("graph-1 was killed by signal 9 unexpectedly; starting it again" in line for line in running.lines)


async def test_no_request_fails_while_processes_are_restarted_in_turn(
    running: RunningSplit, platform: SplitPlatform
) -> None:
    person = await platform.lasting()
    load = Load(person, await person.project(), running.divided.url)
    rolled = asyncio.Event()
    loading = asyncio.create_task(load.until(lambda: rolled.is_set() and load.tally.requests >= REQUESTS))
    for names in (("workspace-1", "graph-1", "training-1"), ("gateway-1",), ("workspace-2", "graph-2", "training-2")):
        before = load.tally.requests
        await asyncio.gather(*map(running.restart_part, names))
        assert load.tally.requests > before, f"nobody asked anything while {names} were restarted"
    rolled.set()
    tally = await loading
    assert tally.failed == []
    assert tally.requests >= REQUESTS


async def test_a_run_goes_on_in_its_first_attempt_while_its_service_is_replaced(
    running: RunningSplit, platform: SplitPlatform
) -> None:
    lab = await lab_of(platform)
    run = await lab.start(options=training.TrainingOptions(epochs=10_000, learning_rate=0.01, seed=2))
    for name in ("training-1", "training-2"):
        await further(lab, run.id)
        await running.restart_part(name)
    await further(lab, run.id)
    await lab.call("CancelRun", training.CancelRunRequest(run_id=run.id), timeout=60)
    ended = await lab.until(run.id, RunState.RUN_STATE_CANCELLED, timeout=120)
    assert ended.attempt == 1


async def further(lab: Lab, run_id: str) -> None:
    """Returns once the run is further than now, told by whichever replica."""
    step = (await lab.get(run_id)).progress.step

    async def probe() -> bool:
        run = await lab.get(run_id)
        assert run.attempt <= 1, run.reason
        return run.progress.step > step

    await lab.platform.eventually(probe, timeout=120)


async def test_what_is_away_is_named_and_only_what_needs_it_waits(
    running: RunningSplit, platform: SplitPlatform
) -> None:
    lab = await lab_of(platform)
    asked = graph.ListArchitecturesRequest(project_id=lab.project_id)
    listing = functools.partial(lab.person.call, ArchitectureServiceStub, "ListArchitectures", asked, timeout=60)
    await running.do(running.parts["billing-1"].stop())
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await lab.start()
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    assert "the billing service does not answer" in (caught.value.details() or "")
    assert (await listing()).architectures
    await running.do(running.parts["billing-1"].start())
    await running.do(running.parts["billing-1"].ready())
    run = await lab.start(options=training.TrainingOptions(epochs=1))
    await lab.until(run.id, RunState.RUN_STATE_COMPLETED, timeout=120)


async def test_a_process_has_its_own_database_and_keys_and_no_others(running: RunningSplit) -> None:
    told = {name: psutil.Process(part.pid).environ() for name, part in running.parts.items()}
    databases = {told[f"{context}-1"]["NF_DATABASE_URL"] for context in CONTEXTS}
    assert databases == set(running.databases.values())
    assert len({conninfo_to_dict(url)["password"] for url in databases}) == len(CONTEXTS)
    assert "NF_DATABASE_URL" not in told["gateway-1"]
    assert "NF_S3_SECRET_KEY" not in told["gateway-1"]
    kept = {name: KeyRing(Path(told[name]["NF_KEYS"])) for name in ("graph-1", "gateway-1")}
    assert (kept["graph-1"].names(), kept["gateway-1"].names()) == (["graph"], [])
    assert kept["gateway-1"].grant_keys() == kept["graph-1"].grant_keys() != {}
    async with await psycopg.AsyncConnection.connect(told["graph-1"]["NF_DATABASE_URL"]) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await connection.execute("SELECT * FROM workspace.events")


async def test_services_start_in_any_order_and_verify_grants_without_workspace(
    running: RunningSplit, platform: SplitPlatform
) -> None:
    person = await platform.person()
    project = await person.project()
    names = ("workspace-1", "workspace-2", "graph-1")
    request = graph.CreateArchitectureRequest(project_id=project, document=tiny())
    create = functools.partial(person.call, ArchitectureServiceStub, "CreateArchitecture", request, timeout=60)
    await create()  # from here on the service knows the project
    for name in names:
        await running.do(running.parts[name].stop())
    for name in reversed(names):
        await running.do(running.parts[name].start())
        await running.do(running.parts[name].ready())
        await create()
    assert await person.project("second")
