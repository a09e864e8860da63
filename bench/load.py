"""HTTP load from a process of its own: reads what to send as JSON, says how many seconds each request took.

Standard library only, so that it starts quickly and measures little of itself.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Load:
    """POSTs of one body: `requests` on each of `connections`, one after the other."""

    url: str
    headers: dict[str, str]
    body: str
    requests: int
    connections: int


async def send(load: Load) -> list[float]:
    """The seconds each request took; raises AssertionError for an answer that is not 200 or has errors."""
    found = await asyncio.gather(*(_connection(load) for _ in range(load.connections)))
    return [seconds for times in found for seconds in times]


async def _connection(load: Load) -> list[float]:
    address = urlsplit(load.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    lines = [f"POST {address.path} HTTP/1.1", f"host: {address.netloc}", f"content-length: {len(load.body.encode())}"]
    lines += [f"{name}: {value}" for name, value in load.headers.items()]
    request = "\r\n".join([*lines, "", load.body]).encode()
    times = []
    for _ in range(load.requests):
        start = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        body = await reader.readexactly(int(length.partition(b":")[2]))
        assert b'"errors"' not in body, body
        times.append(time.perf_counter() - start)
    writer.close()
    return times


if __name__ == "__main__":
    print("ready", flush=True)
    print(json.dumps(asyncio.run(send(Load(**json.loads(sys.stdin.readline()))))), flush=True)
