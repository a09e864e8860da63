"""Curves, log lines and live messages, as a worker reports them and as they are read again."""

import asyncio
import itertools

import msgspec
import nats
import numpy as np
import pytest

from kernel.launcher import JobState, JobStatus
from neuralforge.training.v1 import service_pb2 as api
from services.training import metrics
from services.training.live import LiveReport, subject
from tests.services.training.examples import at
from tests.services.training.lab import Lab, points, steps_of, values_of


@pytest.fixture(params=[0.0, 2.0], ids=["previews with every report", "previews now and then"])
def preview_seconds(request, monkeypatch):
    monkeypatch.setattr(metrics, "PREVIEW_SECONDS", request.param)


@pytest.mark.usefixtures("preview_seconds")
async def test_curves_are_read_as_they_were_reported_bit_for_bit(lab: Lab):
    run, worker = await lab.running()
    values = np.random.default_rng(0).normal(size=3_000).astype("<f4")
    values[7] = np.nan
    for start in range(0, 3_000, 500):
        part = slice(start, start + 500)
        await worker.report(points=[points("train/loss", np.arange(1, 3_001)[part], values[part])])
    curve = (await lab.curves(run.id))["train/loss"]
    assert steps_of(curve) == list(range(1, 3_001))
    assert curve.values == values.tobytes()
    assert (curve.maxima, curve.total_points) == (b"", 3_000)


@pytest.mark.usefixtures("preview_seconds")
@pytest.mark.parametrize("most", [1, 100, 500, 2_048, 2_999])
async def test_long_curves_are_reduced_to_the_extremes_of_buckets(lab: Lab, most):
    run, worker = await lab.running()
    values = np.random.default_rng(0).normal(size=3_000).astype("<f4")
    for start in (0, 1_000, 2_000):
        part = slice(start, start + 1_000)
        await worker.report(points=[points("a", np.arange(3_000)[part], values[part])])
    curve = (await lab.curves(run.id, most))["a"]
    steps = steps_of(curve)
    assert most // 2 <= len(steps) <= most
    assert curve.total_points == 3_000
    bounds = [*steps, 3_000]
    buckets = [values[start:end] for start, end in itertools.pairwise(bounds)]
    assert values_of(curve) == [bucket.min() for bucket in buckets]
    assert np.frombuffer(curve.maxima, "<f4").tolist() == [bucket.max() for bucket in buckets]


@pytest.mark.usefixtures("preview_seconds")
async def test_steps_may_come_out_of_order_and_twice(lab: Lab):
    run, worker = await lab.running()
    await worker.report(points=[points("a", [5, 1, 5], [1, 2, 3])])
    await worker.report(points=[points("a", [2, 1], [4, 5])])
    curve = (await lab.curves(run.id))["a"]
    assert (steps_of(curve), values_of(curve)) == ([1, 2, 5], [5, 4, 3])


@pytest.mark.usefixtures("preview_seconds")
async def test_a_later_attempts_value_for_the_same_step_stands(lab: Lab):
    run, worker = await lab.running()
    await worker.report(points=[points("a", [1, 2, 3, 4], [1, 2, 3, 4])])
    lab.launcher.ended[f"training-{run.id}-1"] = JobStatus(JobState.FAILED, -9)
    second = await lab.worker(run.id, 2)
    assert (await second.attach()).last_sequence == 0
    await second.report(points=[points("a", [3], [30])])
    curve = (await lab.curves(run.id))["a"]
    assert (steps_of(curve), values_of(curve)) == ([1, 2, 3, 4], [1, 2, 30, 4])
    await second.report(points=[points("a", [4, 5], [40, 50])])
    curve = (await lab.curves(run.id))["a"]
    assert (steps_of(curve), values_of(curve)) == ([1, 2, 3, 4, 5], [1, 2, 30, 40, 50])


async def test_a_report_sent_again_is_stored_and_published_once(lab: Lab):
    run, worker = await lab.running()
    heard: list[LiveReport] = []
    client = await nats.connect(lab.platform.addresses.nats)

    async def hear(message):
        heard.append(msgspec.msgpack.decode(message.data, type=LiveReport))

    await client.subscribe(subject(lab.person.tenant, run.id), cb=hear)
    await client.flush()
    entry = api.LogEntry(at=at(1), level="info", text="epoch 1")
    progress = api.Progress(epoch=1, epochs=3, step=2, steps=6)
    for _ in range(3):
        await worker.report(1, points=[points("a", [1, 2], [3, 4])], lines=[entry], progress=progress)
    await worker.report(2, lines=[entry])
    async with asyncio.timeout(10):
        while len(heard) < 2:
            await asyncio.sleep(0.01)
    await client.flush()
    await client.close()
    assert [(report.run, report.attempt, report.sequence) for report in heard] == [(run.id, 1, 1), (run.id, 1, 2)]
    assert heard[0].points[0].steps == np.array([1, 2], "<i8").tobytes()
    assert heard[0].lines[0].text == "epoch 1"
    assert heard[0].progress
    assert (heard[0].progress.step, heard[1].progress) == (2, None)

    lines = (await lab.call("ListLogLines", api.ListLogLinesRequest(run_id=run.id))).lines
    assert [(line.number, line.text, line.attempt) for line in lines] == [(1, "epoch 1", 1), (2, "epoch 1", 1)]
    assert lines[0].at == at(1)
    assert (await lab.curves(run.id))["a"].total_points == 2
    assert (await lab.get(run.id)).progress == progress
    assert (await worker.attach()).last_sequence == 2


async def test_the_same_report_twice_at_once_is_stored_once(lab: Lab):
    run, worker = await lab.running()
    entry = api.LogEntry(at=at(1), text="x")
    await asyncio.gather(*(worker.report(1, points=[points("a", [1], [1])], lines=[entry]) for _ in range(4)))
    lines = (await lab.call("ListLogLines", api.ListLogLinesRequest(run_id=run.id))).lines
    assert [line.number for line in lines] == [1]


async def test_log_lines_are_read_page_by_page(lab: Lab):
    run, worker = await lab.running()
    entries = [api.LogEntry(at=at(n), level="warning", text=f"line {n}") for n in range(1, 6)]
    await worker.report(lines=entries[:2])
    await worker.report(lines=entries[2:])
    request = api.ListLogLinesRequest(run_id=run.id, page_size=3)
    first = (await lab.call("ListLogLines", request)).lines
    rest = (await lab.call("ListLogLines", api.ListLogLinesRequest(run_id=run.id, after=first[-1].number))).lines
    assert [line.text for line in (*first, *rest)] == [f"line {n}" for n in range(1, 6)]
    assert first[0].level == "warning"


async def test_only_the_series_asked_for_are_given(lab: Lab):
    run, worker = await lab.running()
    await worker.report(points=[points("a", [1], [1]), points("b", [1], [2])])
    assert set(await lab.curves(run.id, 0, "b", "c")) == {"b"}
