"""Reactions to other contexts' events: in order, at least once delivered, taking effect once.

Effects on the service's own tables share a transaction with the consumer's position; effects through its log
carry the event's id as idempotency key. What still fails after MOST_DELIVERIES goes to `dead_letters`, unless it
fails because a part is away: that part comes back.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import nats.errors
import nats.js.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.client import JetStreamContext

from kernel.cancellation import cancel
from kernel.cloud_events import messaging, received, subject
from kernel.database import Connection, Database
from kernel.dead_letters import DeadLetters, React
from kernel.errors import Unavailable
from kernel.events import EventTypes
from kernel.jetstream import ensure_history, stream_name
from kernel.leader import lead
from kernel.log import Recorded
from kernel.metrics import EVENTS_BURIED
from kernel.tenancy import acting_for
from kernel.trace import CONSUMER, span

__all__ = ["Consumer", "React"]
ACK_SECONDS = 5.0  # after which the broker delivers again what a dead process had taken
EFFECT_SECONDS = 27.0
FETCH_SECONDS = 5.0
LOOK_SECONDS = 1.0
MOST_DELIVERIES = 8
BACK_OFF_SECONDS = (0.1, 0.5, 1, 2, 5, 10, 20)
LONGEST_AWAY_SECONDS = 2.0  # between looks at a part that is away: everything behind the event waits for it too
logger = structlog.get_logger()


class Consumer:
    """`react(event, connection)` for the events of one context that match `filter`."""

    def __init__(
        self,
        context: str,
        of: str,
        types: EventTypes,
        react: React,
        database: Database,
        broker: Client,
        filter: str = ">",
    ) -> None:
        self.name = f"{context}-from-{of}"
        self._of = of
        self._filter = f"nf.{of}.{filter}"
        self._types = types
        self._react = self._traced(react)
        self._context = context
        self._database = database
        self._broker = broker
        self._dead_letters = DeadLetters(self.name, types, database)

    def _traced(self, react: React) -> React:
        """The reaction in the trace of the command that caused the event."""

        async def traced(recorded: Recorded, connection: Connection) -> None:
            place = subject(recorded)
            group = {"messaging.operation.type": "process", "messaging.consumer.group.name": self.name}
            with span(
                f"process {place}",
                CONSUMER,
                parent=recorded.meta.get("traceparent", ""),
                service=self._context,
                attributes=group | messaging(place),
            ):
                await react(recorded, connection)

        return traced

    async def run(self) -> None:
        """Consumes in one process of the service at a time."""
        await lead(self._database, self.name, self._follow)

    async def waiting(self) -> int:
        """How many events it has not taken yet; raises where the broker does not answer or does not know it."""
        jetstream = self._broker.jetstream(timeout=LOOK_SECONDS)
        info = await jetstream.consumer_info(stream_name(self._of), self.name)
        return (info.num_pending or 0) + (info.num_ack_pending or 0)

    async def _follow(self) -> None:
        subscription = await self._subscribe()
        try:
            while True:
                await self._dead_letters.take_requested(self._react)
                await self._take_next(subscription)
        finally:
            with contextlib.suppress(nats.errors.Error):
                await subscription.unsubscribe()

    async def _take_next(self, subscription: JetStreamContext.PullSubscription) -> None:
        try:
            messages = await subscription.fetch(1, timeout=FETCH_SECONDS)
        except (TimeoutError, nats.errors.TimeoutError):
            await subscription.consumer_info()  # raises where the broker lost the consumer
            return
        for message in messages:
            await self._take(message)

    async def _subscribe(self) -> JetStreamContext.PullSubscription:
        """One message in flight at a time: the order of positions is what makes skipping safe.

        The broker delivers until there is an answer: what it gave up by itself would stay behind unseen.
        """
        jetstream, stream = self._broker.jetstream(), stream_name(self._of)
        await ensure_history(jetstream, self._of, self.name)
        config = ConsumerConfig(
            durable_name=self.name,
            deliver_policy=DeliverPolicy.ALL,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=ACK_SECONDS,
            max_ack_pending=1,
            max_deliver=-1,
            filter_subject=self._filter,
        )
        await jetstream.add_consumer(stream, config)  # or brings that of an earlier release up to date
        return await jetstream.pull_subscribe_bind(durable=self.name, stream=stream)

    async def _take(self, message: Msg) -> None:
        try:
            async with asyncio.timeout(EFFECT_SECONDS), _told(message):
                await self._effect(message)
        except Exception as error:
            delivered = message.metadata.num_delivered
            logger.warning(
                "event not taken", consumer=self.name, subject=message.subject, attempt=delivered, error=repr(error)
            )
            if delivered < MOST_DELIVERIES or isinstance(error, Unavailable):
                delay = BACK_OFF_SECONDS[min(delivered, len(BACK_OFF_SECONDS)) - 1]
                await message.nak(delay=min(delay, LONGEST_AWAY_SECONDS) if isinstance(error, Unavailable) else delay)
                return
            await self._bury(message, error)
        await message.ack()

    async def _effect(self, message: Msg) -> None:
        position = _position(message)
        async with self._database.transaction() as connection:
            if position and not await self._pass(connection, position):
                return
            recorded = received(message.headers or {}, message.data, self._types)
            with acting_for(recorded.tenant):
                await self._react(recorded, connection)

    async def _pass(self, connection: Connection, position: int) -> bool:
        """Moves the checkpoint, which others wait for until the commit; False where it had come this far before."""
        cursor = await connection.execute(
            "INSERT INTO checkpoints (name, position) VALUES (%s, %s) "
            "ON CONFLICT (name) DO UPDATE SET position = excluded.position "
            "WHERE checkpoints.position < excluded.position",
            (self.name, position),
        )
        return cursor.rowcount == 1

    async def _bury(self, message: Msg, error: Exception) -> None:
        """Keeps what cannot be taken where an operator finds it, and goes on."""
        position = _position(message)
        async with self._database.transaction() as connection:
            await self._dead_letters.keep(connection, message, position, error)
            await self._pass(connection, position)
        EVENTS_BURIED.labels(self.name).inc()
        logger.error("event buried", consumer=self.name, subject=message.subject, position=position)


@contextlib.asynccontextmanager
async def _told(message: Msg) -> AsyncIterator[None]:
    """The broker is told meanwhile that there is work on the message, so that it may give up a dead process soon."""

    async def tell() -> None:
        while True:
            await asyncio.sleep(ACK_SECONDS / 3)
            with contextlib.suppress(nats.errors.Error):  # it delivers again then, which is passed over
                await message.in_progress()

    telling = asyncio.create_task(tell())
    try:
        yield
    finally:
        await cancel(telling)


def _position(message: Msg) -> int:
    """The event's place in its log, 0 where the message is no event of ours."""
    text = (message.headers or {}).get("ce-position", "")
    return int(text) if text.isdecimal() else 0
