"""A process without HTTP of its own answers Prometheus on a port of its own; `up --split` tells where each does."""

import asyncio
import json
import os
import socket
import sys
from pathlib import Path

import httpx
import pytest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from cli.failures import Failure
from cli.targets import watched
from kernel.metrics_server import metrics_listener, serving_metrics
from kernel.processes import Command
from kernel.scrape import PROBES
from tests.telemetry.exposed import read


async def test_it_answers_what_the_process_looks_up() -> None:
    async def probe() -> list[Metric]:
        await asyncio.sleep(0)  # on the loop of the process, not in the server's thread
        found = GaugeMetricFamily("neuralforge_seen", "For this test.")
        found.add_metric([], 42)
        return [found]

    forget = PROBES.add("graph", probe)
    listener = metrics_listener({"NF_METRICS_PORT": "0"})
    assert listener
    base = "http://{}:{}".format(*listener.getsockname())
    assert base.startswith("http://127.0.0.1:")
    try:
        async with serving_metrics(listener), httpx.AsyncClient(base_url=base, trust_env=False, timeout=30) as client:
            exposed = read((await client.get("/metrics")).text)
            assert exposed.value("neuralforge_seen") == 42
            assert exposed.value("neuralforge_gauges_up", context="graph") == 1
            assert (await client.get("/")).status_code == 404
            assert (await client.get("/metrics/")).status_code == 404
    finally:
        forget()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(listener_address(base), timeout=5)


def listener_address(base: str) -> tuple[str, int]:
    host, port = base.removeprefix("http://").split(":")
    return host, int(port)


async def test_who_says_nothing_holds_up_nobody() -> None:
    listener = metrics_listener({"NF_METRICS_PORT": "0"})
    assert listener
    base = "http://{}:{}".format(*listener.getsockname())
    async with serving_metrics(listener), httpx.AsyncClient(base_url=base, trust_env=False, timeout=30) as client:
        with socket.create_connection(listener_address(base)):
            assert (await client.get("/metrics")).status_code == 200


def test_without_a_port_there_is_none() -> None:
    assert metrics_listener({}) is None
    assert metrics_listener({"NF_METRICS_HOST": "0.0.0.0"}) is None


def test_a_taken_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = str(taken.getsockname()[1])
        with pytest.raises(SystemExit, match=f"cannot listen on 127.0.0.1:{number} .*; set NF_METRICS_PORT to another"):
            metrics_listener({"NF_METRICS_PORT": number})
        with (
            pytest.raises(Failure, match="set NF_METRICS_PORT to another first port"),
            watched({"graph-1": Command((sys.executable,), "")}, int(number), Path(os.devnull)),
        ):
            pass


def test_each_part_is_told_its_socket_and_prometheus_all_of_them(tmp_path: Path) -> None:
    file = tmp_path / "metrics.json"
    commands = {name: Command((sys.executable,), "", {"NF": "x"}) for name in ("graph-1", "graph-2", "gateway-1")}
    with watched(commands, 0, file) as told:
        targets = json.loads(file.read_text())
        assert [target["labels"] for target in targets] == [
            {"part": "graph-1", "service": "graph"},
            {"part": "graph-2", "service": "graph"},
            {"part": "gateway-1", "service": "gateway"},
        ]
        for target, command in zip(targets, told.values(), strict=True):
            inherited = int(command.environment["NF_METRICS_FD"])
            assert command.descriptors == (inherited,)
            with socket.socket(fileno=os.dup(inherited)) as listener:
                assert target["targets"] == ["{}:{}".format(*listener.getsockname())]
    assert not file.exists()
