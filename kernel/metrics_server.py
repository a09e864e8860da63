"""/metrics on a port of its own, for the processes that serve no HTTP otherwise, and for each of several gateways.

Plain HTTP without sign-in, for Prometheus inside the network: on loopback unless NF_METRICS_HOST says otherwise. The
standard library's server runs in a thread; what it answers is looked up on the event loop of the process.
"""

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from prometheus_client import CONTENT_TYPE_LATEST

from kernel.scrape import Scrape
from kernel.settings import port

ANSWER_SECONDS = 10.0
SILENCE_SECONDS = 5.0
PATH = "/metrics"


class _Handler(WSGIRequestHandler):
    timeout = SILENCE_SECONDS

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing: a line per scrape tells nobody anything."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def __init__(self, listener: socket.socket, app: Callable[..., Iterable[bytes]]) -> None:
        address = listener.getsockname()[:2]
        super().__init__(address, _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket, self.server_address = listener, address
        self.server_name, self.server_port = address
        self.setup_environ()
        self.set_app(app)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: who asked has gone, and asks again."""


def metrics_listener(environment: Mapping[str, str]) -> socket.socket | None:
    """Where this process is to answer: a supervisor's socket NF_METRICS_FD, else NF_METRICS_PORT; None for nowhere.

    Raises SystemExit naming what is wrong.
    """
    if descriptor := environment.get("NF_METRICS_FD"):
        return socket.socket(fileno=int(descriptor))
    if not environment.get("NF_METRICS_PORT"):
        return None
    host, number = environment.get("NF_METRICS_HOST") or "127.0.0.1", port(environment, "NF_METRICS_PORT", 0)
    try:
        return socket.create_server((host, number))
    except OSError as error:
        raise SystemExit(
            f"cannot listen on {host}:{number} ({error.strerror}); set NF_METRICS_PORT to another, or leave it out"
        ) from error


@contextlib.asynccontextmanager
async def serving_metrics(listener: socket.socket | None) -> AsyncIterator[None]:
    """Answers on `listener` as long as the body runs; closes it then."""
    if listener is None:
        yield
        return
    loop, scrape = asyncio.get_running_loop(), Scrape()

    def app(environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH:
            start_response("404 Not Found", [("content-type", "text/plain")])
            return [f"there is only {PATH} here\n".encode()]
        answer = asyncio.run_coroutine_threadsafe(scrape.answer(), loop).result(ANSWER_SECONDS)
        start_response("200 OK", [("content-type", CONTENT_TYPE_LATEST)])
        return [answer]

    server = _Server(listener, app)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    try:
        yield
    finally:
        await asyncio.to_thread(server.shutdown)
        server.server_close()
