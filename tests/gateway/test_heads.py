"""What the head of a request may hold: whoever may connect can send one."""

import asyncio
import contextlib

from fastapi import FastAPI

from tests.gateway.conftest import serving

LINE = b"x-fill: " + b"a" * 10_000 + b"\r\n"
MOST_LINES = 1_000  # ten megabytes: more than the buffers between client and server hold


async def test_a_head_without_end_is_not_read_to_the_end() -> None:
    async with serving(FastAPI()) as base:
        _, writer = await asyncio.open_connection("127.0.0.1", int(base.rpartition(":")[2]))
        writer.write(b"GET / HTTP/1.1\r\nhost: gateway\r\n")
        sent = 0
        with contextlib.suppress(ConnectionError):  # the refusal
            while sent < MOST_LINES:
                writer.write(LINE)
                await writer.drain()
                sent += 1
        writer.close()
    assert sent < MOST_LINES
