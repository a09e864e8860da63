"""`neuralforge up`: the platform on this machine until Ctrl-C."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager

import uvloop

from cli.failures import Failure
from cli.machine import Running, machine
from cli.ports import Ports
from cli.split import Divided, read_replicas, split
from kernel.log_setup import set_up_logging
from kernel.settings import data_folder, port
from kernel.telemetry import exported
from kernel.tls import VARIABLES


def run(*, divided: bool = False, replicas: str = "") -> None:
    """`divided`: each service in a process of its own, in as many as `replicas` says, e.g. `graph=2`."""
    level = (os.environ.get("NF_LOG_LEVEL") or "WARNING").upper()
    set_up_logging(level=level, json=not sys.stderr.isatty())
    if replicas and not divided:
        raise Failure("--replicas is for --split, where each service is a process of its own")
    counts = read_replicas(replicas) if divided else None
    with exported("neuralforge"):
        uvloop.run(_up(counts, level))


async def _up(replicas: Mapping[str, int] | None, level: str) -> None:
    ports = Ports(
        http_host=os.environ.get("NF_HTTP_HOST") or "127.0.0.1",
        http_port=port(os.environ, "NF_HTTP_PORT", 8080),
        grpc_port=port(os.environ, "NF_GRPC_PORT", 50051),
    )
    folder = data_folder(os.environ)
    tls = {name: os.environ[name] for name in VARIABLES if os.environ.get(name)}
    whole: AbstractAsyncContextManager[Running | Divided] = (
        machine(folder, ports, say, development=True, tls=tls)
        if replicas is None
        else split(
            folder, ports, say, development=True, replicas=replicas, environment={**os.environ, "NF_LOG_LEVEL": level}
        )
    )
    async with stoppable(), whole as running:
        say(f"data     {folder}")
        say(f"HTTP     {running.url}/")
        say(f"GraphQL  {running.url}/graphql   (development mode: GraphiQL is there)")
        for line in running.grpc:
            say(f"gRPC     {line}")
        say("ready; Ctrl-C stops it")
        await asyncio.Event().wait()


def say(line: str) -> None:
    print(line, flush=True)


class stoppable:
    """Ctrl-C and SIGTERM cancel the body, which unwinds in order; leaving then is no error."""

    async def __aenter__(self) -> None:
        self._asked = False
        task = asyncio.current_task()
        assert task

        def stop() -> None:
            if not self._asked:
                self._asked = True
                task.cancel()

        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop)

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        if self._asked and kind is not None and issubclass(kind, asyncio.CancelledError):
            say("stopped")
            return True
        return False
