"""W3C trace context, so that one main job is one trace from the browser to the last event."""

import re
import secrets

TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")


def child(traceparent: str) -> str:
    """A span of its own below `traceparent`; the start of a new trace where that is missing or malformed."""
    found = TRACEPARENT.fullmatch(traceparent)
    trace, flags = (found[1], found[3]) if found else (secrets.token_hex(16), "01")
    return f"00-{trace}-{secrets.token_hex(8)}-{flags}"


def trace_id(traceparent: str) -> str:
    """The 32 hexadecimal digits that name the whole trace."""
    return traceparent.split("-")[1] if TRACEPARENT.fullmatch(traceparent) else ""
