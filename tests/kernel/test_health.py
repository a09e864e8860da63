"""Watches of a process's health."""

import asyncio
import gc
from typing import Any

from grpc_health.v1 import health_pb2

from kernel.health import Health


class Gone:
    """The context of a caller that has left."""

    async def write(self, message: object) -> None:
        raise ConnectionError("gone")


async def test_a_caller_that_is_gone_while_it_is_told_is_no_fault() -> None:
    faults: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, fault: faults.append(fault))
    await Health().Watch(health_pb2.HealthCheckRequest(), Gone())
    gc.collect()
    await asyncio.sleep(0)
    assert faults == []
