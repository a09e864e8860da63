"""A gateway with a lab behind it, all services in this process, and what it is measured beside: a bare ASGI handler."""

import asyncio
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import psutil
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.app import create_app, server
from gateway.settings import GatewaySettings
from kernel.embedded import EmbeddedServers
from kernel.embedded_server import free_ports
from kernel.grants import Grant, sign
from kernel.keys import GRANT_KEY, KeyRing
from kernel.settings import CONTEXTS
from neuralforge.access.v1.access_pb2 import Role
from tests.services.launchers import IdleLauncher
from tests.services.platform import Platform, platform
from tests.services.training.lab import Lab, lab_of

PIPE = asyncio.subprocess.PIPE
LASTING_SECONDS = 3600.0
MOST_LINE = 64 * 1024 * 1024


@asynccontextmanager
async def gateway_lab(folder: Path) -> AsyncIterator[tuple[str, Lab]]:
    """(the gateway's address, somebody with a network and digits), on servers of their own."""
    async with AsyncExitStack() as stack:
        servers = EmbeddedServers(folder / "servers")
        stack.push_async_callback(servers.stop)
        addresses = await servers.start()
        contexts = ("graph", "dataset", "billing", "training")
        running = await stack.enter_async_context(platform(addresses, folder, *contexts, launcher=IdleLauncher()))
        lab = _lasting(await lab_of(running))
        yield await stack.enter_async_context(serving(create_app(_settings(running)))), lab


def scratch() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="neuralforge-bench-")


@asynccontextmanager
async def gateway_process(lab: Lab) -> AsyncIterator[tuple[str, int]]:
    """(address, process id) of another gateway in front of the lab, in a process of its own as with `up --split`."""
    (number,) = free_ports(1)
    addresses, s3 = lab.platform.address, lab.platform.addresses.s3
    environment = {
        "NF_NEIGHBOURS": ",".join(f"{context}={addresses}" for context in CONTEXTS),
        "NF_NATS_URL": lab.platform.addresses.nats,
        "NF_S3_URL": f"http://{s3.endpoint}",
        "NF_HTTP_PORT": str(number),
        "NF_REQUESTS_PER_MINUTE": "0",
        "NF_LOG_LEVEL": "ERROR",
    }
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "gateway", env=os.environ | environment)
    try:
        await _answering(f"http://127.0.0.1:{number}/healthz", process)
        yield f"http://127.0.0.1:{number}", process.pid
    finally:
        process.terminate()
        await process.wait()


async def _answering(url: str, process: asyncio.subprocess.Process) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        while process.returncode is None:
            with contextlib.suppress(httpx.TransportError):  # not yet
                if (await client.get(url)).is_success:
                    return
            await asyncio.sleep(0.1)
    raise RuntimeError(f"the gateway ended with exit code {process.returncode} before it served")


@asynccontextmanager
async def serving(app: Any) -> AsyncIterator[str]:
    """The address of an application behind the server that the gateway has."""
    running = server(app, "127.0.0.1", 0)
    task = asyncio.create_task(running.serve())
    while not running.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    running.should_exit = True
    await task


def bare(content: bytes) -> ASGIApp:
    """Reads the request and answers these bytes, whatever was asked."""
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            while (await receive()).get("more_body"):
                pass
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": content})

    return app


@dataclass
class Generator:
    """A load generator: a module in a process of its own that takes lines and answers lines."""

    process: asyncio.subprocess.Process

    @classmethod
    @asynccontextmanager
    async def started(cls, module: str) -> AsyncIterator["Generator"]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, stdin=PIPE, stdout=PIPE, limit=MOST_LINE
        )
        generator = cls(process)
        try:
            await generator.line()
            yield generator
        finally:
            assert process.stdin
            process.stdin.close()
            await process.wait()

    async def ask(self, line: bytes) -> bytes:
        assert self.process.stdin
        self.process.stdin.write(line + b"\n")
        return await self.line()

    async def line(self) -> bytes:
        assert self.process.stdout
        line = await self.process.stdout.readline()
        assert line, "the load generator ended; what it said stands above"
        return line

    @property
    def cpu(self) -> float:
        return cpu(self.process.pid)


def cpu(pid: int) -> float:
    """Seconds of processor time of a process so far."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def cpu_of_servers(*besides: int) -> float:
    """Seconds of what was started from here besides these processes: PostgreSQL, nats-server and S3, all of theirs."""
    return sum(cpu(each.pid) for each in psutil.Process().children(recursive=True) if each.pid not in besides)


def _lasting(lab: Lab) -> Lab:
    """With a grant for the whole measurement: people's end after five minutes, and their WebSockets with them."""
    person, ring = lab.person, KeyRing(lab.platform.folder / "keys")
    (key_id,) = ring.grant_keys()
    grant = Grant(person.id, person.tenant, Role.ROLE_OWNER, time.time() + LASTING_SECONDS)
    return replace(lab, person=replace(person, token=sign(grant, ring.private(GRANT_KEY), key_id)))


def _settings(running: Platform) -> GatewaySettings:
    return GatewaySettings(
        requests_per_minute=0,
        addresses=dict.fromkeys(CONTEXTS, running.address),
        nats_url=running.addresses.nats,
        s3_endpoint=running.addresses.s3.endpoint,
    )
