"""What a person signs in with, as their list of sessions shows it: "Firefox on Android"."""

from functools import lru_cache

from starlette.requests import HTTPConnection
from ua_parser import parse

LONGEST_HEADER = 500
LONGEST = 100


def device_of(connection: HTTPConnection) -> str:
    """Browser and system from the header User-Agent; empty where it tells neither. No version, nothing to track by."""
    return _device(connection.headers.get("user-agent", "")[:LONGEST_HEADER])


@lru_cache(256)
def _device(header: str) -> str:
    found = parse(header)
    names = [found.user_agent and found.user_agent.family, found.os and found.os.family]
    return " on ".join(name for name in names if name)[:LONGEST]
