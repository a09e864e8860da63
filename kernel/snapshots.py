"""Snapshots of long streams, so that loading one cold does not fold it from its first event.

A snapshot only saves time; the log stays the truth. It counts for the event it was taken at, by id, and for the code
that folded it: where the log has another event there, or that code has changed, it is passed over and replaced.
"""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Generic, TypeVar
from uuid import UUID

import structlog

from kernel.database import Database

State = TypeVar("State")
EVERY = 500
logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Form(Generic[State]):
    """How states become bytes and states again. `decode` raises ValueError for what it does not understand.

    `modules` are all whose code the state depends on, packages with everything in them; any change to one of them
    does away with the snapshots there are. Both functions run in a thread.
    """

    encode: Callable[[State], bytes]
    decode: Callable[[bytes], State]
    modules: tuple[ModuleType, ...]

    def fold_hash(self) -> bytes:
        digest = hashlib.sha256()
        for module in self.modules:
            file = Path(str(module.__file__))
            for path in sorted(file.parent.rglob("*.py")) if hasattr(module, "__path__") else [file]:
                digest.update(path.read_bytes())
        return digest.digest()


@dataclass(frozen=True, slots=True)
class Snapshot(Generic[State]):
    """The state after the event `event_id`, which was number `version` of its stream."""

    state: State
    version: int
    event_id: UUID


def due(version: int, kept: int) -> bool:
    """Whether a stream at `version`, last kept at `kept`, has grown enough for a new snapshot: by 500 and by a tenth.

    So all snapshots of a stream together cost about ten times its last one, however long it gets.
    """
    return version - kept >= max(EVERY, version // 10)


class Snapshots(Generic[State]):
    """Those of one aggregate, in the service's own database: the newest of each stream."""

    def __init__(self, database: Database, form: Form[State]) -> None:
        self._database = database
        self._form = form
        self._hash = form.fold_hash()

    async def newest(self, tenant: str, stream: str) -> Snapshot[State] | None:
        """That of this very code, if there is one."""
        rows = await self._database.fetch_of(
            tenant,
            "SELECT version, event_id, state FROM snapshots WHERE tenant = %s AND stream = %s AND fold_hash = %s",
            *(tenant, stream, self._hash),
        )
        for version, event_id, data in rows:
            try:
                return Snapshot(await asyncio.to_thread(self._form.decode, data), version, event_id)
            except ValueError as error:  # damaged: as good as none
                logger.warning("snapshot not understood", stream=stream, error=repr(error))
        return None

    async def keep(self, tenant: str, stream: str, snapshot: Snapshot[State]) -> None:
        """Replaces an older one, and any that other code has made."""
        data = await asyncio.to_thread(self._form.encode, snapshot.state)
        await self._database.execute(
            "INSERT INTO snapshots (tenant, stream, version, event_id, fold_hash, state) "
            "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (tenant, stream) DO UPDATE SET version = excluded.version, "
            "event_id = excluded.event_id, fold_hash = excluded.fold_hash, state = excluded.state, recorded_at = now() "
            "WHERE snapshots.version < excluded.version OR snapshots.fold_hash <> excluded.fold_hash",
            *(tenant, stream, snapshot.version, snapshot.event_id, self._hash, data),
        )
