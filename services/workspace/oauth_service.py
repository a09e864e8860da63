"""OAuthService: signing in through another provider, and linking accounts there with accounts here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kernel.aggregate import Aggregate
from kernel.call import current_call, with_position
from kernel.clock import Clock
from kernel.errors import Conflict, NotFound, Rejected, StaleStream, Unauthenticated
from kernel.ids import new_id
from kernel.log import SYSTEM_TENANT, Append, Write
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1 import service_pb2_grpc as rpc
from services.workspace import accounts, deletion, identities
from services.workspace.accounts import User
from services.workspace.identities import Identities, Known
from services.workspace.oauth_flows import Flow, Flows, new_attempt
from services.workspace.providers import Identity, Provider
from services.workspace.session_service import signed_in
from services.workspace.sessions import Session
from services.workspace.sign_ins import SignIns
from services.workspace.users import Users
from services.workspace.vault import PersonalData

LONGEST_NAME = 100


class OAuthService(rpc.OAuthServiceServicer):
    """`providers` by name."""

    def __init__(
        self,
        providers: Mapping[str, Provider],
        flows: Flows,
        known: Identities,
        users: Users,
        open_sessions: Aggregate[Session],
        sign_ins: SignIns,
        clock: Clock,
    ) -> None:
        self._providers = providers
        self._flows = flows
        self._identities = known
        self._users = users
        self._sessions = open_sessions
        self._sign_ins = sign_ins
        self._clock = clock

    async def ListProviders(self, request: api.ListProvidersRequest, context: Any) -> api.ListProvidersResponse:
        return api.ListProvidersResponse(providers=sorted(self._providers))

    async def StartSignIn(self, request: api.StartSignInRequest, context: Any) -> api.StartSignInResponse:
        flow = Flow(request.provider, new_attempt(request.redirect_uri))
        url = await self._provider(request.provider).authorization_url(flow.attempt)
        return api.StartSignInResponse(authorization_url=url, flow=self._flows.seal(flow))

    async def StartLink(self, request: api.StartLinkRequest, context: Any) -> api.StartLinkResponse:
        caller = signed_in()  # whoever only got hold of a grant must not get a way in that lasts
        session = (await self._sessions.load(SYSTEM_TENANT, caller.session)).state
        deletion.require_fresh(session, await self._users.person(caller.subject), self._clock())
        flow = Flow(request.provider, new_attempt(request.redirect_uri), caller.subject)
        url = await self._provider(request.provider).authorization_url(flow.attempt)
        return api.StartLinkResponse(authorization_url=url, flow=self._flows.seal(flow))

    async def CompleteSignIn(self, request: api.CompleteSignInRequest, context: Any) -> api.CompleteSignInResponse:
        provider = self._provider(request.provider)
        flow = self._flows.open(request.flow, request.provider, request.state)
        identity = await provider.identity(flow.attempt, request.code)
        known = await self._identities.known(request.provider, identity.subject)
        try:
            if flow.user_id:
                return await self._link(flow, known, identity)
            return await self._sign_in(request, known, identity)
        except StaleStream as error:
            raise Conflict("the account was changed at the same moment; sign in again") from error

    async def UnlinkProvider(self, request: api.UnlinkProviderRequest, context: Any) -> api.UnlinkProviderResponse:
        user = await self._users.load(SYSTEM_TENANT, signed_in().subject)
        writes = await self._identities.unlink(user, request.provider, self._clock())
        position = await self._append(writes) if writes else await self._users.log.head()
        return with_position(api.UnlinkProviderResponse(), position)

    async def _link(self, flow: Flow, known: Known, identity: Identity) -> api.CompleteSignInResponse:
        _require_verified(flow.provider, identity)
        user = await self._users.load(SYSTEM_TENANT, flow.user_id)
        if not user.state.id or user.state.deleted:
            raise Unauthenticated("the account that began this does not exist any more")
        writes = identities.link(known, flow.provider, user.state, user.version, self._clock())
        position = await self._append(writes) if writes else await self._users.log.head()
        return with_position(api.CompleteSignInResponse(linked=True), position)

    async def _sign_in(
        self, request: api.CompleteSignInRequest, known: Known, identity: Identity
    ) -> api.CompleteSignInResponse:
        now, writes = self._clock(), list[Write]()
        if known.holder.state:
            user = await self._users.person(known.holder.state)
        else:
            user, writes = await self._newcomer(request.provider, known, identity, now)
        token, opened = self._sign_ins.opened(user, request.device, now)
        try:
            position = await self._append([*writes, opened])
        except StaleStream:
            if writes:
                await self._users.vault.shred(user.id)
            raise
        person = await self._users.person(user.id)
        answer = api.CompleteSignInResponse(**await self._sign_ins.answer(person, token, now))
        return with_position(answer, position)

    async def _newcomer(
        self, provider: str, known: Known, identity: Identity, now: datetime
    ) -> tuple[User, list[Write]]:
        """A user who is not yet, and the writes that make it; raises Rejected where an account has the address."""
        _require_verified(provider, identity)
        email = accounts.clean_email(identity.email)
        if await self._users.addresses.holder(email):
            sentence = f"an account has this e-mail address; log in with its password, and link {provider} from there"
            raise Rejected(sentence, reason="LINK_FIRST")
        user = User(id=new_id(), organisation_id=new_id())
        name = accounts.one_line(identity.name)[:LONGEST_NAME] or email.split("@")[0]
        reserved = await self._users.addresses.reserve(email, user.id)
        sealed = await self._users.vault.seal(user.id, PersonalData(email, name))
        registered, organisation = accounts.register(user.id, user.organisation_id, sealed, "", now)
        linked, of_user = identities.link(known, provider, user, 1, now)
        both = Write(SYSTEM_TENANT, registered.stream, 0, [*registered.events, *of_user.events])
        return user, [reserved, both, organisation, linked]

    def _provider(self, name: str) -> Provider:
        if name not in self._providers:
            raise NotFound(f"no provider {name[:40]!r} is set up here; sign in another way")
        return self._providers[name]

    async def _append(self, writes: list[Write]) -> int:
        return (await self._users.log.append(Append(writes, meta=current_call().meta))).position


def _require_verified(provider: str, identity: Identity) -> None:
    if not identity.email:
        raise Rejected(f"{provider} knows no verified e-mail address of you; verify one there first")
