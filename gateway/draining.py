"""An HTTP server that leaves without failing a request: other gateways share its listener and take over.

It stops accepting at once. Kept connections are told to close with their next answer; those that stay idle for
`drain_seconds` are closed then, and a client that writes at just that moment has to connect again, as ever in HTTP.
"""

import asyncio
import socket
from collections.abc import Callable

import uvicorn


class DrainingServer(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, drain_seconds: float, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._drain_seconds = drain_seconds
        self._on_started = on_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        self.server_state.default_headers = [*self.server_state.default_headers, (b"connection", b"close")]
        await asyncio.sleep(self._drain_seconds)
        await super().shutdown(sockets)
