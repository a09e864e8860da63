"""Commands on streams: load by folding, decide, append with the expected version, answer from what was decided."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeAlias, TypeVar
from weakref import WeakValueDictionary

import structlog
from google.protobuf.message import Message

from kernel.call import current_call, with_position
from kernel.errors import StaleStream
from kernel.log import Append, EventLog, Key, Recorded, Write
from kernel.snapshots import Snapshot, Snapshots, due

State = TypeVar("State")
Response = TypeVar("Response", bound=Message)
Result = TypeVar("Result")
Maybe: TypeAlias = Result | Awaitable[Result]
MOST_ATTEMPTS = 8
MOST_CACHED = 512
logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Loaded(Generic[State]):
    """A stream's state and the version it stands for; version 0 is a stream that does not exist.

    `kept` is the version of the stream's newest snapshot, `traceparent` where its last event was recorded.
    """

    state: State
    version: int
    kept: int = 0
    traceparent: str = ""


class Aggregate(Generic[State]):
    """Streams `<prefix>-<id>` whose state is `fold(evolve, initial)`. States must be immutable: they are cached."""

    def __init__(
        self,
        log: EventLog,
        prefix: str,
        initial: State,
        evolve: Callable[[State, Message], State],
        snapshots: Snapshots[State] | None = None,
    ) -> None:
        self.log = log
        self._snapshots = snapshots
        self._keeping: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._prefix = prefix
        self._initial = initial
        self._evolve = evolve
        self._cache: OrderedDict[tuple[str, str], Loaded[State]] = OrderedDict()
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    def stream(self, id: str) -> str:
        return f"{self._prefix}-{id}"

    async def history(self, tenant: str, id: str, *, after: int = 0, limit: int | None = None) -> Sequence[Recorded]:
        """The events of one stream in order: all, or the first `limit` after the version `after`."""
        return await self.log.read_stream(tenant, self.stream(id), after=after, limit=limit)

    def fold(self, events: Sequence[Recorded | Message]) -> State:
        """The state after `events`, from the beginning."""
        state = self._initial
        for event in events:
            state = self._evolve(state, event.event if isinstance(event, Recorded) else event)
        return state

    async def load(self, tenant: str, id: str) -> Loaded[State]:
        """The present state of one stream."""
        known = self._cache.get((tenant, id)) or await self._kept(tenant, id) or Loaded(self._initial, 0)
        state, version, trace = known.state, known.version, known.traceparent
        for recorded in await self.log.read_stream(tenant, self.stream(id), after=version):
            state, version = self._evolve(state, recorded.event), recorded.version
            trace = recorded.meta.get("traceparent", "")
        loaded = Loaded(state, version, known.kept, trace)
        if version:
            self._remember((tenant, id), loaded)
        return loaded

    async def _kept(self, tenant: str, id: str) -> Loaded[State] | None:
        """The state of the stream's snapshot, where the log has the event it was taken at."""
        found = self._snapshots and await self._snapshots.newest(tenant, self.stream(id))
        if not found:
            return None
        events = await self.log.read_stream(tenant, self.stream(id), after=found.version - 1, limit=1)
        if [event.id for event in events] != [found.event_id]:
            return None
        return Loaded(found.state, found.version, found.version)

    def _remember(self, key: tuple[str, str], loaded: Loaded[State]) -> None:
        if self._snapshots and key not in self._keeping and due(loaded.version, loaded.kept):
            loaded = replace(loaded, kept=loaded.version)
            task = self._keeping[key] = asyncio.create_task(self._keep(self._snapshots, *key, loaded))
            task.add_done_callback(lambda _: self._keeping.pop(key))
        self._cache[key] = loaded
        self._cache.move_to_end(key)
        if len(self._cache) > MOST_CACHED:
            self._cache.popitem(last=False)

    async def _keep(self, snapshots: Snapshots[State], tenant: str, id: str, loaded: Loaded[State]) -> None:
        """Beside the work, and without failing it: what was not kept is kept some events later."""
        try:
            events = await self.log.read_stream(tenant, self.stream(id), after=loaded.version - 1, limit=1)
            snapshot = Snapshot(loaded.state, loaded.version, events[0].id)
            await snapshots.keep(tenant, self.stream(id), snapshot)
        except Exception as error:
            logger.warning("snapshot not kept", stream=self.stream(id), error=repr(error))

    async def handle(
        self,
        tenant: str,
        id: str,
        decide: Callable[[State], Maybe[Sequence[Message]]],
        respond: Callable[[State], Maybe[Response]],
        *,
        alongside: Sequence[Write] | Callable[[State, Sequence[Message]], Sequence[Write]] = (),
        key: Key | None = None,
    ) -> Response:
        """Appends what `decide` returns and answers `respond(new state)`, with the log position filled in.

        `decide` may run again when another writer was faster; after MOST_ATTEMPTS the StaleStream reaches the
        caller. `alongside` are writes to other streams in the same append, or makes them of (the state decided on, the
        events). `key` defaults to the current call's. Both functions may be coroutine functions, for work that belongs
        into a thread.
        """
        call = current_call()
        key = key or call.key
        async with self._lock(tenant, id):
            for attempt in range(1, MOST_ATTEMPTS + 1):
                loaded = await self.load(tenant, id)
                events = list(await _settled(decide(loaded.state)))
                state = loaded.state
                for event in events:
                    state = self._evolve(state, event)
                response = await _settled(respond(state))
                write = Write(tenant, self.stream(id), loaded.version, events)
                beside = alongside(loaded.state, events) if callable(alongside) else alongside
                if not events and not beside and not key:
                    return with_position(response, await self.log.head())  # already done, and nothing to remember
                writes = [write, *beside] if events else list(beside)
                request = Append(writes, key, response.SerializeToString(), call.meta)
                try:
                    appended = await self.log.append(request)
                except StaleStream:
                    if attempt == MOST_ATTEMPTS:
                        raise
                    continue
                if appended.replayed:
                    response = type(response).FromString(appended.response)
                elif events:
                    trace = request.meta.get("traceparent", "")
                    self._remember((tenant, id), Loaded(state, loaded.version + len(events), loaded.kept, trace))
                return with_position(response, appended.position)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _lock(self, tenant: str, id: str) -> asyncio.Lock:
        lock = self._locks.get((tenant, id))
        if lock is None:
            lock = self._locks[tenant, id] = asyncio.Lock()
        return lock


async def _settled(value: Maybe[Result]) -> Result:
    return await value if isinstance(value, Awaitable) else value
