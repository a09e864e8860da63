"""Where the signed-in person is signed in."""

from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry

from gateway.context import Info
from gateway.errors import Refusal
from kernel.clock import moment
from neuralforge.workspace.v1 import service_pb2 as api


@strawberry.type(description="One device that has signed in.")
class Session:
    id: strawberry.ID
    device: str = strawberry.field(description='Such as "Firefox on Linux"; empty where it is not known.')
    created_at: datetime
    refreshed_at: datetime = strawberry.field(description="When it was last in use, to a few minutes.")
    expires_at: datetime
    current: bool = strawberry.field(description="The session this request was made in.")


@strawberry.type(description="What was to end has ended; grants given out before live on for at most five minutes.")
class OpenSessions:
    sessions: list[Session] = strawberry.field(description="Those that go on.")


RevokeSessionResult: TypeAlias = Annotated[OpenSessions | Refusal, strawberry.union("RevokeSessionResult")]
LogOutEverywhereResult: TypeAlias = Annotated[OpenSessions | Refusal, strawberry.union("LogOutEverywhereResult")]


def session(message: api.Session) -> Session:
    return Session(
        id=strawberry.ID(message.id),
        device=message.device,
        created_at=moment(message.created_at),
        refreshed_at=moment(message.refreshed_at),
        expires_at=moment(message.expires_at),
        current=message.current,
    )


async def open_sessions(info: Info) -> list[Session]:
    answer = await info.context.ask(info.context.stubs.sessions.ListSessions, api.ListSessionsRequest())
    return [session(each) for each in answer.sessions]


@strawberry.type
class SessionQuery:
    @strawberry.field(description="The person's open sessions, the one used last first.")
    async def sessions(self, info: Info) -> list[Session]:
        return await open_sessions(info)


@strawberry.type
class SessionMutation:
    @strawberry.mutation
    async def revoke_session(self, info: Info, id: strawberry.ID, key: str | None = None) -> RevokeSessionResult:
        request = api.RevokeSessionRequest(session_id=id)
        await info.context.command(info.context.stubs.sessions.RevokeSession, request, key)
        return OpenSessions(sessions=await open_sessions(info))

    @strawberry.mutation
    async def log_out_everywhere(
        self, info: Info, keep_current: bool = False, key: str | None = None
    ) -> LogOutEverywhereResult:
        request = api.LogOutEverywhereRequest(keep_current=keep_current)
        await info.context.command(info.context.stubs.sessions.LogOutEverywhere, request, key)
        return OpenSessions(sessions=await open_sessions(info))
