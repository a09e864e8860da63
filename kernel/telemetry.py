"""Where spans go: by OTLP over HTTP to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names, and nowhere without it.

The SDK is loaded only where it is needed. Spans leave by a thread of their own, at the end of the process within
FLUSH_SECONDS; a collector that does not answer delays and fails nothing, its spans are dropped. What ends a process at
once (a signal, a heartbeat that failed) leaves no time for those of the last seconds.
"""

import logging
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from kernel import trace

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.trace import Tracer

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL")
PROTOCOL = "http/protobuf"
SECRETS = ("_HEADERS", "_CLIENT_KEY", "_CLIENT_CERTIFICATE")
TRACEPARENT = "TRACEPARENT"
FLUSH_SECONDS = 2.0
_processor: "SpanProcessor | None" = None


def exporting(environment: Mapping[str, str]) -> bool:
    """Whether spans are to be sent anywhere; raises SystemExit for a protocol that is not spoken."""
    if not any(environment.get(name) for name in ENDPOINTS):
        return False
    if environment.get("OTEL_SDK_DISABLED", "").lower() == "true" or environment.get("OTEL_TRACES_EXPORTER") == "none":
        return False
    for name in PROTOCOLS:
        if environment.get(name, PROTOCOL) != PROTOCOL:
            raise SystemExit(
                f"{name} must be {PROTOCOL}, not {environment[name][:40]!r}: spans leave by OTLP over HTTP"
            )
    return True


def set_up(service: str, environment: Mapping[str, str] = os.environ) -> None:
    """Begins to send spans, where the environment names a collector; `service` made those that name no other."""
    global _processor
    if _processor or not exporting(environment):
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    logging.getLogger("opentelemetry.exporter").setLevel(logging.ERROR)  # a batch that is lost, not each attempt
    _processor = processor = BatchSpanProcessor(OTLPSpanExporter())

    @cache
    def tracer(name: str) -> "Tracer":
        return _tracer(name or service, processor)

    trace.install(tracer)


def _tracer(service: str, processor: "SpanProcessor") -> "Tracer":
    """One per service, also where several are in one process: a span says whose it is."""
    from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_NAMESPACE, Resource
    from opentelemetry.sdk.trace import TracerProvider

    resource = Resource.create({SERVICE_NAME: service, SERVICE_NAMESPACE: "neuralforge"})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(processor)
    return provider.get_tracer("neuralforge")


def shut_down(seconds: float = FLUSH_SECONDS) -> None:
    """Sends what is left, and gives up on it after `seconds`."""
    global _processor
    if _processor is None:
        return
    trace.install(None)
    closing = threading.Thread(target=_processor.shutdown, name="last-spans", daemon=True)
    _processor = None
    closing.start()
    closing.join(seconds)


@contextmanager
def exported(service: str) -> Iterator[None]:
    """A process, or what there is of it inside, that sends its spans."""
    set_up(service)
    try:
        yield
    finally:
        shut_down()


def for_jobs(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What a job is told, so that it sends its spans too: nothing where that takes a secret, as a job holds none."""
    told = {name: value for name, value in environment.items() if name.startswith("OTEL_") and value}
    return {} if any(name.endswith(SECRETS) for name in told) or not exporting(environment) else told


@contextmanager
def job(service: str, environment: Mapping[str, str] = os.environ) -> Iterator[None]:
    """A job's process as one span, in the trace of what it was launched for."""
    logging.getLogger("opentelemetry").addHandler(logging.NullHandler())  # the last line of its log says how it ended
    with exported(service), trace.span("job", parent=environment.get(TRACEPARENT, "")):
        try:
            yield
        except SystemExit as ending:
            if ending.code:
                trace.failed("SystemExit")
            raise
