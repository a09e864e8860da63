"""The read model of open sessions and the query on it. A session's row goes when it is closed."""

from collections.abc import Sequence

from kernel.clock import Clock, moment, timestamp
from kernel.database import Database
from kernel.log import Recorded
from kernel.projection import Statements
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1.events_pb2 import SessionClosed, SessionOpened, SessionRotated, SessionsEnded

MOST = 100
TABLES = ("sessions", "ended_sessions")


def project(recorded: Recorded, execute: Statements) -> None:
    match recorded.event:
        case SessionOpened() as opened:
            execute(
                "INSERT INTO sessions (id, user_id, device, generation, created_at, refreshed_at, expires_at) "
                "VALUES (%s, %s, %s, %s, %s, %s, %s)",
                *(opened.session_id, opened.user_id, opened.device, opened.generation),
                *(moment(opened.at), moment(opened.at), moment(opened.expires_at)),
            )
        case SessionRotated() as rotated:
            execute(
                "UPDATE sessions SET refreshed_at = %s, expires_at = %s WHERE id = %s",
                *(moment(rotated.at), moment(rotated.expires_at), session_of(recorded)),
            )
        case SessionClosed():
            execute("DELETE FROM sessions WHERE id = %s", session_of(recorded))
        case SessionsEnded() as ended:
            execute(
                "INSERT INTO ended_sessions (user_id, generation, kept) VALUES (%s, %s, %s) ON CONFLICT (user_id) "
                "DO UPDATE SET generation = excluded.generation, kept = excluded.kept",
                *(ended.user_id, ended.generation, ended.kept_session_id),
            )


def session_of(recorded: Recorded) -> str:
    return recorded.stream.removeprefix("session-")


async def list_sessions(database: Database, user_id: str, current: str, clock: Clock) -> Sequence[api.Session]:
    """The person's open sessions, the one used last first."""
    rows = await database.fetch(
        "SELECT id, device, created_at, refreshed_at, expires_at FROM sessions s "
        "LEFT JOIN ended_sessions e USING (user_id) WHERE user_id = %s AND expires_at > %s "
        "AND (s.generation >= coalesce(e.generation, 0) OR s.id = e.kept) ORDER BY refreshed_at DESC, id LIMIT %s",
        *(user_id, clock(), MOST),
    )
    return [
        api.Session(
            id=id,
            device=device,
            created_at=timestamp(created_at),
            refreshed_at=timestamp(refreshed_at),
            expires_at=timestamp(expires_at),
            current=id == current,
        )
        for id, device, created_at, refreshed_at, expires_at in rows
    ]
