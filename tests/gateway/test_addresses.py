"""Whom a request comes from: the peer, or what as many proxies as are our own say."""

from typing import Any

import pytest
from starlette.requests import HTTPConnection
from starlette.types import Message, Receive, Scope, Send

from gateway.addresses import TrustedHops, network_of

PEER = ("192.0.2.1", 4711)


async def seen(hops: int, *headers: tuple[str, str], kind: str = "http") -> Scope:
    """The scope the application gets."""
    found: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        found.append(scope)

    async def receive() -> Message:
        raise AssertionError("nothing is read")

    async def send(message: Message) -> None:
        raise AssertionError("nothing is sent")

    scope: dict[str, Any] = {
        "type": kind,
        "client": PEER,
        "scheme": "http" if kind == "http" else "ws",
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }
    await TrustedHops(app, hops=hops)(scope, receive, send)
    return found[0]


@pytest.mark.parametrize(
    ("hops", "forwarded", "client"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "192.0.2.1"),
    ],
)
async def test_only_places_written_by_our_own_proxies_count(hops: int, forwarded: str, client: str) -> None:
    scope = await seen(hops, ("x-forwarded-for", forwarded))
    assert network_of(HTTPConnection(scope)) == client


async def test_several_headers_read_as_one() -> None:
    scope = await seen(1, ("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "203.0.113.9"))
    assert scope["client"][0] == "203.0.113.9"


@pytest.mark.parametrize(("kind", "scheme"), [("http", "https"), ("websocket", "wss")])
async def test_the_scheme_is_the_clients(kind: str, scheme: str) -> None:
    forwarded = [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-proto", "https")]
    assert (await seen(1, *forwarded, kind=kind))["scheme"] == scheme
    assert (await seen(0, *forwarded, kind=kind))["scheme"] == ("http" if kind == "http" else "ws")


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("not an address", "not an address"),
        ("", "unknown"),
    ],
)
def test_an_ipv6_network_counts_as_one(host: str, network: str) -> None:
    assert network_of(HTTPConnection({"type": "http", "client": (host, 0), "headers": []})) == network
