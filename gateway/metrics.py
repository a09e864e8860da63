"""The gateway's own Prometheus metrics; those of the services in the same process come beside them."""

import time

from prometheus_client import Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.patterns import pattern
from kernel.metrics import SECONDS

OPERATION_SECONDS = Histogram(
    "neuralforge_graphql_duration_seconds", "Time to answer a GraphQL query or mutation.", ["kind"], buckets=SECONDS
)
HTTP_SECONDS = Histogram(
    "neuralforge_http_duration_seconds",
    "Time to answer an HTTP request, to the last byte of a file.",
    ["method", "route", "code"],
    buckets=SECONDS,
)
FAULTS = Counter("neuralforge_gateway_faults", "Requests and operations that failed by a fault of ours.")
SOCKETS = Gauge("neuralforge_websockets_open", "WebSockets being served.")
FRAMES_DROPPED = Counter("neuralforge_live_frames_dropped", "Live frames a slow subscriber did not get.")
SUBSCRIBERS = Gauge("neuralforge_live_subscribers", "Subscriptions being served.")
PEERS_GIVEN_UP = Counter(
    "neuralforge_live_peers_given_up", "WebSockets ended for a peer that took nothing (stalled) or was gone.", ["why"]
)
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


class Measured:
    """ASGI middleware, innermost: it shares the scope in which the router notes where a request went."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            with SOCKETS.track_inprogress():
                await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        start, code = time.perf_counter(), 500  # unless an answer begins

        async def noting(message: Message) -> None:
            nonlocal code
            if message["type"] == "http.response.start":
                code = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            method = scope["method"] if scope["method"] in METHODS else "other"
            HTTP_SECONDS.labels(method, pattern(scope), str(code)).observe(time.perf_counter() - start)
