"""A span for each request and for each operation on a WebSocket, in the trace that the client's `traceparent` names.

One per request, none per field. A path is told as its route: what stands in it may be for the client's eyes only.
"""

from contextlib import AbstractContextManager

from opentelemetry.trace import Span
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from gateway.operations import Prepared
from kernel.trace import SERVER, annotate, current, failed, span

TRACED = ("/graphql", "/auth/", "/files/")  # not the studio's own files, nor what monitors ask
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SERVICE = "gateway"
LONGEST_NAME = 100


class Tracing:
    """ASGI middleware around all others. What answers a fault finds the request's trace in the scope."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(TRACED):
            await self._app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in METHODS else "_OTHER"

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                _answered(present, method, scope, message["status"])
            await send(message)

        parent = Headers(scope=scope).get("traceparent", "")
        attributes = {"http.request.method": method}
        with span(method, SERVER, parent=parent, service=SERVICE, attributes=attributes) as present:
            scope["traceparent"] = current()
            await self._app(scope, receive, tell)


def _answered(present: Span, method: str, scope: Scope, status: int) -> None:
    if route := _route(scope):
        present.update_name(f"{method} {route}")
        present.set_attribute("http.route", route)
    present.set_attribute("http.response.status_code", status)
    if status >= 500:
        failed(str(status))


def _route(scope: Scope) -> str:
    """The path with names for what varies in it; empty where there is no such route."""
    route: str = scope["path"] if "endpoint" in scope else ""
    for name, value in scope.get("path_params", {}).items():
        route = route.replace(str(value), f"{{{name}}}", 1) if value else route
    return route


def operation_span(socket: WebSocket) -> AbstractContextManager[Span]:
    """An operation on a WebSocket, from its beginning to its end."""
    return span("graphql", SERVER, parent=socket.headers.get("traceparent", ""), service=SERVICE)


def annotate_operation(prepared: Prepared) -> None:
    """Tells the present span what is asked, by kind and name: never the document."""
    annotate({"graphql.operation.type": prepared.kind.value})
    if prepared.name:
        annotate({"graphql.operation.name": prepared.name[:LONGEST_NAME]})
