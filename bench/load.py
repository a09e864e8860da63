"""HTTP load from a process of its own: reads what to send as JSON, says how many seconds each request took.

Standard library only, so that it starts quickly and measures little of itself.
"""

import asyncio
import json
import sys
import time
from collections.abc import Mapping
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
    connection, times = await Connection.to(load.url, load.headers, load.body), []
    for _ in range(load.requests):
        start = time.perf_counter()
        fault = await connection.post()
        assert not fault, fault
        times.append(time.perf_counter() - start)
    connection.close()
    return times


@dataclass(frozen=True)
class Connection:
    """A kept connection that sends one request again and again."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    request: bytes

    @classmethod
    async def to(cls, url: str, headers: Mapping[str, str], body: str) -> "Connection":
        address, content = urlsplit(url), body.encode()
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        lines = [f"POST {address.path} HTTP/1.1", f"host: {address.netloc}", f"content-length: {len(content)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return cls(reader, writer, "\r\n".join([*lines, "", ""]).encode() + content)

    async def post(self) -> bytes:
        """Sends the request and takes the answer: empty for 200 without errors, else what is wrong with it."""
        self.writer.write(self.request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        body = await self.reader.readexactly(int(length.partition(b":")[2]))
        if not head.startswith(b"HTTP/1.1 200"):
            return head
        return body if b'"errors"' in body else b""

    def close(self) -> None:
        self.writer.close()


if __name__ == "__main__":
    print("ready", flush=True)
    print(json.dumps(asyncio.run(send(Load(**json.loads(sys.stdin.readline()))))), flush=True)
