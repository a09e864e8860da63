"""An OpenTelemetry collector in this process: takes traces by OTLP over loopback HTTP and keeps them."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status


@dataclass(frozen=True)
class Received:
    """A span as it arrived; `parent` is empty at the root of a trace."""

    service: str
    name: str
    kind: str
    trace: str
    id: str
    parent: str
    failed: bool
    attributes: Mapping[str, Any]


class Receiver:
    """What has come so far."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.spans: list[Received] = []

    def take(self, body: bytes) -> None:
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            service = _values(resource.resource.attributes)["service.name"]
            for scope in resource.scope_spans:
                self.spans += [_received(service, span) for span in scope.spans]

    def of_trace(self, trace: str) -> "Tree":
        return Tree([span for span in self.spans if span.trace == trace])


class Tree:
    """The spans of one trace."""

    def __init__(self, spans: Sequence[Received]) -> None:
        self.spans = spans
        self._by_id = {span.id: span for span in spans}

    def named(self, service: str, name: str, kind: str = "") -> list[Received]:
        return [span for span in self.spans if (span.service, span.name) == (service, name) and kind in ("", span.kind)]

    def one(self, service: str, name: str, kind: str = "") -> Received:
        """The span of that name; the last that went well, where something was tried again."""
        *_, found = [span for span in self.named(service, name, kind) if not span.failed]
        return found

    def above(self, span: Received) -> list[tuple[str, str]]:
        """(service, name) of the spans that led to this one, from the root on."""
        found: list[tuple[str, str]] = []
        while above := self._by_id.get(span.parent):
            found.insert(0, (above.service, above.name))
            span = above
        return found


def _values(attributes: Any) -> dict[str, Any]:
    return {item.key: getattr(item.value, item.value.WhichOneof("value")) for item in attributes}


def _received(service: str, span: Span) -> Received:
    return Received(
        service,
        span.name,
        Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        span.status.code == Status.STATUS_CODE_ERROR,
        _values(span.attributes),
    )


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A collector that listens on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            receiver.take(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, name="collector", daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
