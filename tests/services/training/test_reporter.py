"""The worker's reporter: it gathers, keeps order, waits out an outage and says when there is nobody left."""

import threading
import time
from typing import Any

import numpy as np
import pytest

from kernel.job import Lost
from neuralforge.training.v1 import service_pb2 as api
from services.training import reporter as module
from services.training.reporter import Reporter


class FakeLine:
    """Stands for the connection and the stub: keeps what is reported; `open` unset is an outage."""

    Report = "Report"

    def __init__(self) -> None:
        self.reports: list[api.ReportRequest] = []
        self.open = threading.Event()
        self.open.set()
        self.lost = False
        self.stop = False

    def call(self, method: Any, request: api.ReportRequest) -> api.ReportResponse:
        assert self.open.wait(20)
        if self.lost:
            raise Lost("no answer for 60 s")
        self.reports.append(request)
        return api.ReportResponse(stop=self.stop)


@pytest.fixture
def line(monkeypatch) -> FakeLine:
    monkeypatch.setattr(module, "GATHER_SECONDS", 0.001)
    monkeypatch.setattr(module, "INTERVAL_SECONDS", 0.01)
    return FakeLine()


def reporting(line: FakeLine, sequence: int = 0) -> Reporter:
    return Reporter(line, line, sequence)  # type: ignore[arg-type]


def series(first: int, count: int):
    return {"a": (np.arange(first, first + count, dtype=np.int64), np.ones(count, np.float32))}


def steps(reports) -> list[int]:
    return [step for report in reports for points in report.points for step in np.frombuffer(points.steps, "<i8")]


def test_leaving_waits_until_everything_is_stored_in_order(line):
    with reporting(line, sequence=4) as reporter:
        for first in range(0, 1_000, 10):
            reporter.points(series(first, 10))
        reporter.progress(api.Progress(step=1))
        reporter.progress(api.Progress(step=2))
        reporter.log("over")
    assert steps(line.reports) == list(range(1_000))
    assert [report.sequence for report in line.reports] == list(range(5, 5 + len(line.reports)))
    assert line.reports[-1].progress.step == 2
    assert [entry.text for report in line.reports for entry in report.lines] == ["over"]


def test_during_an_outage_nobody_waits_and_nothing_is_lost(line):
    line.open.clear()
    with reporting(line) as reporter:
        for first in range(500):
            reporter.points(series(first, 1))
        assert line.reports == []
        line.open.set()
        reporter.drain()
        assert steps(line.reports) == list(range(500))


def test_memory_is_bounded_by_making_the_trainer_wait(line, monkeypatch):
    monkeypatch.setattr(module, "CAPACITY", 10)
    line.open.clear()
    done = threading.Event()

    def train(reporter: Reporter) -> None:
        for first in range(50):
            reporter.points(series(first, 1))
        done.set()

    with reporting(line) as reporter:
        thread = threading.Thread(target=train, args=(reporter,))
        thread.start()
        assert not done.wait(0.2)
        line.open.set()
        thread.join(20)
    assert done.is_set()
    assert steps(line.reports) == list(range(50))


def test_a_wish_to_stop_is_passed_on(line):
    with reporting(line) as reporter:
        assert not reporter.should_stop
        line.stop = True
        reporter.log("x")
        reporter.drain()
        assert reporter.should_stop


def test_where_nobody_is_left_everyone_hears_it(line):
    line.lost = True
    with pytest.raises(Lost, match="no answer"), reporting(line) as reporter:
        reporter.log("x")
        with pytest.raises(Lost):
            reporter.drain()
        assert reporter.should_stop
        reporter.log("y")


def test_what_is_posted_leaves_at_once_and_what_follows_goes_together(line, monkeypatch):
    monkeypatch.setattr(module, "INTERVAL_SECONDS", 0.5)
    with reporting(line) as reporter:
        began = time.monotonic()
        reporter.log("first")
        reporter.drain()
        assert time.monotonic() - began < 0.4
        for number in range(20):
            reporter.points(series(number, 1))
            reporter.log(f"{number}")
        reporter.drain()
        assert 0.4 < time.monotonic() - began < 5
        assert len(line.reports) == 2
    assert steps(line.reports) == list(range(20))


def test_silence_is_broken_by_a_heartbeat(line, monkeypatch):
    monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 0.02)
    heard = threading.Event()
    original = line.call

    def call(*arguments: Any) -> Any:
        heard.set()
        return original(*arguments)

    monkeypatch.setattr(line, "call", call)
    with reporting(line):
        assert heard.wait(20)
