"""The gateway as a process of its own, with settings from the environment."""

import gc
import os
import socket
from collections.abc import Mapping

import uvloop

from gateway.app import create_app, server
from gateway.settings import read_settings
from kernel.log_setup import set_up_logging
from kernel.metrics_server import metrics_listener, serving_metrics
from kernel.ready import tell_ready
from kernel.settings import port
from kernel.telemetry import exported

DRAIN_SECONDS = 1.0


def main() -> None:
    set_up_logging(level=(os.environ.get("NF_LOG_LEVEL") or "INFO").upper())
    app = create_app(read_settings(os.environ))
    host, number = os.environ.get("NF_HTTP_HOST") or "127.0.0.1", port(os.environ, "NF_HTTP_PORT", 8080)
    http = server(app, host, number, drain_seconds=DRAIN_SECONDS, on_started=lambda: tell_ready(os.environ))

    gc.freeze()  # to look through what is loaded for good takes 50 ms of every full collection

    async def serve() -> None:
        async with serving_metrics(metrics_listener(os.environ)):
            await http.serve(sockets=_inherited(os.environ))

    with exported("gateway"):
        uvloop.run(serve())


def _inherited(environment: Mapping[str, str]) -> list[socket.socket] | None:
    """The listener that a supervisor shares with this process under NF_HTTP_FD, where there is one."""
    descriptor = environment.get("NF_HTTP_FD")
    return [socket.socket(fileno=int(descriptor))] if descriptor else None


if __name__ == "__main__":
    main()
