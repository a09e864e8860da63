"""Subscribers that stop reading, over real sockets: what they cost, what they miss, and that nobody else notices."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import nats
import numpy as np
import pytest
import pytest_asyncio
import uvicorn
from graphql.execution import execute_subscription_event
from nats.aio.client import Client
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from gateway import peers
from gateway.app import create_app, server
from gateway.live import MOST_FRAMES
from gateway.metrics import FRAMES_DROPPED, PEERS_GIVEN_UP, SUBSCRIBERS
from services.training.live import LivePoints, LiveReport, encoder, subject
from tests.conftest import RunningServers
from tests.gateway.conftest import settings_for
from tests.gateway.web import Socket, Visitor
from tests.services.launchers import IdleLauncher
from tests.services.platform import platform
from tests.services.training.lab import Lab, lab_of

WATCH = """subscription($id: ID!) { runProgress(runId: $id) {
  __typename ... on Run { state } ... on RunMetrics { sequence points { values } } ... on Missed { frames } } }"""
LARGE = 4_000  # points of a report: some 20 KB for each subscriber
READ_AT_ONCE = 256 * 1024  # what an event loop takes from a socket in one go
pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Broadcast:
    """A run whose worker is played: what is published is seen by whoever watches."""

    visitor: Visitor
    lab: Lab
    run_id: str
    broker: Client
    server: uvicorn.Server
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    async def publish(self, points: int = 1) -> int:
        """The number of the report that was published."""
        number = next(self.numbers)
        series = LivePoints("train/loss", np.arange(points).tobytes(), np.zeros(points, "<f4").tobytes())
        report = LiveReport(self.run_id, 1, number, [series], [], None)
        await self.broker.publish(subject(self.lab.person.tenant, self.run_id), encoder.encode(report))
        return number

    @contextlib.asynccontextmanager
    async def subscribed(self) -> AsyncIterator[Socket]:
        async with self.visitor.connected() as client:
            await self.follow(client)
            yield client

    async def follow(self, client: Socket) -> None:
        await client.subscribe("w", WATCH, id=self.run_id)
        assert (await client.next())["payload"]["data"]["runProgress"]["__typename"] == "Run"

    @contextlib.asynccontextmanager
    async def deaf(self) -> AsyncIterator[Socket]:
        """Subscribed, with small buffers, and reading no more."""
        plain = socket.socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        plain.connect(("127.0.0.1", httpx.URL(self.visitor.base).port))
        plain.setblocking(False)
        address = self.visitor.base.replace("http", "ws") + "/graphql"
        protocol = Subprotocol("graphql-transport-ws")
        async with connect(
            address, sock=plain, subprotocols=[protocol], ping_interval=None, close_timeout=0.1, compression=None
        ) as connection:
            client = Socket(connection)
            await client.send(type="connection_init", payload=self.visitor.bearer)
            assert await client.next() == {"type": "connection_ack"}
            await self.follow(client)
            connection.transport.pause_reading()
            yield client

    @property
    def unsent(self) -> int:
        """Bytes the gateway holds for the peer it holds most for."""
        return max((peer.transport.get_write_buffer_size() for peer in self.peers), default=0)

    @property
    def peers(self) -> Sequence[peers.Peer]:
        return [peer for peer in self.server.server_state.connections if isinstance(peer, peers.Peer)]

    async def until(self, probe: Any) -> None:
        async def true() -> bool:
            return bool(probe())

        await self.visitor.platform.eventually(true)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def broadcast(servers: RunningServers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Broadcast]:
    folder: Path = tmp_path_factory.mktemp("subscribers")
    contexts = ("graph", "dataset", "billing", "training")
    async with (
        platform(servers.addresses, folder, *contexts, launcher=IdleLauncher()) as running,
        httpx.AsyncClient() as unused,
    ):
        lab = await lab_of(running)
        run, _ = await lab.running()
        serving = server(create_app(settings_for(running)), "127.0.0.1", 0)
        task = asyncio.create_task(serving.serve())
        while not serving.started:
            await asyncio.sleep(0.01)
        visitor = Visitor(f"http://127.0.0.1:{serving.servers[0].sockets[0].getsockname()[1]}", unused)
        visitor.session, visitor.platform = {"access_token": lab.person.token}, running
        broker = await nats.connect(servers.addresses.nats)
        yield Broadcast(visitor, lab, run.id, broker, serving)
        await broker.close()
        serving.should_exit = True
        await task


async def metrics_frame(client: Socket) -> int:
    """The number of the next report; of what a client that keeps up sees, only the run itself comes between."""
    while True:
        update = (await client.next())["payload"]["data"]["runProgress"]
        if update["__typename"] == "RunMetrics":
            return int(update["sequence"])
        assert update["__typename"] == "Run"


async def accounted(client: Socket, last: int) -> tuple[list[int], int]:
    """(numbers of the reports received, frames told as missed) up to the report `last`."""
    numbers: list[int] = []
    missed = 0
    while last not in numbers:
        update = (await client.next())["payload"]["data"]["runProgress"]
        if update["__typename"] == "RunMetrics":
            numbers.append(int(update["sequence"]))
        missed += update.get("frames", 0)
    return numbers, missed


async def test_who_stops_reading_costs_little_delays_nobody_and_is_told_what_was_missed(broadcast: Broadcast) -> None:
    dropped = FRAMES_DROPPED._value.get()
    async with broadcast.subscribed() as quick, broadcast.deaf() as slow:
        first = last = await broadcast.publish(LARGE)
        assert await metrics_frame(quick) == last
        most = 0
        while FRAMES_DROPPED._value.get() - dropped < 100:
            last = await broadcast.publish(LARGE)
            assert await metrics_frame(quick) == last, "whoever reads gets each report before the next is sent"
            most = max(most, broadcast.unsent)
            assert last - first < 100 * MOST_FRAMES, "frames are dropped at last"
        assert 0 < most <= peers.MOST_BUFFERED + 12 * LARGE
        slow.socket.transport.resume_reading()
        numbers, missed = await accounted(slow, last)
        assert numbers == sorted(set(numbers))
        assert len(numbers) + missed == last - first + 1
        assert missed == FRAMES_DROPPED._value.get() - dropped >= 100


async def test_who_takes_nothing_is_let_go(broadcast: Broadcast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "STALLED_SECONDS", 0.5)
    stalled, watching = PEERS_GIVEN_UP.labels("stalled")._value.get(), SUBSCRIBERS._value.get()
    async with broadcast.deaf() as slow:
        assert SUBSCRIBERS._value.get() == watching + 1

        async def gone() -> bool:
            await broadcast.publish(LARGE)
            return bool(PEERS_GIVEN_UP.labels("stalled")._value.get() > stalled)

        await broadcast.visitor.platform.eventually(gone)
        await broadcast.until(lambda: SUBSCRIBERS._value.get() == watching and not broadcast.peers)
        slow.socket.transport.resume_reading()
        with pytest.raises(ConnectionClosed):
            while True:
                await slow.next()


async def test_who_answers_no_ping_is_let_go(broadcast: Broadcast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broadcast.server.config, "ws_ping_interval", 0.2)
    monkeypatch.setattr(broadcast.server.config, "ws_ping_timeout", 0.5)
    silent, watching = PEERS_GIVEN_UP.labels("silent")._value.get(), SUBSCRIBERS._value.get()
    async with broadcast.deaf():
        await broadcast.until(lambda: PEERS_GIVEN_UP.labels("silent")._value.get() > silent)
        await broadcast.until(lambda: SUBSCRIBERS._value.get() == watching and not broadcast.peers)


async def test_who_pings_without_reading_is_read_no_more(broadcast: Broadcast) -> None:
    async with broadcast.deaf() as flooding:
        transport = flooding.socket.transport
        for _ in range(1_000):
            transport.write(flooded(flooding.socket))
            await asyncio.sleep(0)
            assert broadcast.unsent <= peers.MOST_BUFFERED + READ_AT_ONCE
            if transport.get_write_buffer_size() > 16 * READ_AT_ONCE:
                break
        assert transport.get_write_buffer_size() > READ_AT_ONCE, "the gateway reads on"
        transport.abort()


def flooded(connection: ClientConnection) -> bytes:
    """A thousand pings as they go over the wire."""
    for _ in range(1_000):
        connection.protocol.send_ping(b"x" * 125)
    return b"".join(connection.protocol.data_to_send())


async def test_every_message_of_a_run_reaches_fifty_subscribers_and_is_made_once(
    broadcast: Broadcast, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = 0

    def counted(executor: Any) -> Any:
        nonlocal made
        made += 1
        return execute_subscription_event(executor)

    async with contextlib.AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(broadcast.subscribed()) for _ in range(50)]
        monkeypatch.setattr("gateway.operations.execute_subscription_event", counted)
        numbers = []
        for _ in range(20):
            numbers.append(await broadcast.publish())
            await asyncio.sleep(0.1)
        found = await asyncio.gather(*(accounted(client, numbers[-1]) for client in clients))
    assert all(len(received) + missed == len(numbers) for received, missed in found)
    assert all(received == numbers for received, missed in found if not missed)
    assert made <= 2 * len(numbers), "a frame is answered once for all, not fifty times"
