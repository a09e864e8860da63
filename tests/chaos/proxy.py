"""A TCP proxy that fails on demand: latency, jitter, reset, silence, half-close, refusal; one per link.

Ours, because what is kept up is no Python library: Toxiproxy and Pumba are programs of other languages, to be fetched
as binaries, and `tc netem` needs privileges and acts on whole interfaces. What a link needs fits on a page.
"""

import asyncio
import contextlib
import random
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass

CHUNK = 65_536
CONNECT_SECONDS = 5.0
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
Hear = Callable[[bytes, bool], None]


@dataclass(frozen=True, slots=True)
class Toxic:
    """What a link does to all that passes. Seconds; `jitter` is added at random, from a seeded source.

    A silent link keeps what it is sent and delivers it once it speaks again, as TCP does across a partition that heals.
    """

    latency: float = 0.0
    jitter: float = 0.0
    silent: bool = False
    refusing: bool = False


NONE = Toxic()


class Proxy:
    """Passes what arrives at `port` on to `target`. `hear(chunk, to_server)` is told of every chunk."""

    def __init__(self, target: tuple[str, int], *, seed: int = 0, hear: Hear | None = None) -> None:
        self._target = target
        self._random = random.Random(seed)
        self._hear = hear
        self._toxic = NONE
        self._spoken = asyncio.Event()
        self._spoken.set()
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def start(self, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server
        self._server.close()
        self.heal()
        self.reset()
        await self._server.wait_closed()

    def fail(self, toxic: Toxic) -> None:
        """From now on, and until `heal`."""
        self._toxic = toxic
        if toxic.silent:
            self._spoken.clear()
        else:
            self._spoken.set()

    def heal(self) -> None:
        self.fail(NONE)

    def reset(self) -> None:
        """Ends every open connection as a peer that has forgotten it: both ends are sent RST."""
        for writer in tuple(self._open):
            if raw := writer.get_extra_info("socket"):
                with contextlib.suppress(OSError):  # closed by its peer in the meantime
                    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            writer.transport.abort()

    def half_close(self) -> None:
        """Tells both ends of every open connection that nothing more will come, while each may still send."""
        for writer in tuple(self._open):
            with contextlib.suppress(OSError, RuntimeError):  # closed by its peer in the meantime
                writer.write_eof()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            if not self._toxic.refusing:
                await self._join(reader, writer)
        except OSError:
            pass  # the server is away: the client's connection ends, as it would without a proxy
        finally:
            self._close(writer)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._spoken.wait()
        async with asyncio.timeout(CONNECT_SECONDS):
            answers, server = await asyncio.open_connection(*self._target)
        self._open.add(server)
        try:
            ways = [
                asyncio.create_task(self._pass(reader, server, to_server=True)),
                asyncio.create_task(self._pass(answers, writer, to_server=False)),
            ]
            await asyncio.gather(*ways, return_exceptions=True)
        finally:
            self._close(server)

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, to_server: bool) -> None:
        try:
            while chunk := await source.read(CHUNK):
                toxic = self._toxic
                if pause := toxic.latency + self._random.random() * toxic.jitter:
                    await asyncio.sleep(pause)
                await self._spoken.wait()
                target.write(chunk)
                if self._hear:
                    self._hear(chunk, to_server)
                await target.drain()
            target.write_eof()
        except (OSError, RuntimeError):
            target.transport.abort()  # one way broken is both broken: TCP has no other word for it

    def _close(self, writer: asyncio.StreamWriter) -> None:
        self._open.discard(writer)
        with contextlib.suppress(OSError):
            writer.close()
