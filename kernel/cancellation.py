"""Ends tasks for certain. A cancellation can get lost: on Python 3.11 `asyncio.wait_for` drops one that comes together
with its result. So ask again until the task has ended.
"""

import asyncio
from typing import Any

ASK_AGAIN_SECONDS = 0.5


async def cancel(*tasks: asyncio.Task[Any]) -> None:
    """Returns once every task has ended; what they raised is left in them."""
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=ASK_AGAIN_SECONDS)
