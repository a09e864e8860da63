"""What one action causes is one trace, from the request to the last reaction; and exporting it can fail nothing."""

import io
import socket
import subprocess
import sys

import pytest
from rich.console import Console

from cli import client as web
from cli import demo_job
from gateway import auth
from kernel import telemetry, trace
from kernel.settings import CONTEXTS
from neuralforge.batch.v1.service_pb2 import ReadRequest
from neuralforge.batch.v1.service_pb2_grpc import BatchServiceStub
from neuralforge.workspace.v1 import service_pb2 as workspace
from tests.gateway.conftest import Opened
from tests.telemetry.receiver import Received, Receiver, Tree, receiving

TRACE = "0af7651916cd43dd8448eb211c80319c"
CLIENT = f"00-{TRACE}-b7ad6b7169203331-01"
API = "neuralforge.{}.v1."
START = API.format("training") + "RunService/StartRun"
WORKER = API.format("training") + "WorkerService/"
GET_PROJECT = API.format("workspace") + "ProjectService/GetProject"
REQUEST = ("gateway", "POST /graphql")
EPOCHS = 2
JOB = """
from kernel import telemetry, trace
with telemetry.job("probe"):
    with trace.span("work"):
        print(trace.current())
"""


async def test_the_main_job_is_one_trace(collector: Receiver, opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(demo_job.OPTIONS, "epochs", EPOCHS)
    monkeypatch.setattr(web, "HEADERS", web.HEADERS | {"traceparent": CLIENT})
    async with opened(*CONTEXTS) as visitor, web.Client(visitor.base) as client:
        await client.sign_in("ada@example.com", "correct horse battery", "Ada")
        await demo_job.do(client, Console(file=io.StringIO()))
    telemetry.shut_down(30)
    tree = collector.of_trace(TRACE)
    check_tree(tree)
    check_training(tree)
    check_other_jobs(tree)
    watching = [span for span in collector.spans if span.name == "graphql"]
    assert [span.attributes["graphql.operation.type"] for span in watching] == ["subscription"]
    check_told(collector.spans, "ada@example.com", "correct horse battery", "X-Amz-", "Bearer", "eyJ", "out_channels")


def check_tree(tree: Tree) -> None:
    """Every span has its place: nothing hangs in the air, and the roots are what the client asked for."""
    roots = [span for span in tree.spans if not tree.above(span)]
    assert {(span.service, span.kind, span.parent) for span in roots} == {("gateway", "SERVER", "b7ad6b7169203331")}
    assert {span.service for span in tree.spans} >= {"gateway", *CONTEXTS}
    requests = [span for span in tree.spans if (span.service, span.kind) == ("gateway", "SERVER")]
    assert {span.attributes["http.route"] for span in requests} == {
        "/auth/login",
        "/auth/register",
        "/graphql",
        "/files/{path}",
    }
    assert {span.attributes.get("graphql.operation.type") for span in requests} == {None, "query", "mutation"}


def check_training(tree: Tree) -> None:
    """What `startRun` causes: a hold, a run in the log, a job with its phases, and the hold settled."""
    start = [REQUEST, ("gateway", START), ("training", START)]
    queued = tree.one("training", "send nf.training.run.RunQueued", "PRODUCER")
    job = tree.one("training-worker", "job")
    completed = tree.one("training", WORKER + "Complete", "SERVER")
    settled = tree.one("billing", "process nf.training.run.RunCompleted", "CONSUMER")
    placed = tree.one("billing", API.format("billing") + "HoldService/PlaceHold", "SERVER")
    assert tree.above(placed)[:3] == tree.above(queued)[:3] == tree.above(job)[:3] == start
    assert tree.above(job)[-1] == ("training", "launch services.training.worker")
    assert tree.above(completed)[-2:] == [("training-worker", "job"), ("training-worker", WORKER + "Complete")]
    assert tree.above(settled)[-2:] == [
        ("training", WORKER + "Complete"),
        ("training", "send nf.training.run.RunCompleted"),
    ]
    assert tree.above(settled)[:3] == start
    assert [span for span in tree.named("billing", "append") if ("billing", settled.name) in tree.above(span)]
    check_phases(tree, job)


def check_phases(tree: Tree, job: Received) -> None:
    training = tree.one("training-worker", "train")
    evaluated = tree.one("training-worker", "evaluate")
    fetched = tree.one("training-worker", "fetch")
    assert {training.parent, evaluated.parent, fetched.parent} == {job.id}
    epochs = [span for span in tree.named("training-worker", "epoch") if span.parent == training.id]
    assert [span.attributes["neuralforge.epoch"] for span in epochs] == list(range(1, EPOCHS + 1))
    saved = tree.named("training", WORKER + "SaveCheckpoint", "SERVER")
    assert saved
    assert all(("training-worker", "checkpoint") in tree.above(span) for span in saved)
    assert not tree.named("training", WORKER + "Report"), "reports are beats, of which there are thousands"


def check_other_jobs(tree: Tree) -> None:
    create = API.format("dataset") + "DatasetService/CreateDataset"
    ingest = tree.one("dataset-worker", "job")
    assert tree.above(ingest)[:3] == [REQUEST, ("gateway", create), ("dataset", create)]
    create = API.format("export") + "ExportService/CreateExport"
    export = tree.one("export-worker", "job")
    assert tree.above(export)[:3] == [REQUEST, ("gateway", create), ("export", create)]
    for stage in ("downloading", "converting", "validating", "uploading"):
        found = tree.one("export-worker", stage)
        assert found.parent == export.id


def check_told(spans: list[Received], *secrets: str) -> None:
    """No span says what it should not: who it is for, what they know, what they draw."""
    told = repr(spans)
    assert not [secret for secret in secrets if secret in told]


async def test_a_batch_is_one_span_however_many_reads_it_holds(collector: Receiver, opened: Opened) -> None:
    async with opened() as visitor:
        ada = await visitor.platform.person()
        read = workspace.GetProjectRequest(project_id=await ada.project()).SerializeToString()
        request = ReadRequest(method=f"/{GET_PROJECT}", requests=[read] * 50)
        metadata = [("authorization", f"Bearer {ada.token}"), ("traceparent", CLIENT)]
        await BatchServiceStub(visitor.platform.channel).Read(request, metadata=metadata)
    telemetry.shut_down(30)
    (batch,) = collector.of_trace(TRACE).spans
    told = batch.attributes["neuralforge.batch.method"], batch.attributes["neuralforge.batch.size"]
    assert (batch.service, batch.kind, *told) == ("workspace", "SERVER", GET_PROJECT, 50)


async def test_whoever_meets_a_fault_is_told_its_trace(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(auth, "call", broken)
    async with opened() as visitor:
        answer = await visitor.post("/auth/login", {"email": "a@b.example", "password": "p"}, traceparent=CLIENT)
    assert (answer.status_code, TRACE in answer.text, "hunter2" in answer.text) == (500, True, False)


def probe(**environment: str) -> subprocess.CompletedProcess[str]:
    """A job's process, as a launcher starts it."""
    return subprocess.run(
        [sys.executable, "-c", JOB], env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_a_job_sends_its_spans_before_it_ends() -> None:
    with receiving() as collector:
        ended = probe(OTEL_EXPORTER_OTLP_ENDPOINT=collector.endpoint, TRACEPARENT=CLIENT)
    assert (ended.returncode, ended.stderr) == (0, "")
    job, work = (collector.of_trace(TRACE).one("probe", name) for name in ("job", "work"))
    assert (job.parent, work.parent) == ("b7ad6b7169203331", job.id)
    assert ended.stdout.strip() == f"00-{TRACE}-{work.id}-01"


@pytest.mark.parametrize("listening", [True, False], ids=["silent", "away"])
def test_a_collector_that_does_not_answer_holds_up_no_job(listening: bool) -> None:
    """With the exporter's patience set to an hour, the process ends as it would have."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        endpoint = f"http://127.0.0.1:{taken.getsockname()[1]}"
        if not listening:
            taken.close()
        ended = probe(OTEL_EXPORTER_OTLP_ENDPOINT=endpoint, OTEL_EXPORTER_OTLP_TIMEOUT="3600", TRACEPARENT=CLIENT)
    assert (ended.returncode, ended.stderr) == (0, ""), "and the job's last words stay its own"
    assert TRACE in ended.stdout


@pytest.mark.parametrize(
    "variables",
    [
        {"OTEL_TRACES_SAMPLER": "always_off"},
        {"OTEL_SDK_DISABLED": "true"},
        {"OTEL_TRACES_EXPORTER": "none"},
        {"TRACEPARENT": CLIENT[:-2] + "00"},
    ],
    ids=lambda variables: next(iter(variables)),
)
def test_a_trace_that_is_not_sampled_still_has_its_name(variables: dict[str, str]) -> None:
    with receiving() as collector:
        ended = probe(**({"OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint, "TRACEPARENT": CLIENT} | variables))
    assert (ended.returncode, collector.spans) == (0, [])
    assert TRACE in ended.stdout


def test_without_a_collector_the_sdk_is_not_even_loaded() -> None:
    loaded = "import sys, gateway.__main__, kernel.host; print([name for name in sys.modules if '.sdk' in name])"
    ended = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, timeout=120, check=True)
    assert ended.stdout.strip() == "[]"


def test_jobs_are_told_of_the_collector_but_no_secret() -> None:
    told = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318", "OTEL_TRACES_SAMPLER": "always_on"}
    assert telemetry.for_jobs(told | {"NF_S3_SECRET_KEY": "s"}) == told
    assert telemetry.for_jobs(told | {"OTEL_EXPORTER_OTLP_HEADERS": "api-key=s"}) == {}
    assert telemetry.for_jobs({"OTEL_TRACES_SAMPLER": "always_on"}) == {}


def test_a_protocol_that_is_not_spoken_is_refused() -> None:
    with pytest.raises(SystemExit, match="OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf, not 'grpc'"):
        telemetry.set_up("x", {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"})


def test_a_failure_is_told_by_its_kind_alone(collector: Receiver) -> None:
    with pytest.raises(ValueError, match="secret"), trace.span("work", parent=CLIENT):
        raise ValueError("a secret")
    telemetry.shut_down(30)
    (work,) = collector.spans
    assert (work.failed, dict(work.attributes)) == (True, {"error.type": "ValueError"})
    assert "secret" not in repr(work)
