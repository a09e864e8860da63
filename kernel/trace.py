"""Spans: what one action causes is one trace, from the browser over services, events and jobs to the last reaction.

OpenTelemetry's API and W3C trace context. `kernel.telemetry` says where spans go; where nothing takes them a span is
no more than the identifiers that calls, events and log lines carry. Attributes follow the semantic conventions; a
token, an address or a document is never one, and neither is the text of an error, which may quote them.
"""

import random
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, Status, StatusCode, TraceFlags, Tracer

TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")
INTERNAL, SERVER, CLIENT = SpanKind.INTERNAL, SpanKind.SERVER, SpanKind.CLIENT
PRODUCER, CONSUMER = SpanKind.PRODUCER, SpanKind.CONSUMER
Attributes = Mapping[str, str | int | float | bool]
Tracers = Callable[[str], Tracer]
_tracers: Tracers | None = None
_service: ContextVar[str] = ContextVar("service", default="")


def install(tracers: Tracers | None) -> None:
    """Makes spans with the tracer of the service they belong to ("" where none was named), or none any more."""
    global _tracers
    _tracers = tracers


def current() -> str:
    """The `traceparent` of the present span; empty outside of any."""
    found = trace.get_current_span().get_span_context()
    if not found.is_valid:
        return ""
    return f"00-{found.trace_id:032x}-{found.span_id:016x}-{found.trace_flags:02x}"


def current_service() -> str:
    """Whose span the present one is; empty outside of any that names it."""
    return _service.get()


def identifiers() -> tuple[str, str]:
    """The present trace id and span id in hexadecimal; both empty outside of any span."""
    found = trace.get_current_span().get_span_context()
    return (f"{found.trace_id:032x}", f"{found.span_id:016x}") if found.is_valid else ("", "")


def unsampled(traceparent: str) -> str:
    """The same, saying that nobody records what belongs to it: for beats, of which a trace would hold thousands."""
    return f"{traceparent[:-2]}00" if TRACEPARENT.fullmatch(traceparent) else ""


@contextmanager
def span(
    name: str,
    kind: SpanKind = INTERNAL,
    *,
    parent: str | None = None,
    service: str = "",
    attributes: Attributes | None = None,
    expected: type[BaseException] | tuple[type[BaseException], ...] = (),
) -> Iterator[Span]:
    """The code inside as a span below `parent`, a `traceparent`, or else below the present one.

    Where the parent is empty or malformed a new trace begins. Exceptions but the `expected` mark the span as failed.
    """
    within = _under(parent)
    made = _start(name, kind, within, service, attributes)
    token = contexts.attach(trace.set_span_in_context(made, within))
    named = _service.set(service) if service else None
    try:
        yield made
    except Exception as error:
        if not isinstance(error, expected):
            failed(type(error).__name__)
        raise
    finally:
        made.end()
        contexts.detach(token)
        if named:
            _service.reset(named)


@contextmanager
def continued(traceparent: str, service: str) -> Iterator[None]:
    """What the code inside does belongs to the trace of `traceparent`, where there is one."""
    token = contexts.attach(_under(traceparent))
    named = _service.set(service)
    try:
        yield
    finally:
        contexts.detach(token)
        _service.reset(named)


def past(name: str, since: int, *, parent: str | None = None, attributes: Attributes | None = None) -> None:
    """A span that has just ended, and began at the moment `since` (nanoseconds as of `time.time_ns`)."""
    _start(name, INTERNAL, _under(parent), "", attributes, since).end(time.time_ns())


def annotate(attributes: Attributes) -> None:
    """Adds to what the present span says."""
    trace.get_current_span().set_attributes(attributes)


def failed(kind: str) -> None:
    """Marks the present span as failed for an error of that kind."""
    present = trace.get_current_span()
    present.set_attribute("error.type", kind)
    present.set_status(Status(StatusCode.ERROR))


def _start(
    name: str, kind: SpanKind, within: contexts.Context, service: str, attributes: Attributes | None, since: int = 0
) -> Span:
    if _tracers is None:
        return _unrecorded(trace.get_current_span(within).get_span_context())
    tracer = _tracers(service or _service.get())
    return tracer.start_span(name, within, kind, attributes=attributes, start_time=since or None)


def _unrecorded(parent: SpanContext) -> Span:
    """Identifiers only: a child's of `parent`, or those of a new trace."""
    found = parent.is_valid
    trace_id, flags = (parent.trace_id, parent.trace_flags) if found else (_identifier(128), TraceFlags.SAMPLED)
    return NonRecordingSpan(SpanContext(trace_id, _identifier(64), is_remote=False, trace_flags=TraceFlags(flags)))


def _identifier(bits: int) -> int:
    return random.getrandbits(bits) or 1  # zero stands for none


def _under(traceparent: str | None) -> contexts.Context:
    """The context below a `traceparent`: the present one for None, one outside of any span where it is none."""
    here = contexts.get_current()
    if traceparent is None:
        return here
    found = TRACEPARENT.fullmatch(traceparent)
    if found is None:
        return trace.set_span_in_context(trace.INVALID_SPAN, here)
    remote = SpanContext(
        int(found[1], 16), int(found[2], 16), is_remote=True, trace_flags=TraceFlags(int(found[3], 16))
    )
    return trace.set_span_in_context(NonRecordingSpan(remote), here)
