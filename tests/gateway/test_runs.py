"""Training over GraphQL: started, watched live to its end, read afterwards."""

import base64
import json
import sys
from typing import Any

import numpy as np
import pytest

from gateway.operations import encode
from gateway.scalars import json_value
from kernel import strict_json
from neuralforge.training.v1 import service_pb2 as api
from tests.conftest import RunningServers
from tests.gateway.conftest import START, Studio
from tests.gateway.web import Socket
from tests.services.training.lab import PlayedWorker, points

WATCH = """
subscription($id: ID!) {
  runProgress(runId: $id) {
    __typename
    ... on Run { state attempt testAccuracy }
    ... on RunMetrics { attempt sequence points { series count steps values } }
    ... on RunLog { lines { number level text attempt } }
    ... on Progress { epoch step steps }
  }
}
"""


def floats(text: str) -> list[float]:
    found: list[float] = np.frombuffer(base64.b64decode(text), "<f4").tolist()
    return found


async def update(client: Socket) -> dict[str, Any]:
    """The next value of the subscription."""
    message = await client.next()
    assert message["type"] == "next", message
    assert "errors" not in message["payload"], message
    value: dict[str, Any] = message["payload"]["data"]["runProgress"]
    return value


async def until(client: Socket, state: str) -> dict[str, Any]:
    """The run once it is in this state, whatever came before."""
    while (value := await update(client)).get("state") != state:
        pass
    return value


async def reported(worker: PlayedWorker) -> None:
    await worker.report(
        points=[points("train/loss", [1, 2], [0.5, 0.25])],
        lines=[api.LogEntry(level="info", text="epoch 1")],
        progress=api.Progress(epoch=1, epochs=2, step=2, steps=4),
    )


async def test_a_run_is_watched_from_queue_to_completion(studio: Studio) -> None:
    id = await studio.start(options={"epochs": 2, "seed": "7"})
    async with studio.visitor.connected() as client:
        await client.subscribe("w", WATCH, id=id)
        assert (await update(client))["state"] in ("QUEUED", "STARTING")
        worker = await studio.lab.worker(id)
        await worker.attach()
        assert (await until(client, "RUNNING"))["attempt"] == 1
        await reported(worker)
        metrics, log, progress = [await update(client) for _ in range(3)]
        assert metrics["sequence"] == "1"
        assert metrics["points"][0]["series"] == "train/loss"
        assert metrics["points"][0]["count"] == 2
        assert floats(metrics["points"][0]["values"]) == [0.5, 0.25]
        assert [(line["text"], line["attempt"]) for line in log["lines"]] == [("epoch 1", 1)]
        assert progress == {"__typename": "Progress", "epoch": 1, "step": "2", "steps": "4"}
        await worker.save(b"weights", 2, best=True)
        await worker.complete()
        assert (await until(client, "COMPLETED"))["testAccuracy"] == pytest.approx(0.98)
        assert (await client.next()) == {"id": "w", "type": "complete"}


async def test_what_is_read_beside_a_watched_run_is_as_new_as_the_run(studio: Studio) -> None:
    id = await studio.start()
    watch = "subscription($id: ID!) { runProgress(runId: $id) { ... on Run { state checkpoints { kind } } } }"
    async with studio.visitor.connected() as client:
        await client.subscribe("w", watch, id=id)
        assert (await update(client))["checkpoints"] == []
        worker = await studio.lab.worker(id)
        await worker.attach()
        await worker.save(b"weights", 2, best=True)
        await worker.complete()
        assert (await until(client, "COMPLETED"))["checkpoints"] == [{"kind": "BEST"}]


async def test_what_a_run_leaves_behind_is_read_in_one_request(studio: Studio) -> None:
    id = await studio.start()
    worker = await studio.lab.worker(id)
    await worker.attach()
    await reported(worker)
    await worker.save(b"weights", 2, best=True)
    await worker.complete()
    found = await studio.visitor.ask(
        """query($id: ID!, $project: ID!) {
          run(id: $id) {
            state testAccuracy evaluation deviceMilliseconds
            metrics(series: ["train/loss"], points: 100) { name count totalPoints values }
            logs { text }
            checkpoints { kind files { name url bytes } }
            reproduction { record document }
          }
          runs(projectId: $project, states: [COMPLETED]) { nodes { id } }
          devices { name kind slots }
        }""",
        id=id,
        project=studio.lab.project_id,
    )
    run = found["run"]
    assert (run["state"], run["evaluation"]) == ("COMPLETED", {"accuracy": 0.98})
    assert run["metrics"][0]["totalPoints"] == "2"
    assert floats(run["metrics"][0]["values"]) == [0.5, 0.25]
    assert "epoch 1" in [line["text"] for line in run["logs"]]
    link = run["checkpoints"][0]["files"][0]["url"]
    assert (await studio.visitor.http.get(link)).content == b"weights"
    assert run["reproduction"]["document"]["name"] == "tiny"
    assert [node["id"] for node in found["runs"]["nodes"]] == [id]
    assert found["devices"] == [{"name": "cpu", "kind": "cpu", "slots": 1}]


