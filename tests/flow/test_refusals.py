"""What a partner is refused over gRPC: one sentence that says what, where and how to mend it; and nothing half-done."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import grpc
import pytest

from kernel.grants import Grant
from kernel.keys import GRANT_KEY, KeyRing
from kernel.settings import CONTEXTS
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.billing.v1 import service_pb2 as billing
from neuralforge.billing.v1.service_pb2_grpc import HoldServiceStub, UsageServiceStub
from neuralforge.dataset.v1 import service_pb2 as dataset
from neuralforge.dataset.v1.service_pb2_grpc import DatasetServiceStub
from neuralforge.export.v1 import service_pb2 as export
from neuralforge.export.v1.service_pb2_grpc import ExportServiceStub
from neuralforge.graph.v1 import service_pb2 as graph
from neuralforge.graph.v1.service_pb2_grpc import ArchitectureServiceStub
from neuralforge.training.v1 import service_pb2 as api
from neuralforge.training.v1.service_pb2_grpc import RunServiceStub
from neuralforge.workspace.v1 import service_pb2 as workspace
from neuralforge.workspace.v1.service_pb2_grpc import ProjectServiceStub
from services.billing import __main__ as billing_service
from services.workspace.signing import GrantSigner
from tests.flow.conftest import ONE
from tests.flow.logs import event_counts, heads
from tests.services.conftest import Hosted
from tests.services.launchers import IdleLauncher
from tests.services.platform import Platform
from tests.services.training.lab import Lab, lab_of, tiny
from tests.split.running import SplitPlatform

MEBIBYTE = 2**20
ONE_EPOCH = api.TrainingOptions(epochs=1)
NO_DATASET = "there is no such dataset in your organisation; list the datasets of your project"
NO_ARCHITECTURE = "there is no such architecture in your organisation; list a project's architectures to find it"
SMALL_PLAN = """
default = "small"
[plans.small]
title = "Small"
[plans.small.devices.cpu]
micro_dollars_per_hour = 0
milliseconds_per_month = 60_000
"""


@pytest.fixture
async def whole(form: str, hosted: Hosted, request: pytest.FixtureRequest) -> AsyncIterator[Platform]:
    """All six services. In one process nobody starts their jobs, which saves time; split, they are real."""
    if form == ONE:
        async with hosted(*CONTEXTS, launcher=IdleLauncher()) as platform:
            yield platform
        return
    split = SplitPlatform(request.getfixturevalue("running"))
    await split.start()
    yield split
    await split.stop()


@dataclass(frozen=True)
class Refusal:
    """What a call must be answered with."""

    call: Callable[[], Awaitable[Any]]
    code: grpc.StatusCode
    sentence: str


async def check(lab: Lab, *refusals: Refusal) -> None:
    """Each call is refused as it should be, and afterwards every log and the account are what they were."""
    before, usage = await heads(lab.platform), await used(lab)
    for refusal in refusals:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await refusal.call()
        sentence = caught.value.details() or ""
        assert (caught.value.code(), refusal.sentence in sentence) == (refusal.code, True), sentence
        assert "\n" not in sentence
    assert await heads(lab.platform) == before
    assert await used(lab) == usage


async def used(lab: Lab) -> list[billing.Usage]:
    return list((await lab.person.call(UsageServiceStub, "GetUsage", billing.GetUsageRequest())).usages)


async def test_invalid_blueprints_are_refused_where_they_are_brought(lab: Lab):
    def create(document: bytes) -> Callable[[], Awaitable[Any]]:
        request = graph.CreateArchitectureRequest(project_id=lab.project_id, document=document)
        return partial(lab.person.call, ArchitectureServiceStub, "CreateArchitecture", request)

    deep = b'{"schema": ' + b"[" * 100_000
    invalid = grpc.StatusCode.INVALID_ARGUMENT
    await check(
        lab,
        Refusal(create(b"{"), invalid, "not JSON"),
        Refusal(create(deep), invalid, "nested"),
        Refusal(create(b'{"schema": "neuralforge.blueprint/9"}'), invalid, "neuralforge.blueprint/1"),
    )


async def test_a_network_that_cannot_be_computed_is_not_saved_as_a_version(lab: Lab):
    broken = tiny(hidden={"out_features": 0})
    request = graph.CreateArchitectureRequest(project_id=lab.project_id, document=broken)
    created = await lab.person.call(ArchitectureServiceStub, "CreateArchitecture", request)
    assert not json.loads(created.analysis)["valid"]
    id = created.architecture.id
    save = graph.SaveVersionRequest(architecture_id=id)
    start = partial(lab.start, architecture_id=id)
    await check(
        lab,
        Refusal(
            partial(lab.person.call, ArchitectureServiceStub, "SaveVersion", save),
            grpc.StatusCode.FAILED_PRECONDITION,
            "hidden",
        ),
        Refusal(start, grpc.StatusCode.NOT_FOUND, "no version"),
    )


async def test_what_is_not_there_or_not_theirs_is_not_found(lab: Lab):
    bob = await lab_of(lab.platform, "bob")
    missing = grpc.StatusCode.NOT_FOUND
    take = export.CreateExportRequest(run_id="nope", format="onnx")
    create = dataset.CreateDatasetRequest(project_id=bob.project_id, builtin="digits")
    await check(
        lab,
        Refusal(partial(lab.start, dataset_id="nope"), missing, NO_DATASET),
        Refusal(partial(lab.start, dataset_id=bob.dataset_id), missing, NO_DATASET),
        Refusal(partial(lab.start, architecture_id=bob.architecture_id), missing, NO_ARCHITECTURE),
        Refusal(partial(lab.person.call, ExportServiceStub, "CreateExport", take), missing, "'nope'"),
        Refusal(partial(lab.person.call, DatasetServiceStub, "CreateDataset", create), missing, bob.project_id),
    )


async def test_a_dataset_of_another_project_is_refused(lab: Lab):
    other = replace(lab, project_id=await lab.person.project("audio"))
    request = graph.CreateArchitectureRequest(project_id=other.project_id, document=tiny())
    created = await lab.person.call(ArchitectureServiceStub, "CreateArchitecture", request)
    id = created.architecture.id
    await lab.person.call(ArchitectureServiceStub, "SaveVersion", graph.SaveVersionRequest(architecture_id=id))
    start = partial(lab.start, architecture_id=id)
    await check(lab, Refusal(start, grpc.StatusCode.FAILED_PRECONDITION, "train within one project"))


async def test_an_exhausted_quota_says_what_is_needed_and_what_is_left(
    hosted: Hosted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """In one process only: no plan that is shipped limits time on the CPU, and another is put in by replacing code."""
    plans = tmp_path / "plans.toml"
    plans.write_text(SMALL_PLAN)
    build = partial(billing_service.build, plans_file=plans)
    monkeypatch.setattr(billing_service, "SPEC", replace(billing_service.SPEC, build=build))
    async with hosted(*CONTEXTS, launcher=IdleLauncher()) as platform:
        lab = await lab_of(platform)
        first = await lab.start(limit_milliseconds=45_000)
        await lab.platform.eventually(partial(confirmed, lab))
        needed = "needs 30 s of cpu time, 15 s of 1 min are left this month"
        start = partial(lab.start, limit_milliseconds=30_000)
        worker = await lab.worker(first.id)
        await check(lab, Refusal(start, grpc.StatusCode.RESOURCE_EXHAUSTED, needed))
        listed = await lab.call("ListRuns", api.ListRunsRequest(project_id=lab.project_id))
        assert [run.id for run in listed.runs] == [first.id]
        await worker.attach()
        await worker.complete()


async def confirmed(lab: Lab) -> bool:
    """Whether everything has happened that follows from a started run which no worker takes up."""
    counts = await event_counts(lab.platform, lab.person.tenant)
    return bool(counts["billing.HoldConfirmed.v1"] and counts["training.AttemptStarted.v1"])


async def settled(lab: Lab) -> bool:
    """Whether everything has happened that follows from a started run."""
    return bool((await event_counts(lab.platform, lab.person.tenant))["billing.HoldSettled.v1"])


async def test_expired_forged_and_foreign_grants_open_nothing(lab: Lab, tmp_path: Path):
    now = time.time()
    grant = Grant(lab.person.id, lab.person.tenant, Role.ROLE_OWNER, now + 300)
    KeyRing(tmp_path / "forger").create([GRANT_KEY])
    ours = GrantSigner(KeyRing(lab.platform.folder / "keys").private(GRANT_KEY))
    forger = GrantSigner(KeyRing(tmp_path / "forger").private(GRANT_KEY))
    job = await lab.platform.job_token("training", lab.person.tenant, "some-run", 1, lab.project_id)
    bob = await lab.platform.person("bob")
    request = api.StartRunRequest(architecture_id=lab.architecture_id, dataset_id=lab.dataset_id)

    def start(token: str) -> Callable[[], Awaitable[Any]]:
        return partial(lab.platform.call, RunServiceStub, "StartRun", request, token=token)

    unknown, denied = grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED
    await check(
        lab,
        Refusal(start(""), unknown, "needs a grant; log in and send it as `authorization: Bearer <grant>`"),
        Refusal(start("not a grant"), unknown, "was not signed here or is damaged; log in again"),
        Refusal(start(ours.sign(replace(grant, expires=now - 1))[0]), unknown, "has expired; refresh the session"),
        Refusal(start(forger.sign(grant)[0]), unknown, "was not signed here or is damaged; log in again"),
        Refusal(start(job), denied, "is for member; this grant is a job's"),
        Refusal(start(ours.sign(replace(grant, role=Role.ROLE_VIEWER))[0]), denied, "this grant is a viewer's"),
        Refusal(start(bob.token), grpc.StatusCode.NOT_FOUND, NO_ARCHITECTURE),
    )


async def test_an_idempotency_key_with_another_body_is_refused_everywhere(lab: Lab):
    run = await lab.start(key="once", options=ONE_EPOCH)
    at_rest = confirmed if isinstance(lab.platform.launcher, IdleLauncher) else settled
    await lab.platform.eventually(partial(at_rest, lab), timeout=120)
    project = workspace.CreateProjectRequest(name="first")
    await lab.person.call(ProjectServiceStub, "CreateProject", project, key="once")
    other = workspace.CreateProjectRequest(name="second")
    reused = "the idempotency key 'once' was used for another request; use a new key for a new request"
    await check(
        lab,
        Refusal(
            partial(lab.start, key="once", name="other", options=ONE_EPOCH), grpc.StatusCode.INVALID_ARGUMENT, reused
        ),
        Refusal(
            partial(lab.person.call, ProjectServiceStub, "CreateProject", other, key="once"),
            grpc.StatusCode.INVALID_ARGUMENT,
            reused,
        ),
        Refusal(partial(lab.start, key="k" * 201), grpc.StatusCode.INVALID_ARGUMENT, "use at most 200"),
    )
    assert (await lab.start(key="once", options=ONE_EPOCH)).id == run.id


async def test_malformed_and_oversized_messages_are_refused(lab: Lab):
    def send(data: bytes) -> Callable[[], Awaitable[Any]]:
        path = "/neuralforge.training.v1.RunService/StartRun"
        method = lab.platform.channel_to(RunServiceStub).unary_unary(path, lambda raw: raw, lambda raw: raw)
        return partial(method, data, metadata=[("authorization", f"Bearer {lab.person.token}")], timeout=30)

    name = api.StartRunRequest(name="x" * 17 * MEBIBYTE).SerializeToString()
    nul = api.StartRunRequest(architecture_id="a\0b").SerializeToString()
    invalid = grpc.StatusCode.INVALID_ARGUMENT
    await check(
        lab,
        Refusal(send(b"\xff\xff\xff"), invalid, "is not a valid neuralforge.training.v1.StartRunRequest message"),
        Refusal(send(b"\x0a\x05\xff\xfe\xfd\xfc\xfb"), invalid, "is not a valid"),
        Refusal(send(nul), invalid, "architecture_id holds a NUL character"),
        Refusal(send(name), invalid, "at most 16777216 are taken"),
    )


async def test_a_run_that_billing_refuses_leaves_no_hold_behind(lab: Lab):
    places = [
        billing.PlaceHoldRequest(hold_id=f"hold-{number}", device_kind="t4", milliseconds=2 * 3_600_000)
        for number in range(5)
    ]
    await asyncio.gather(*(lab.person.call(HoldServiceStub, "PlaceHold", request) for request in places))
    more = billing.PlaceHoldRequest(hold_id="one-more", device_kind="t4", milliseconds=1_000)
    refused = partial(lab.person.call, HoldServiceStub, "PlaceHold", more)
    found = partial(lab.person.call, HoldServiceStub, "GetHold", billing.GetHoldRequest(hold_id="one-more"))
    await check(
        lab,
        Refusal(refused, grpc.StatusCode.RESOURCE_EXHAUSTED, "needs 1 s of t4 time, 0 s of 10 h are left this month"),
        Refusal(found, grpc.StatusCode.NOT_FOUND, "there is no hold 'one-more'"),
    )
