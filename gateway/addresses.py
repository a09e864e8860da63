"""Who a request comes from, as far as the network says: behind proxies of our own, what those say."""

import ipaddress

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

NETWORK_BITS = 64  # one household or one machine has a whole IPv6 network of this size


class TrustedHops:
    """ASGI middleware: takes client and scheme from the headers of the proxies in front, `hops` of them.

    Each proxy appends whom it heard from, so the client stands `hops` places from the right of X-Forwarded-For; what
    is left of that the client may have written itself. With fewer places than that the headers are not believed.
    """

    def __init__(self, app: ASGIApp, *, hops: int) -> None:
        self._app = app
        self._hops = hops

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._hops and scope["type"] in ("http", "websocket"):
            scope = {**scope, **_forwarded(Headers(scope=scope), self._hops, scope["type"] == "websocket")}
        await self._app(scope, receive, send)


def _forwarded(headers: Headers, hops: int, socket: bool) -> Scope:
    found: Scope = {}
    addresses = _places(headers, "x-forwarded-for")
    if len(addresses) >= hops:
        found["client"] = (addresses[-hops], 0)
    schemes = _places(headers, "x-forwarded-proto")
    if schemes and schemes[-min(hops, len(schemes))] in ("http", "https"):
        secure = schemes[-min(hops, len(schemes))] == "https"
        found["scheme"] = ("wss" if secure else "ws") if socket else ("https" if secure else "http")
    return found


def _places(headers: Headers, name: str) -> list[str]:
    return [place.strip() for value in headers.getlist(name) for place in value.split(",")]


def network_of(connection: HTTPConnection) -> str:
    """The client's address as it is counted: an IPv4 address, or the network of an IPv6 one."""
    host = connection.client.host if connection.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host[:64] or "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, NETWORK_BITS), strict=False))
    return str(address)
