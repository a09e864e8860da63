"""Fan-out of NATS messages: one subscription per subject, however many clients watch.

Core NATS may lose a message and a slow client may not keep up. So a mailbox is bounded, in frames and in bytes, drops
what can be had again first, counts what it dropped, and remembers apart from its frames that the watched thing has
changed; who watches then looks at the thing.
"""

import asyncio
import contextlib
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property

import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from gateway.metrics import FRAMES_DROPPED, SUBSCRIBERS

MOST_FRAMES = 256
MOST_BYTES = 8 * 1024 * 1024  # several of the largest reports
FLUSH_SECONDS = 1
logger = structlog.get_logger()


class Frame:
    """A message that reads the same for everyone who may see it, so that each document is answered once for all."""

    expendable = False

    @cached_property
    def answers(self) -> dict[Hashable, bytes]:
        """Encoded answers by document and variables."""
        return {}


Decode = Callable[[Msg], Sequence[Frame] | None]


@dataclass(frozen=True, slots=True)
class Topic:
    """What to watch: a subject and, where it carries everybody's events, the tenant and the stream.

    `decode` gives a message's frames, or None for "look again".
    """

    subject: str
    decode: Decode
    tenant: str = ""
    stream: str = ""


class Mailbox:
    """What one subscriber has not taken yet. `changed_at` is when the watched thing changed last, by time.monotonic."""

    def __init__(self, most: int = MOST_FRAMES, most_bytes: int = MOST_BYTES) -> None:
        self._frames: deque[tuple[Frame, int]] = deque()
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0
        self._missed = 0
        self._news = asyncio.Event()
        self._changed = False
        self.changed_at = time.monotonic()

    def put(self, frames: Sequence[Frame] | None, size: int = 0) -> None:
        """Adds the frames of a message of `size` bytes, or notes a change for None.

        To drop what is not expendable is a change as well.
        """
        if frames is None:
            self._change()
        share = size // len(frames) if frames else 0
        for frame in frames or ():
            self._make_room(share)
            self._frames.append((frame, share))
            self._bytes += share
        self._news.set()

    def _make_room(self, size: int) -> None:
        while self._frames and (len(self._frames) >= self._most or self._bytes + size > self._most_bytes):
            self._drop()

    def _drop(self) -> None:
        place = next((place for place, (frame, _) in enumerate(self._frames) if frame.expendable), 0)
        frame, size = self._frames[place]
        del self._frames[place]
        self._bytes -= size
        self._missed += 1
        if not frame.expendable:
            self._change()
        FRAMES_DROPPED.inc()

    def _change(self) -> None:
        self._changed, self.changed_at = True, time.monotonic()

    async def take(self, seconds: float) -> tuple[Sequence[Frame], bool]:
        """(frames, whether to look at the thing again) as soon as there is news, at the latest after `seconds`."""
        if not self._news.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._news.wait()
        self._news.clear()
        changed, self._changed = self._changed, False
        return self.frames(), changed

    def frames(self) -> Sequence[Frame]:
        """Takes the frames there are."""
        frames = tuple(frame for frame, _ in self._frames)
        self._frames.clear()
        self._bytes = 0
        return frames

    def missed(self) -> int:
        """How many frames were dropped since this was asked last."""
        missed, self._missed = self._missed, 0
        return missed


class Live:
    """The gateway's subscriptions to NATS, shared by all clients."""

    def __init__(self, broker: Client) -> None:
        self._broker = broker
        self._mailboxes: defaultdict[tuple[str, str, str], set[Mailbox]] = defaultdict(set)
        self._subscriptions: dict[str, Subscription] = {}
        self._lock = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def watch(self, *topics: Topic) -> AsyncIterator[Mailbox]:
        """A mailbox that gets everything published on `topics` from here on."""
        mailbox = Mailbox()
        SUBSCRIBERS.inc()
        try:
            await self._join(topics, mailbox)
            yield mailbox
        finally:
            SUBSCRIBERS.dec()
            await asyncio.shield(self._leave(topics, mailbox))

    async def _join(self, topics: Sequence[Topic], mailbox: Mailbox) -> None:
        async with self._lock:
            for topic in topics:
                self._mailboxes[topic.subject, topic.tenant, topic.stream].add(mailbox)
                if topic.subject not in self._subscriptions:
                    self._subscriptions[topic.subject] = await self._broker.subscribe(
                        topic.subject, cb=self._deliver_to(topic)
                    )
            with contextlib.suppress(nats.errors.Error):  # with the broker away, looking again has to do
                await self._broker.flush(FLUSH_SECONDS)

    async def _leave(self, topics: Sequence[Topic], mailbox: Mailbox) -> None:
        async with self._lock:
            for topic in topics:
                place = topic.subject, topic.tenant, topic.stream
                self._mailboxes[place].discard(mailbox)
                if not self._mailboxes[place]:
                    del self._mailboxes[place]
            watched = {subject for subject, _, _ in self._mailboxes}
            for subject in [subject for subject in self._subscriptions if subject not in watched]:
                with contextlib.suppress(nats.errors.Error):
                    await self._subscriptions.pop(subject).unsubscribe()

    def _deliver_to(self, topic: Topic) -> Callable[[Msg], "asyncio.Future[None]"]:
        async def deliver(message: Msg) -> None:
            headers = message.headers or {}
            place = topic.subject, headers.get("ce-tenant", ""), headers.get("ce-subject", "")
            if not (mailboxes := self._mailboxes.get(place)):
                return
            try:
                frames = topic.decode(message)
            except Exception:
                logger.exception("a live message cannot be read", subject=message.subject)
                return
            for mailbox in mailboxes:
                mailbox.put(frames, len(message.data))

        return deliver  # type: ignore[return-value]
