"""Publishes a service's log to JetStream, in order, at least once; the log stays the truth.

The checkpoint remembers which stream it published to. Where that stream was lost, wiped or cut short, the relay
starts again from the beginning of the log: consumers pass over what they have done already.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from nats.aio.client import Client
from nats.js.api import Header, PubAck, StreamInfo
from psycopg.types.json import Jsonb

from kernel.clock import utc_now
from kernel.cloud_events import headers, messaging, subject
from kernel.database import Database
from kernel.jetstream import ensure_stream, stream_name
from kernel.leader import lead
from kernel.log import EventLog, Recorded
from kernel.trace import PRODUCER, current, span
from kernel.watch import Watch

BATCH = 256
POLL_SECONDS = 5.0
ACK_SECONDS = 5.0
CHECK_SECONDS = 5.0
MOST_UNSTORED = 3
REPUBLISHED = timedelta(hours=1)  # what is older is sent once more, and no part of what happened then
logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far the log is published, and to which incarnation of the stream."""

    position: int = 0
    created: str = ""
    sequence: int = 0


class Relay:
    """One context's publisher; runs in every process of a service, leads in one. It passes over `private` types."""

    def __init__(
        self, context: str, log: EventLog, database: Database, broker: Client, private: Collection[str] = ()
    ) -> None:
        self._context = context
        self._log = log
        self._database = database
        self._broker = broker
        self._private = private
        self._jetstream = broker.jetstream(timeout=ACK_SECONDS)
        self._checkpoint = Checkpoint()
        self._place: dict[str, str] = {}
        self._unstored = 0

    async def run(self) -> None:
        """Leads when no other process does; on a fault starts again from the checkpoint."""
        await lead(self._database, "relay", self._follow)

    async def _follow(self) -> None:
        watch = self._log.watch()
        self._checkpoint = await self._load()
        while True:
            await self._verify()
            await self._publish_until(asyncio.get_running_loop().time() + CHECK_SECONDS, watch)

    async def _verify(self) -> None:
        """Makes sure of the stream; rewinds where it is not the one, or not all, that was published to."""
        info = await ensure_stream(self._jetstream, self._context)
        if self._unstored >= MOST_UNSTORED:
            info = await self._make_anew()
        created, last = str(info.created), info.state.last_seq
        if created != self._checkpoint.created or last < self._checkpoint.sequence:
            if self._checkpoint.created:
                logger.warning("stream lost or cut short, publishing again", context=self._context)
            await self._save(Checkpoint(0, created, last))
        self._place = {Header.EXPECTED_LAST_SEQUENCE: str(last)}

    async def _make_anew(self) -> StreamInfo:
        """A stream whose disk was full once answers, and stores nothing until its server restarts, or it is made anew.

        That loses nothing, for the log is published again.
        """
        logger.warning("stream answers and stores nothing, making it anew", context=self._context)
        await self._jetstream.delete_stream(stream_name(self._context))
        self._unstored = 0
        return await ensure_stream(self._jetstream, self._context)

    async def _publish_until(self, deadline: float, watch: Watch) -> None:
        while (left := deadline - asyncio.get_running_loop().time()) > 0:
            events = await self._log.read_all(after=self._checkpoint.position, limit=BATCH)
            if events:
                await self._publish(events)
            else:
                await watch.wait(min(left, POLL_SECONDS))

    async def _publish(self, events: Sequence[Recorded]) -> None:
        """Publishes in order, waits for every acknowledgement, then moves the checkpoint."""
        sent: list[asyncio.Future[PubAck]] = []
        try:
            for event in events:
                if event.type not in self._private:
                    sent.append(await self._send(event))
            async with asyncio.timeout(ACK_SECONDS):
                acknowledgements = await asyncio.gather(*sent)
            self._unstored = 0
        except TimeoutError:
            self._unstored += 1
            raise
        finally:
            for answer in sent:
                answer.cancel()  # the client lets only so many wait
        last = max((acknowledgement.seq for acknowledgement in acknowledgements), default=self._checkpoint.sequence)
        await self._save(Checkpoint(events[-1].position, self._checkpoint.created, last))

    async def _send(self, event: Recorded) -> asyncio.Future[PubAck]:
        """Names the message's place: behind any other than its predecessor the broker refuses it.

        Without that, what a broken connection swallowed would be overtaken by what waited behind it in the client,
        and consumers, who pass over lower positions than they have seen, would never take it.
        """
        place = self._place
        self._place = {Header.EXPECTED_LAST_MSG_ID: str(event.id)}
        parent = event.meta.get("traceparent", "")
        if not parent or utc_now() - event.recorded_at > REPUBLISHED:
            return await self._publish_at(place, event, headers(event))
        attributes = {"messaging.operation.type": "send", **messaging(subject(event))}
        with span(f"send {subject(event)}", PRODUCER, parent=parent, service=self._context, attributes=attributes):
            return await self._publish_at(place, event, headers(event, current()))

    async def _publish_at(self, place: dict[str, str], event: Recorded, told: dict[str, str]) -> asyncio.Future[PubAck]:
        return await self._jetstream.publish_async(
            subject(event),
            event.event.SerializeToString(),
            stream=stream_name(self._context),
            headers=told | place,
        )

    async def _load(self) -> Checkpoint:
        row = await self._database.fetch_one("SELECT position, detail FROM checkpoints WHERE name = 'relay'")
        return Checkpoint(row[0], row[1]["created"], row[1]["sequence"]) if row else Checkpoint()

    async def _save(self, checkpoint: Checkpoint) -> None:
        await self._database.execute(
            "INSERT INTO checkpoints (name, position, detail) VALUES ('relay', %s, %s) "
            "ON CONFLICT (name) DO UPDATE SET position = excluded.position, detail = excluded.detail",
            checkpoint.position,
            Jsonb({"created": checkpoint.created, "sequence": checkpoint.sequence}),
        )
        self._checkpoint = checkpoint
