"""AccountService: accounts and their sessions over gRPC."""

from typing import Any

from kernel.aggregate import Aggregate
from kernel.call import current_call, with_position
from kernel.clock import Clock
from kernel.errors import NotFound, Rejected, StaleStream, Unauthenticated
from kernel.ids import new_id
from kernel.log import SYSTEM_TENANT, Append
from kernel.names import clean_name
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1 import service_pb2_grpc as rpc
from neuralforge.workspace.v1.events_pb2 import SessionClosed
from services.workspace import accounts, addresses, sessions
from services.workspace.accounts import User
from services.workspace.deletion_service import Deletions
from services.workspace.organisations import Organisation
from services.workspace.passwords import Passwords
from services.workspace.sessions import Session
from services.workspace.sign_ins import SignIns, organisation_message, user_message
from services.workspace.users import Users
from services.workspace.vault import PersonalData

MOST_USERS = 100


class AccountService(rpc.AccountServiceServicer):
    """Users and sessions live in the system tenant: who logs in has no tenant yet."""

    def __init__(
        self,
        users: Users,
        organisations: Aggregate[Organisation],
        open_sessions: Aggregate[Session],
        passwords: Passwords,
        deletions: Deletions,
        sign_ins: SignIns,
        clock: Clock,
    ) -> None:
        self._users = users
        self._organisations = organisations
        self._sessions = open_sessions
        self._log = users.log
        self._passwords = passwords
        self._deletions = deletions
        self._sign_ins = sign_ins
        self._clock = clock

    async def Register(self, request: api.RegisterRequest, context: Any) -> api.RegisterResponse:
        email = accounts.clean_email(request.email)
        accounts.check_password(request.password)
        name = clean_name(accounts.one_line(request.name or email.split("@")[0]), "a person")
        password_hash = await self._passwords.hash(request.password)
        user_id, organisation_id, now = new_id(), new_id(), self._clock()
        reserved = await self._users.addresses.reserve(email, user_id)
        sealed = await self._users.vault.seal(user_id, PersonalData(email, name))
        writes = [reserved, *accounts.register(user_id, organisation_id, sealed, password_hash, now)]
        newcomer = User(user_id, organisation_id=organisation_id)
        session, opened = self._sign_ins.opened(newcomer, request.device, now)
        try:
            appended = await self._log.append(Append([*writes, opened], meta=current_call().meta))
        except StaleStream as error:
            await self._users.vault.shred(user_id)
            raise addresses.taken() from error
        user = await self._users.person(user_id)
        return with_position(api.RegisterResponse(**await self._sign_ins.answer(user, session, now)), appended.position)

    async def LogIn(self, request: api.LogInRequest, context: Any) -> api.LogInResponse:
        email = accounts.clean_email(request.email)
        user = await self._users.by_email(email)
        if not await self._passwords.verify(email, request.password, user.password_hash):
            raise Unauthenticated("e-mail and password do not match an account; check both, or register")
        now = self._clock()
        session, opened = self._sign_ins.opened(user, request.device, now)
        appended = await self._log.append(Append([opened], meta=current_call().meta))
        return with_position(api.LogInResponse(**await self._sign_ins.answer(user, session, now)), appended.position)

    async def Refresh(self, request: api.RefreshRequest, context: Any) -> api.RefreshResponse:
        session_id, secret = sessions.split(request.refresh_token)
        successor, now = sessions.new_secret(), self._clock()
        session = (await self._sessions.load(SYSTEM_TENANT, session_id)).state
        user = (await self._users.load(SYSTEM_TENANT, session.user_id)).state
        sessions.require_open(session, user)
        await self._sign_ins.organisation_of(user, request.organisation_id)  # refused before the token is used up
        closed = False

        def decide(state: Session) -> Any:
            nonlocal closed
            events = sessions.rotate(state, secret, successor, now)
            closed = isinstance(events[0], SessionClosed)
            return events

        answer = await self._sessions.handle(SYSTEM_TENANT, session_id, decide, lambda _: api.RefreshResponse())
        if closed:
            raise Unauthenticated("this refresh token was used before, so the session was closed; log in again")
        token, wanted = f"{session_id}.{successor}", request.organisation_id
        answer.MergeFrom(api.RefreshResponse(**await self._sign_ins.answer(user, token, now, wanted)))
        return answer

    async def LogOut(self, request: api.LogOutRequest, context: Any) -> api.LogOutResponse:
        session_id, secret = sessions.split(request.refresh_token)
        now = self._clock()
        return await self._sessions.handle(
            SYSTEM_TENANT, session_id, lambda state: sessions.close(state, secret, now), lambda _: api.LogOutResponse()
        )

    async def GetAccount(self, request: api.GetAccountRequest, context: Any) -> api.GetAccountResponse:
        caller = current_call().caller
        user = (await self._users.load(SYSTEM_TENANT, caller.subject)).state
        if not user.id or user.deleted:
            raise NotFound("this grant is not a person's, so it has no account")
        organisation = (await self._organisations.load(caller.tenant, caller.tenant)).state
        return api.GetAccountResponse(
            user=user_message(user),
            organisations=[organisation_message(organisation, user.id)],
            has_password=bool(user.password_hash),
            providers=sorted(user.identities),
        )

    async def GetAccountDeletion(
        self, request: api.GetAccountDeletionRequest, context: Any
    ) -> api.GetAccountDeletionResponse:
        return await self._deletions.foresee()

    async def DeleteAccount(self, request: api.DeleteAccountRequest, context: Any) -> api.DeleteAccountResponse:
        return await self._deletions.delete(request.password)

    async def BatchGetUsers(self, request: api.BatchGetUsersRequest, context: Any) -> api.BatchGetUsersResponse:
        if len(request.ids) > MOST_USERS:
            raise Rejected(f"at most {MOST_USERS} ids can be asked for at once, not {len(request.ids)}", field="ids")
        tenant = current_call().caller.tenant
        organisation = (await self._organisations.load(tenant, tenant)).state
        members = [id for id in dict.fromkeys(request.ids) if organisation.knows(id)]
        users = [(await self._users.load(SYSTEM_TENANT, id)).state for id in members]
        return api.BatchGetUsersResponse(
            people=[api.Person(id=user.id, name=user.name or user.email.split("@")[0]) for user in users]
        )
