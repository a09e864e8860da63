"""Events as the platform writes them, in any number: what people, drawings, data, runs, exports and holds go through.

Each history is the life of one thing; the lives of a context are interleaved as those of many people at once are.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from typing import NamedTuple

from google.protobuf.message import Message

import blueprint
from blueprint.codec import encode
from kernel.clock import timestamp
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.billing.v1 import events_pb2 as billing
from neuralforge.dataset.v1 import events_pb2 as dataset
from neuralforge.export.v1 import events_pb2 as export
from neuralforge.export.v1 import service_pb2 as exports
from neuralforge.graph.v1 import events_pb2 as graph
from neuralforge.training.v1 import events_pb2 as training
from neuralforge.training.v1 import service_pb2 as runs
from neuralforge.workspace.v1 import events_pb2 as workspace
from neuralforge.workspace.v1 import service_pb2 as projects

START = datetime(2026, 1, 1, tzinfo=UTC)
TENANTS = 200
AT_ONCE = 50
EDITS = 20
CHECKPOINTS = 10
# How much of what happens on the platform happens where.
SHARES = {"workspace": 0.08, "graph": 0.30, "dataset": 0.05, "training": 0.35, "export": 0.07, "billing": 0.15}


class Happened(NamedTuple):
    """One event and the stream of a tenant that it belongs to."""

    tenant: str
    stream: str
    event: Message


Life = Callable[[int, str, datetime], Sequence[Happened]]


@cache
def drawing() -> tuple[bytes, bytes]:
    """A small network's document and analysis."""
    network = blueprint.instantiate("mlp", {})
    return encode(blueprint.to_document(network)), encode(blueprint.analyze(network).to_json())


def person(number: int, tenant: str, now: datetime) -> Sequence[Happened]:
    user, at = f"user{number}", timestamp(now)
    joined = [
        workspace.OrganisationCreated(organisation_id=tenant, name=f"Team {number}", at=at),
        workspace.MemberAdded(organisation_id=tenant, user_id=user, role=Role.ROLE_OWNER, at=at),
    ]
    project = f"project{number}"
    drawn = [
        workspace.ProjectCreated(
            project_id=project,
            name=f"Vision {number}",
            visibility=projects.VISIBILITY_PRIVATE,
            created_by=user,
            at=at,
        ),
        workspace.ProjectRenamed(project_id=project, name=f"Digits {number}", author=user, at=at),
    ]
    return [
        Happened("system", f"email-{number:064x}", workspace.EmailReserved(user_id=user)),
        *(Happened(tenant, f"organisation-{tenant}", event) for event in joined),
        *(Happened(tenant, f"project-{project}", event) for event in drawn),
    ]


def architecture(number: int, tenant: str, now: datetime) -> Sequence[Happened]:
    id, at = f"architecture{number}", timestamp(now)
    document, analysis = drawing()
    edits = b'[{"id":"fc1","op":"configure","set":{"out_features":%d}}]'
    created = graph.ArchitectureCreated(
        architecture_id=id, project_id="p", name=f"Net {number}", document=document, created_by="ada", at=at
    )
    steps = [
        graph.EditsApplied(architecture_id=id, revision=2 + step, edits=edits % (step + 8), author="ada", at=at)
        for step in range(EDITS)
    ]
    saved = graph.VersionSaved(
        architecture_id=id,
        number=1,
        revision=1 + EDITS,
        message="better",
        content_hash="0" * 64,
        document=document,
        analysis=analysis,
        author="ada",
        at=at,
    )
    return [Happened(tenant, f"architecture-{id}", event) for event in (created, *steps, saved)]


def data(number: int, tenant: str, now: datetime) -> Sequence[Happened]:
    id, at = f"dataset{number}", timestamp(now)
    events = [
        dataset.DatasetCreated(dataset_id=id, project_id="p", name=f"Digits {number}", created_by="ada", at=at),
        dataset.VersionRequested(dataset_id=id, number=1, at=at),
        dataset.IngestStarted(dataset_id=id, number=1, attempt=1, at=at),
        dataset.VersionReady(dataset_id=id, number=1, attempt=1, manifest=b"{}", at=at),
    ]
    return [Happened(tenant, f"dataset-{id}", event) for event in events]


def run(number: int, tenant: str, now: datetime) -> Sequence[Happened]:
    id, at = f"run{number}", timestamp(now)
    queued = training.RunQueued(
        run_id=id,
        project_id="p",
        name=f"Run {number}",
        architecture_id="a",
        architecture_version=1,
        dataset_id="d",
        dataset_version=1,
        device="cpu",
        device_kind="cpu",
        limit_milliseconds=3_600_000,
        document=drawing()[0],
        created_by="ada",
        at=at,
        macs="12345",
        train_rows=1437,
    )
    best = runs.CheckpointKind.CHECKPOINT_KIND_BEST
    saved = [
        training.CheckpointSaved(
            run_id=id, checkpoint=runs.Checkpoint(kind=best, epoch=epoch, validation_accuracy=epoch / 10), at=at
        )
        for epoch in range(CHECKPOINTS)
    ]
    events = [
        queued,
        training.AttemptStarted(run_id=id, attempt=1, at=at),
        training.AttemptAttached(run_id=id, attempt=1, environment=b"{}", at=at),
        *saved,
        training.RunCompleted(run_id=id, evaluation=b"{}", test_accuracy=0.97, device_milliseconds=9000, at=at),
    ]
    return [Happened(tenant, f"run-{id}", event) for event in events]


def exported(number: int, tenant: str, now: datetime) -> Sequence[Happened]:
    id, at = f"export{number}", timestamp(now)
    events = [
        export.ExportRequested(export_id=id, project_id="p", run_id="r", format="onnx", created_by="ada", at=at),
        export.AttemptStarted(export_id=id, attempt=1, at=at),
        export.ExportFinished(export_id=id, attempt=1, state=exports.EXPORT_STATE_VALIDATED, report=b"{}", at=at),
    ]
    return [Happened(tenant, f"export-{id}", event) for event in events]


def hold(number: int, tenant: str, now: datetime) -> Sequence[Happened]:
    id, at = f"run{number}", timestamp(now)
    events = [
        billing.HoldPlaced(
            hold_id=id, device_kind="t4", milliseconds=3_600_000, micro_dollars=350_000, price=350_000, at=at
        ),
        billing.HoldConfirmed(hold_id=id, at=at),
        billing.HoldSettled(
            hold_id=id,
            device_kind="t4",
            held_milliseconds=3_600_000,
            held_micro_dollars=350_000,
            metered_milliseconds=9000,
            metered_micro_dollars=875,
            at=at,
            placed_at=at,
        ),
    ]
    return [Happened(tenant, f"account-{tenant}", event) for event in events]


LIVES: Mapping[str, Life] = {
    "workspace": person,
    "graph": architecture,
    "dataset": data,
    "training": run,
    "export": exported,
    "billing": hold,
}


def history(context: str, count: int) -> Iterator[Happened]:
    """The first `count` events of a context."""
    return islice(_interleaved(LIVES[context]), count)


def _interleaved(life: Life) -> Iterator[Happened]:
    """The lives of AT_ONCE things step by step, then of the next."""
    number = 0
    while True:
        now = START + timedelta(minutes=number)
        lives = [life(number + each, f"tenant{(number + each) % TENANTS}", now) for each in range(AT_ONCE)]
        for step in range(max(map(len, lives))):
            yield from (events[step] for events in lives if step < len(events))
        number += AT_ONCE
