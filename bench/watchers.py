"""WebSocket subscribers in a process of their own, and the publisher of what they watch: open-loop, all accounted for.

Reads a Broadcast as JSON, says "ready" when all have subscribed, publishes on the next line, and answers what became of
each message. Publisher and subscribers share this process, so that one clock times a message from its publication to
its arrival; a message is published when it is due, whatever became of the one before.
"""

import asyncio
import json
import re
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
import nats
import numpy as np
import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from services.training.live import LivePoints, LiveReport, encoder

NUMBER = re.compile(rb'"sequence":"(\d+)"')
MISSED = re.compile(rb'"frames":(\d+)')
SERIES = ("train/loss", "train/accuracy", "validation/loss", "learning_rate")
CONNECTING_AT_ONCE = 32
PATIENCE_SECONDS = 30.0
KINDS = {"text": WSMsgType.TEXT, "binary": WSMsgType.BINARY}


class Broadcast(msgspec.Struct):
    """Whom to watch, and what is published there.

    Each subscriber sends `hello` (in frames of `kind`), one after the other once the text beside it has come, and is
    subscribed when `welcome` has come. `payload` is published where it is given, with the number in place of `#`.
    """

    url: str
    headers: Mapping[str, str]
    kind: str
    hello: Sequence[tuple[str, str]]
    welcome: str
    subscribers: int
    broker: str
    subject: str
    rate: float
    seconds: float
    payload: str = ""

    @property
    def messages(self) -> int:
        return round(self.rate * self.seconds)


@dataclass
class Tally:
    """What has arrived, over all subscribers. `sent`: by number, by time.perf_counter."""

    sent: dict[int, float] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)


class Subscriber(WSListener):
    def __init__(self, broadcast: Broadcast, tally: Tally) -> None:
        self._kind = KINDS[broadcast.kind]
        self._hello = list(broadcast.hello)
        self._welcome = broadcast.welcome.encode()
        self._tally = tally
        self._last = 0
        self.subscribed = asyncio.get_running_loop().create_future()
        self.received = self.missed = self.out_of_order = 0
        self.ended = False

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        content = frame.get_payload_as_bytes()
        if not self.subscribed.done():
            self._greet(transport, content)
            return
        now = time.perf_counter()
        for number in map(int, NUMBER.findall(content)):
            self.received += 1
            self.out_of_order += number <= self._last
            self._last = number
            self._tally.latencies.append(now - self._tally.sent[number])
        if b'"Missed"' in content:
            self.missed += sum(map(int, MISSED.findall(content)))

    def _greet(self, transport: WSTransport, content: bytes) -> None:
        if self._hello and self._hello[0][0].encode() in content:
            transport.send(self._kind, self._hello.pop(0)[1].encode())
        elif not self._hello and self._welcome in content:
            self.subscribed.set_result(None)

    def on_ws_connected(self, transport: WSTransport) -> None:
        if self._hello and not self._hello[0][0]:
            transport.send(self._kind, self._hello.pop(0)[1].encode())

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.ended = True
        if not self.subscribed.done():
            self.subscribed.set_exception(ConnectionError("the connection ended before it was subscribed"))


async def _watch(broadcast: Broadcast) -> dict[str, object]:
    tally, slots = Tally(), asyncio.Semaphore(CONNECTING_AT_ONCE)

    async def subscribe() -> tuple[WSTransport, Subscriber]:
        async with slots:
            transport, listener = await ws_connect(
                lambda: Subscriber(broadcast, tally),
                broadcast.url,
                extra_headers=dict(broadcast.headers),
                websocket_handshake_timeout=PATIENCE_SECONDS,
            )
            assert isinstance(listener, Subscriber)
            await asyncio.wait_for(listener.subscribed, PATIENCE_SECONDS)
            return transport, listener

    connections = await asyncio.gather(*(subscribe() for _ in range(broadcast.subscribers)))
    subscribers = [listener for _, listener in connections]
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    late = await _publish(broadcast, tally)
    await _settle(subscribers, broadcast.messages)
    lost = [broadcast.messages - each.received - each.missed for each in subscribers]
    found: dict[str, object] = {
        "subscribers": len(subscribers),
        "published": broadcast.messages,
        "received": sum(each.received for each in subscribers),
        "told_as_missed": sum(each.missed for each in subscribers),
        "lost": sum(map(abs, lost)),
        "out_of_order": sum(each.out_of_order for each in subscribers),
        "connections_ended": sum(each.ended for each in subscribers),
        "published_late_ms": late * 1000,
        **_percentiles(tally.latencies),
    }
    for transport, _ in connections:
        transport.disconnect(graceful=False)
    return found


async def _publish(broadcast: Broadcast, tally: Tally) -> float:
    """Publishes each message when it is due; returns by how many seconds the latest one was late."""
    client = await nats.connect(broadcast.broker)
    late, start = 0.0, time.perf_counter()
    for number in range(1, broadcast.messages + 1):
        due = start + number / broadcast.rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        content = _content(broadcast, number)
        tally.sent[number] = time.perf_counter()
        late = max(late, tally.sent[number] - due)
        await client.publish(broadcast.subject, content)
        await client.flush()
    await client.close()
    return late


def _content(broadcast: Broadcast, number: int) -> bytes:
    if broadcast.payload:
        return broadcast.payload.replace("#", str(number)).encode()
    point = np.full(1, number, "<i8").tobytes(), np.full(1, 1 / number, "<f4").tobytes()
    return encoder.encode(LiveReport("", 1, number, [LivePoints(name, *point) for name in SERIES], [], None))


async def _settle(subscribers: Sequence[Subscriber], messages: int) -> None:
    """Until every message is accounted for, or nobody can be waiting for one any more."""
    deadline = time.perf_counter() + PATIENCE_SECONDS
    while time.perf_counter() < deadline and any(each.received + each.missed < messages for each in subscribers):
        await asyncio.sleep(0.1)


def _percentiles(seconds: Sequence[float]) -> dict[str, float]:
    p50, p99, most = np.quantile(seconds or [0.0], [0.5, 0.99, 1.0]) * 1000
    return {"p50_ms": round(p50, 2), "p99_ms": round(p99, 2), "most_ms": round(most, 2)}


if __name__ == "__main__":
    print("started", flush=True)
    for line in sys.stdin:
        print(json.dumps(uvloop.run(_watch(msgspec.json.decode(line, type=Broadcast)))), flush=True)
