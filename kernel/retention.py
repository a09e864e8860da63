"""What a service does not keep for ever: answers to repeated commands, heartbeats of jobs, messages all have taken.

Events are kept. Every process cleans up by itself, a little at a time; two at once do no harm.
"""

import asyncio

import nats.errors
import structlog
from nats.aio.client import Client

from kernel.database import Database
from kernel.errors import Unavailable
from kernel.jetstream import trim

DAYS = 30
EVERY_SECONDS = 3600.0
FIRST_SECONDS = 60.0
AT_ONCE = 2000
OLD = "recorded_at < now() - make_interval(days => %s)"
COMMANDS = f"DELETE FROM commands WHERE ctid = ANY(ARRAY(SELECT ctid FROM commands WHERE {OLD} LIMIT %s))"
HEARTBEATS = "DELETE FROM heartbeats WHERE heard_at < now() - make_interval(days => %s)"
logger = structlog.get_logger()


class Retention:
    """Of one service, and of the stream that its relay publishes to."""

    def __init__(self, context: str, database: Database, broker: Client) -> None:
        self._context = context
        self._database = database
        self._broker = broker

    async def run(self) -> None:
        """Once an hour; what fails is tried again in the next."""
        await asyncio.sleep(FIRST_SECONDS)
        while True:
            try:
                await self.clean()
            except (Unavailable, nats.errors.Error, OSError) as error:
                logger.warning("clean-up failed", context=self._context, error=repr(error))
            await asyncio.sleep(EVERY_SECONDS)

    async def clean(self) -> int:
        """Does it now; returns how many old answers went."""
        gone = 0
        while some := await self._database.execute(COMMANDS, DAYS, AT_ONCE):
            gone += some
            await asyncio.sleep(0)
        await self._database.execute(HEARTBEATS, DAYS)
        await trim(self._broker.jetstream(), self._context)
        return gone
