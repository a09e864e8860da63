"""Takes secrets out of what is logged, whoever logged it: by the name they go by, and by what they look like.

The last wall, not the first: code should not log them. E-mail addresses go too, as a person may have them forgotten.
"""

import re
from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from typing import Any

REDACTED = "[redacted]"
SECRET_NAME = re.compile(
    r"authorization|cookie|passw|secret|token|credential|signature|assertion|api_?key|private_?key|^grant$", re.I
)
LIKE_SECRETS = (
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.S), REDACTED),
    (re.compile(r"eyJ[\w-]+\.[\w-]+(\.[\w-]*)?"), REDACTED),  # a JWT
    (re.compile(r"nfs?_[a-zA-Z0-9]{4,}_[\w-]{16,}"), REDACTED),  # an API key or share link of ours
    (re.compile(r"\bbearer\s+[^\s\"'`<>]{8,}", re.I), f"Bearer {REDACTED}"),
    (re.compile(r"(?<=://)[^\s/@\"']+@"), f"{REDACTED}@"),  # a URL's user and password
    (re.compile(r"\?[^\s\"'<>]*=[^\s\"'<>]*"), f"?{REDACTED}"),  # a URL's query, which may be presigned
    (re.compile(r"(\bauthorization[\"']?\s*[=:]\s*[\"']?)(\w+\s+)?[^\s\"',;)}]+", re.I), rf"\1{REDACTED}"),
    (
        re.compile(r"((?:password|secret|token|api[_-]?key)[\"']?\s*[=:]\s*[\"']?)[^\s\"',;&)}]+", re.I),
        rf"\1{REDACTED}",
    ),
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), REDACTED),  # an e-mail address
)
HINT = re.compile(r"[=:@?]|eyJ|nfs?_|[Bb][Ee][Aa][Rr][Ee][Rr]|-----BEGIN")  # without any of these there is none
OURS = frozenset(("level", "timestamp", "trace_id", "span_id"))


def redact(logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor, to stand right before the renderer."""
    for name, value in event.items():
        if name not in OURS:
            event[name] = _redacted(name, value)
    return event


def _redacted(name: str, value: Any) -> Any:
    if value and _is_secret(name):
        return REDACTED
    match value:
        case str():
            return without_secrets(value)
        case bytes():
            return without_secrets(value.decode(errors="replace"))
        case None | bool() | int() | float():
            return value
        case Mapping():
            return {str(key): _redacted(str(key), item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_redacted("", item) for item in value]
        case _:
            return without_secrets(repr(value))


@lru_cache(1024)
def _is_secret(name: str) -> bool:
    return SECRET_NAME.search(name) is not None


def without_secrets(text: str) -> str:
    """The text, with REDACTED in place of what looks like a secret."""
    if HINT.search(text):
        for pattern, instead in LIKE_SECRETS:
            text = pattern.sub(instead, text)
    return text
