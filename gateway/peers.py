"""The WebSocket connection below GraphQL: a peer that takes nothing holds little memory, and not for long.

uvicorn lets an application wait while a peer's buffer is full, and pings. What is missing for peers that stop reading:
an end of that waiting, and not to read from them meanwhile, for each ping of theirs is answered into that buffer.
"""

import asyncio
import socket
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from gateway.metrics import PEERS_GIVEN_UP

PING_SECONDS = 20.0
PONG_SECONDS = 20.0
STALLED_SECONDS = 20.0
MOST_BUFFERED = 64 * 1024
# The kernel's share, where it is Linux: little that is not sent yet, and no peer that acknowledges nothing for long.
OPTIONS = {"TCP_NOTSENT_LOWAT": MOST_BUFFERED, "TCP_USER_TIMEOUT": int(2000 * STALLED_SECONDS)}


class Peer(WebSocketsSansIOProtocol):
    """One connection. Above MOST_BUFFERED bytes unsent, whoever sends waits; it ends where these do not get fewer."""

    _watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=MOST_BUFFERED)
        for name, value in OPTIONS.items():
            if option := getattr(socket, name, None):
                transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, option, value)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self.writable.is_set() and not self.transport.is_closing():
            self.transport.pause_reading()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_from(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        super().resume_writing()
        self._unwatch()
        if not self.read_paused and not self.transport.is_closing():
            self.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        self._unwatch()
        super().connection_lost(exc)

    def keepalive_timeout(self) -> None:
        if self.writable.is_set():
            PEERS_GIVEN_UP.labels("silent").inc()
            super().keepalive_timeout()
            return
        self.pong_timer = None  # the ping waits behind what is being sent, and whether that moves is watched
        self.schedule_ping()

    def _watch_from(self, unsent: int) -> None:
        self._watch = self.loop.call_later(STALLED_SECONDS, self._check, unsent)

    def _check(self, before: int) -> None:
        unsent = self.transport.get_write_buffer_size()
        if unsent < before:
            self._watch_from(unsent)
            return
        PEERS_GIVEN_UP.labels("stalled").inc()
        self.transport.abort()  # no reason is told: it would wait behind the rest

    def _unwatch(self) -> None:
        if self._watch:
            self._watch.cancel()
            self._watch = None


def serving_peers() -> dict[str, Any]:
    """What uvicorn is told of it."""
    return {"ws": Peer, "ws_ping_interval": PING_SECONDS, "ws_ping_timeout": PONG_SECONDS}
