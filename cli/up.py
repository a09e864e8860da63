"""`neuralforge up`: the platform on this machine until Ctrl-C."""

import asyncio
import os
import signal
import sys

import uvloop

from cli.machine import Ports, machine
from kernel.log_setup import set_up_logging
from kernel.settings import data_folder, port


def run() -> None:
    set_up_logging(level=(os.environ.get("NF_LOG_LEVEL") or "WARNING").upper(), json=not sys.stderr.isatty())
    uvloop.run(_up())


async def _up() -> None:
    ports = Ports(
        http_host=os.environ.get("NF_HTTP_HOST") or "127.0.0.1",
        http_port=port(os.environ, "NF_HTTP_PORT", 8080),
        grpc_port=port(os.environ, "NF_GRPC_PORT", 50051),
    )
    folder = data_folder(os.environ)
    async with stoppable(), machine(folder, ports, say, development=True) as running:
        say(f"data     {folder}")
        say(f"HTTP     {running.url}/")
        say(f"GraphQL  {running.url}/graphql   (development mode: GraphiQL is there)")
        say(f"gRPC     {running.grpc}")
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
