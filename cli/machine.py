"""The whole platform on one machine: real servers as child processes, all services and the gateway in this process."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import FastAPI

from cli import folder as ground
from cli.failures import Failure
from cli.ports import Ports, listen
from gateway.app import create_app, server
from gateway.settings import GatewaySettings, limits
from kernel.embedded import Addresses, EmbeddedServers
from kernel.host import Host
from kernel.local_launcher import LocalLauncher
from kernel.service import ServiceSpec
from kernel.settings import CONTEXTS, ObjectStoreSettings, Settings
from kernel.tls import read_job_tls, read_tls
from services.billing.__main__ import SPEC as BILLING
from services.dataset.__main__ import SPEC as DATASET
from services.export.__main__ import SPEC as EXPORT
from services.graph.__main__ import SPEC as GRAPH
from services.training.__main__ import SPEC as TRAINING
from services.workspace.__main__ import SPEC as WORKSPACE

SPECS: tuple[ServiceSpec, ...] = (WORKSPACE, GRAPH, DATASET, TRAINING, EXPORT, BILLING)
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Running:
    """A platform that answers: `url` for browsers, `grpc` for partners, `postgres` for operators.

    `grpc` says in one line each which contexts answer where.
    """

    url: str
    grpc: Sequence[str]
    postgres: str = field(repr=False)


@contextlib.asynccontextmanager
async def machine(
    folder: Path, ports: Ports, say: Say, *, development: bool, tls: Mapping[str, str] | None = None
) -> AsyncIterator[Running]:
    """Starts everything in `folder`, and stops it in order at the end, whatever ended it.

    `tls` holds those of `kernel.tls.VARIABLES` that are set.
    Raises EmbeddedError where another process runs on the folder, Taken or Failure where a port is taken.
    """
    async with contextlib.AsyncExitStack() as stack:
        listener = stack.enter_context(listen(ports.http_host, ports.http_port))
        servers = EmbeddedServers(folder, on_progress=say)
        addresses = await servers.start()
        stack.push_async_callback(servers.stop)
        settings = await _settings(folder, addresses, ports, tls or {})
        launcher = LocalLauncher(folder)
        await launcher.recover()
        stack.push_async_callback(launcher.close)
        host = Host(SPECS, settings, launcher)
        await host.start()
        stack.push_async_callback(host.stop)
        app = create_app(
            GatewaySettings(
                addresses=dict.fromkeys(CONTEXTS, host.address),
                nats_url=addresses.nats,
                s3_endpoint=addresses.s3.endpoint,
                development=development,
                tls=settings.tls,
                **limits(os.environ),
            )
        )
        url = await stack.enter_async_context(_serve_http(app, listener))
        yield Running(url, [host.address], addresses.postgres)


async def _settings(folder: Path, addresses: Addresses, ports: Ports, tls: Mapping[str, str]) -> Settings:
    ground.keys(folder)
    s3 = addresses.s3
    return Settings(
        databases=await ground.databases(folder, addresses.postgres),
        nats_url=addresses.nats,
        objects=ObjectStoreSettings(s3.endpoint, s3.access_key, s3.secret_key),
        keys=folder / "keys",
        folder=folder,
        grpc_port=ports.grpc_port,
        tls=read_tls(tls),
        job_tls=read_job_tls(tls),
    )


@contextlib.asynccontextmanager
async def _serve_http(app: FastAPI, listener: socket.socket) -> AsyncIterator[str]:
    host, port = listener.getsockname()[:2]
    http = server(app, host, port)
    http.capture_signals = contextlib.nullcontext  # type: ignore[assignment,method-assign] # the command's business
    serving = asyncio.create_task(http.serve(sockets=[listener]), name="http")
    try:
        while not http.started:
            if serving.done():
                serving.result()
                raise Failure("the gateway ended while it started")
            await asyncio.sleep(0.01)
        yield f"http://{host}:{port}"
    finally:
        http.should_exit = True
        await asyncio.gather(serving, return_exceptions=True)
