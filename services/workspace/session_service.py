"""SessionService: where the signed-in person is signed in, and how that ends."""

from typing import Any

from kernel.aggregate import Aggregate
from kernel.call import current_call
from kernel.clock import Clock
from kernel.database import Database
from kernel.errors import Denied
from kernel.grants import Grant
from kernel.log import SYSTEM_TENANT
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1 import service_pb2_grpc as rpc
from services.workspace import accounts, sessions
from services.workspace.accounts import User
from services.workspace.session_list import list_sessions
from services.workspace.sessions import Session


class SessionService(rpc.SessionServiceServicer):
    """Closing ends refreshing at once; the grants of a closed session live on for GRANT_SECONDS at most."""

    def __init__(
        self, users: Aggregate[User], open_sessions: Aggregate[Session], database: Database, clock: Clock
    ) -> None:
        self._users = users
        self._sessions = open_sessions
        self._database = database
        self._clock = clock

    async def ListSessions(self, request: api.ListSessionsRequest, context: Any) -> api.ListSessionsResponse:
        caller = signed_in()
        found = await list_sessions(self._database, caller.subject, caller.session, self._clock)
        return api.ListSessionsResponse(sessions=found)

    async def RevokeSession(self, request: api.RevokeSessionRequest, context: Any) -> api.RevokeSessionResponse:
        caller, now = signed_in(), self._clock()
        return await self._sessions.handle(
            SYSTEM_TENANT,
            request.session_id,
            lambda session: sessions.revoke(session, caller.subject, now),
            lambda _: api.RevokeSessionResponse(),
        )

    async def LogOutEverywhere(
        self, request: api.LogOutEverywhereRequest, context: Any
    ) -> api.LogOutEverywhereResponse:
        caller, now = signed_in(), self._clock()
        kept = caller.session if request.keep_current else ""
        return await self._users.handle(
            SYSTEM_TENANT,
            caller.subject,
            lambda user: [accounts.end_sessions(user, kept, now)],
            lambda _: api.LogOutEverywhereResponse(),
        )


def signed_in() -> Grant:
    """The caller's grant; raises Denied unless a session of a person holds it: no key may act on the account itself."""
    call = current_call()
    if not call.caller.session:
        raise Denied(f"{call.method} is for people who are signed in; log in, keys and links may not do this")
    return call.caller
