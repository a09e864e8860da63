"""The fault proxy does what its names say: else the tests above it prove nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.chaos.proxy import Proxy, Toxic

SECONDS = 20.0


@asynccontextmanager
async def proxied() -> AsyncIterator[Proxy]:
    """A proxy before a server that says everything back."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(1000):
            writer.write(chunk)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    proxy = Proxy(("127.0.0.1", server.sockets[0].getsockname()[1]))
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()
        server.close()


async def connected(proxy: Proxy) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(b"hello")
    async with asyncio.timeout(SECONDS):
        assert await reader.readexactly(5) == b"hello"
    return reader, writer


async def test_what_is_sent_arrives_and_both_ends_learn_of_the_end():
    async with proxied() as proxy:
        reader, writer = await connected(proxy)
        writer.write_eof()
        async with asyncio.timeout(SECONDS):
            assert await reader.read() == b""


async def test_silence_keeps_what_is_sent_until_it_is_over():
    async with proxied() as proxy:
        reader, writer = await connected(proxy)
        proxy.fail(Toxic(silent=True))
        writer.write(b"after")
        waiting = asyncio.create_task(reader.readexactly(5))
        _, opened = await asyncio.open_connection("127.0.0.1", proxy.port)
        assert (await asyncio.wait([waiting], timeout=0.2))[0] == set()
        proxy.heal()
        async with asyncio.timeout(SECONDS):
            assert await waiting == b"after"
        opened.close()


async def test_a_reset_is_heard_as_one():
    async with proxied() as proxy:
        reader, _ = await connected(proxy)
        proxy.reset()
        async with asyncio.timeout(SECONDS):
            with pytest.raises(ConnectionResetError):
                await reader.read()
        await connected(proxy)


async def test_a_half_closed_connection_still_takes_what_is_sent():
    async with proxied() as proxy:
        reader, writer = await connected(proxy)
        proxy.half_close()
        async with asyncio.timeout(SECONDS):
            assert await reader.read() == b""
        writer.write(b"more")
        await writer.drain()


async def test_latency_delays_and_refusal_ends():
    async with proxied() as proxy:
        loop, (reader, writer) = asyncio.get_running_loop(), await connected(proxy)
        proxy.fail(Toxic(latency=0.2))
        began = loop.time()
        writer.write(b"late!")
        async with asyncio.timeout(SECONDS):
            assert await reader.readexactly(5) == b"late!"
        assert loop.time() - began >= 0.4, "once there and once back"
        proxy.fail(Toxic(refusing=True))
        refused, _ = await asyncio.open_connection("127.0.0.1", proxy.port)
        async with asyncio.timeout(SECONDS):
            assert await refused.read() == b""
