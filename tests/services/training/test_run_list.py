"""The list of runs over real gRPC: in every order, filtered, page by page."""

from collections.abc import Sequence
from typing import Any

import grpc
import pytest

from neuralforge.training.v1 import service_pb2 as api
from neuralforge.training.v1.service_pb2 import RunState
from tests.services.training.lab import Lab, architecture, tiny


async def names(lab: Lab, size: int = 2, **asked: Any) -> Sequence[str]:
    """Of all pages."""
    found, token = [], ""
    while True:
        request = api.ListRunsRequest(project_id=lab.project_id, page_size=size, page_token=token, **asked)
        answer = await lab.call("ListRuns", request)
        found += [run.name for run in answer.runs]
        token = answer.next_page_token
        if not token:
            return found


async def ran(lab: Lab, name: str, accuracy: float) -> None:
    run = await lab.start(name=name)
    worker = await lab.worker(run.id)
    await worker.attach()
    await worker.save(b"weights", 2, best=True)
    await (worker.complete(accuracy) if accuracy else worker.fail("no luck"))


async def test_runs_are_listed_in_every_order_and_what_is_missing_comes_last(lab: Lab):
    await ran(lab, "b good", 0.9)
    await ran(lab, "A poor", 0.5)
    await ran(lab, "d failed", 0)
    running = await lab.start(name="c running")
    await (await lab.worker(running.id)).attach()
    position = (await lab.call("StartRun", _another(lab, "E queued"))).position
    await lab.call("ListRuns", api.ListRunsRequest(project_id=lab.project_id), after=position)

    async def settled():
        return (await names(lab, states=[RunState.RUN_STATE_RUNNING])) == ["c running"]

    await lab.platform.eventually(settled)
    in_order = ["b good", "A poor", "d failed", "c running", "E queued"]
    assert await names(lab, order_by="created_at") == in_order
    assert await names(lab) == await names(lab, order_by="created_at desc", size=5) == in_order[::-1]
    by_name = ["A poor", "b good", "c running", "d failed", "E queued"]
    assert await names(lab, order_by="name") == by_name
    assert await names(lab, order_by="name desc", size=1) == by_name[::-1]
    assert (await names(lab, order_by="test_accuracy desc"))[:2] == ["b good", "A poor"]
    assert (await names(lab, order_by="test_accuracy", size=1))[:2] == ["A poor", "b good"]
    validated = await names(lab, order_by="best_validation_accuracy desc", size=1)
    assert set(validated[:2]) == {"b good", "A poor"}
    assert validated[2] == "d failed"
    assert (await names(lab, order_by="best_validation_accuracy"))[0] == "d failed"
    for order in ("test_accuracy", "test_accuracy desc"):
        assert sorted(await names(lab, order_by=order, size=1)) == sorted(in_order)
    for order in ("device_milliseconds", "device_milliseconds desc"):  # a running one moves on between two pages
        assert set(await names(lab, order_by=order, size=1)) | {"c running"} == set(in_order)


async def test_device_time_orders_as_it_is_shown(lab: Lab):
    running = await lab.start(name="running")
    await (await lab.worker(running.id)).attach()
    await lab.start(name="queued")

    async def longest():
        request = api.ListRunsRequest(project_id=lab.project_id, order_by="device_milliseconds desc")
        found = (await lab.call("ListRuns", request)).runs
        return found if [run.device_milliseconds > 0 for run in found] == [True, False] else None

    assert [run.name for run in await lab.platform.eventually(longest)] == ["running", "queued"]
    assert await names(lab, size=1, order_by="device_milliseconds") == ["queued", "running"]


async def test_runs_are_found_by_name_and_architecture(lab: Lab):
    other = await architecture(lab.person, lab.project_id, tiny(hidden={"out_features": 8}))
    await lab.start(name="baseline 1")
    await lab.start(name="Baseline_2", architecture_id=other)
    answer = await lab.call("StartRun", _another(lab, "wide"))
    await lab.call("ListRuns", api.ListRunsRequest(project_id=lab.project_id), after=answer.position)
    assert await names(lab, query="BASE", size=1) == ["Baseline_2", "baseline 1"]
    assert await names(lab, query="_") == ["Baseline_2"]
    assert await names(lab, architecture_id=other) == ["Baseline_2"]
    assert await names(lab, architecture_id=lab.architecture_id, order_by="name") == ["baseline 1", "wide"]
    assert await names(lab, architecture_id=other, query="wide") == []


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"order_by": "size"}, "order_by must be one of created_at desc, created_at, name desc"),
        ({"order_by": "name DESC"}, "order_by must be one of"),
        ({"query": "x" * 201}, "201 characters"),
        ({"page_token": "x"}, "page_token"),
        ({"page_size": 201}, "page_size"),
    ],
)
async def test_rejected_lists(lab: Lab, asked: dict[str, Any], says: str):
    with pytest.raises(grpc.aio.AioRpcError, match=says) as error:
        await lab.call("ListRuns", api.ListRunsRequest(project_id=lab.project_id, **asked))
    assert error.value.code() == grpc.StatusCode.INVALID_ARGUMENT


def _another(lab: Lab, name: str) -> api.StartRunRequest:
    return api.StartRunRequest(architecture_id=lab.architecture_id, dataset_id=lab.dataset_id, name=name)
