"""Deleting an account over gRPC: proves who asks, gathers what is concerned, writes, and shreds the key."""

from collections.abc import Sequence
from dataclasses import dataclass

from kernel.aggregate import Aggregate, Loaded
from kernel.call import current_call, with_position
from kernel.clock import Clock
from kernel.database import Database
from kernel.errors import Conflict, Denied, StaleStream
from kernel.log import SYSTEM_TENANT, Append
from neuralforge.workspace.v1 import service_pb2 as api
from services.workspace import deletion
from services.workspace.accounts import User
from services.workspace.earlier import seal_history
from services.workspace.identities import Identities
from services.workspace.organisations import Organisation
from services.workspace.passwords import Passwords
from services.workspace.session_service import signed_in
from services.workspace.sessions import Session
from services.workspace.sign_ins import organisation_message
from services.workspace.users import Users

PROJECTS = "SELECT id FROM projects WHERE tenant = %s"


@dataclass(frozen=True, slots=True)
class Concerned:
    """What an account's deletion is about."""

    user: Loaded[User]
    personal: Loaded[Organisation]
    joined: Sequence[Loaded[Organisation]]
    projects: Sequence[str]


class Deletions:
    """What AccountService leaves to this file."""

    def __init__(
        self,
        users: Users,
        organisations: Aggregate[Organisation],
        joined: Aggregate[tuple[str, ...]],
        identities: Identities,
        open_sessions: Aggregate[Session],
        passwords: Passwords,
        database: Database,
        clock: Clock,
    ) -> None:
        self._users = users
        self._organisations = organisations
        self._joined = joined
        self._identities = identities
        self._sessions = open_sessions
        self._passwords = passwords
        self._database = database
        self._clock = clock

    async def foresee(self) -> api.GetAccountDeletionResponse:
        """What deleting the caller's account would do."""
        concerned = await self._concerned(signed_in().subject)
        user, personal = concerned.user.state, concerned.personal.state
        joined = [each.state for each in concerned.joined]
        return api.GetAccountDeletionResponse(
            deleted=organisation_message(personal, user.id),
            deleted_projects=len(concerned.projects),
            left=[organisation_message(each, user.id) for each in joined],
            obstacles=deletion.obstacles(user, personal, joined, self._clock()),
            needs_password=bool(user.password_hash),
        )

    async def delete(self, password: str) -> api.DeleteAccountResponse:
        """Deletes the caller's account; finishes a deletion that was cut short."""
        caller, now = signed_in(), self._clock()
        user = await self._users.person(caller.subject)
        if user.deleted:
            await self._users.vault.shred(user.id)
            return with_position(api.DeleteAccountResponse(), await self._users.log.head())
        if user.password_hash:
            if not await self._passwords.verify(user.email, password, user.password_hash):
                raise Denied("this is not your password; enter it again", reason="WRONG_PASSWORD", field="password")
        else:
            session = (await self._sessions.load(SYSTEM_TENANT, caller.session)).state
            deletion.require_fresh(session, user, now)
        concerned = await self._concerned(caller.subject)
        writes = deletion.delete(concerned.user, concerned.personal, concerned.joined, concerned.projects, now)
        released = await self._users.addresses.release(user.email, user.id)
        released += await self._identities.released(user, now)
        await seal_history(self._database, self._users, user)
        try:
            appended = await self._users.log.append(Append([*writes, *released], meta=current_call().meta))
        except StaleStream as error:
            raise Conflict("something of the account changed at the same moment; ask again") from error
        await self._users.vault.shred(user.id)
        return with_position(api.DeleteAccountResponse(), appended.position)

    async def _concerned(self, user_id: str) -> Concerned:
        user = await self._users.load(SYSTEM_TENANT, user_id)
        own = user.state.organisation_id
        joined = (await self._joined.load(SYSTEM_TENANT, user_id)).state
        rows = await self._database.fetch(PROJECTS, own)
        return Concerned(
            user,
            await self._organisations.load(own, own),
            [await self._organisations.load(id, id) for id in joined],
            [row[0] for row in rows],
        )