async def test_what_is_no_number_in_an_old_evaluation_is_null(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers used to send NaN, which the log keeps."""
    monkeypatch.setattr(strict_json, "read", json.loads)
    id = await studio.start()
    worker = await studio.lab.worker(id)
    await worker.attach()
    old = api.CompleteRequest(evaluation=b'{"accuracy": 0.1, "loss": NaN}', test_accuracy=0.1, best_epoch=1)
    await worker.call("Complete", old)
    asked = "query($id: ID!, $p: ID!) { run(id: $id) { evaluation } runs(projectId: $p) { nodes { evaluation } } }"
    found = await studio.visitor.ask(asked, id=id, p=studio.lab.project_id)
    assert found["run"]["evaluation"] == {"accuracy": 0.1, "loss": None}
    assert found["runs"]["nodes"] == [found["run"]]
    assert json.loads((await studio.lab.get(id)).evaluation, parse_constant=pytest.fail)["loss"] is None


async def test_checkpoints_of_a_diverged_run_are_read(studio: Studio) -> None:
    id = await studio.start()
    worker = await studio.lab.worker(id)
    await worker.attach()
    await worker.save(b"lost", 2, best=True, loss=float("nan"))
    await worker.save(b"last", 2)
    await worker.complete()
    asked = "query($id: ID!) { run(id: $id) { checkpoints { kind loss validationLoss validationAccuracy } } }"
    best, last = (await studio.visitor.ask(asked, id=id))["run"]["checkpoints"]
    assert best == {"kind": "BEST", "loss": None, "validationLoss": sys.float_info.max, "validationAccuracy": 0.9}
    assert (last["kind"], last["loss"]) == ("LAST", None)


async def test_the_loss_of_the_best_checkpoint_is_what_the_worker_said(studio: Studio) -> None:
    id = await studio.start()
    worker = await studio.lab.worker(id)
    await worker.attach()
    await worker.save(b"good", 2, best=True, loss=0.25)
    found = await studio.visitor.ask("query($id: ID!) { run(id: $id) { checkpoints { loss } } }", id=id)
    assert found["run"]["checkpoints"] == [{"loss": 0.25}]


def test_the_gateway_itself_writes_no_nan() -> None:
    assert (
        encode({"data": {"evaluation": json_value(b'{"loss": -Infinity}')}})
        == b'{"data":{"evaluation":{"loss": null}}}'
    )


async def test_a_run_that_cannot_start_is_a_refusal(studio: Studio) -> None:
    given = {"architecture": studio.lab.architecture_id, "dataset": "nothing"}
    refused = (await studio.visitor.ask(START, **given))["startRun"]
    assert (refused["__typename"], refused["code"]) == ("Refusal", "NOT_FOUND")
    assert refused["message"].startswith("there is no such dataset")


async def test_starting_again_under_the_same_key_is_one_run(studio: Studio) -> None:
    assert await studio.start(key="once") == await studio.start(key="once")


async def test_a_cancelled_run_ends_its_subscription(studio: Studio) -> None:
    id = await studio.start()
    worker = await studio.lab.worker(id)
    await worker.attach()  # before that, a cancelled run is over at once
    async with studio.visitor.connected() as client:
        await client.subscribe("w", WATCH, id=id)
        await update(client)
        cancel = "mutation($id: ID!) { cancelRun(id: $id) { __typename ... on Run { cancelRequested } } }"
        assert (await studio.visitor.ask(cancel, id=id))["cancelRun"]["__typename"] == "Run"
        await worker.fail("cancelled")
        await until(client, "CANCELLED")
        assert (await client.next())["type"] == "complete"


async def test_a_finished_run_is_answered_once(studio: Studio) -> None:
    id = await studio.start()
    worker = await studio.lab.worker(id)
    await worker.attach()
    await worker.fail("no data")
    async with studio.visitor.connected() as client:
        await client.subscribe("w", WATCH, id=id)
        assert (await update(client))["state"] == "FAILED"
        assert (await client.next())["type"] == "complete"


async def test_the_end_is_told_even_while_the_broker_is_away(studio: Studio, servers: RunningServers) -> None:
    id = await studio.start()
    async with studio.visitor.connected() as client:
        await client.subscribe("w", WATCH, id=id)
        await update(client)
        worker = await studio.lab.worker(id)
        await worker.attach()
        await servers.kill("nats")
        try:
            await worker.fail("no data")
            await until(client, "FAILED")
        finally:
            await servers.restart("nats")


async def test_a_run_of_others_is_not_there(studio: Studio) -> None:
    id = await studio.start()
    await studio.visitor.register("eve")
    answer = (await studio.visitor.send("query($id: ID!) { run(id: $id) { state } }", {"id": id})).json()
    assert answer["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    async with studio.visitor.connected() as client:
        await client.subscribe("w", WATCH, id=id)
        message = await client.next()
    assert (message["type"], message["payload"][0]["extensions"]["code"]) == ("error", "NOT_FOUND")
