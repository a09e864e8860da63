"""What a process tells of its health. Callers with several replicas leave one that says NOT_SERVING before it stops."""

import asyncio
from typing import Any

from grpc_health.v1 import health_pb2
from grpc_health.v1.health import aio as health

from kernel.cancellation import cancel


class Health(health.HealthServicer):  # type: ignore[misc]
    """The standard service, whose watches end when the server does: otherwise it would wait for them."""

    def __init__(self) -> None:
        super().__init__()
        self._closed = asyncio.Event()

    async def Watch(self, request: health_pb2.HealthCheckRequest, context: Any) -> None:
        watching = asyncio.ensure_future(super().Watch(request, context))
        closed = asyncio.ensure_future(self._closed.wait())
        try:
            await asyncio.wait([watching, closed], return_when=asyncio.FIRST_COMPLETED)
        finally:
            await cancel(watching, closed)
            if not watching.cancelled():
                watching.exception()  # the caller is gone while it was told: nobody is left to hear of it

    def close(self) -> None:
        """Ends every watch."""
        self._closed.set()
