"""Credentials of programs and guests turned into grants: API keys, share links, the ids of public projects."""

import time
from datetime import datetime
from typing import Any

from kernel.aggregate import Aggregate
from kernel.clock import Clock
from kernel.errors import Unauthenticated
from kernel.grants import GRANT_SECONDS, Grant
from kernel.log import SYSTEM_TENANT
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.workspace.v1 import service_pb2 as api
from services.workspace import api_keys, projects, share_links, tokens
from services.workspace.accounts import User
from services.workspace.api_keys import ApiKey
from services.workspace.organisations import Organisation
from services.workspace.projects import Project
from services.workspace.share_links import ShareLink
from services.workspace.sign_ins import user_message
from services.workspace.signing import GrantSigner

ANONYMOUS = "anonymous"


class Exchanges:
    """What a credential opens is looked at anew each time, so that what ended is over with the last grant."""

    def __init__(
        self,
        keys: Aggregate[ApiKey],
        links: Aggregate[ShareLink],
        public: Aggregate[str],
        known: Aggregate[Project],
        organisations: Aggregate[Organisation],
        users: Aggregate[User],
        signer: GrantSigner,
        clock: Clock,
    ) -> None:
        self._keys = keys
        self._links = links
        self._public = public
        self._projects = known
        self._organisations = organisations
        self._users = users
        self._signer = signer
        self._clock = clock

    async def by_api_key(self, text: str) -> api.ExchangeResponse:
        """The owner's grant; raises Unauthenticated."""
        (id, secret), now = tokens.split(tokens.API_KEY, text), self._clock()
        key = (await self._keys.load(SYSTEM_TENANT, id)).state
        organisation = await self._organisation(key.organisation_id)
        role = api_keys.require_usable(key, secret, organisation, now)
        owner = Grant(key.user_id, organisation.id, organisation.role(key.user_id), 0)
        project = await self._project(organisation.id, key.project_id)
        if key.project_id and not (project.id and projects.touches(owner, project)):
            raise Unauthenticated("the project of this API key is closed to its person now", reason="KEY_ENDED")
        if api_keys.used(key, now):
            await self._note_use(id, now)
        expires = _expiry(key.expires_at, now)
        grant = Grant(key.user_id, organisation.id, role, expires, project=key.project_id, key=id)
        user = (await self._users.load(SYSTEM_TENANT, key.user_id)).state
        return self._answer(grant, organisation, user_message(user))

    async def by_share_link(self, text: str) -> api.ExchangeResponse:
        """A viewer's grant for the link's project; raises Unauthenticated."""
        (id, secret), now = tokens.split(tokens.SHARE_LINK, text), self._clock()
        link = (await self._links.load(SYSTEM_TENANT, id)).state
        share_links.require_usable(link, secret, now)
        project = await self._project(link.organisation_id, link.project_id)
        if not project.id:
            raise Unauthenticated("the project of this share link does not exist any more", reason="LINK_ENDED")
        expires = _expiry(link.expires_at, now)
        return await self._guest(f"share:{id}", link.organisation_id, link.project_id, expires)

    async def by_public_project(self, project_id: str) -> api.ExchangeResponse:
        """A viewer's grant for a project that everybody may see; raises Unauthenticated for any other."""
        organisation_id = (await self._public.load(SYSTEM_TENANT, project_id)).state
        project = await self._project(organisation_id, project_id) if organisation_id else Project()
        if project.visibility != api.VISIBILITY_PUBLIC:
            raise Unauthenticated("there is no public project of this id; log in to see your own", reason="NOT_PUBLIC")
        return await self._guest(ANONYMOUS, organisation_id, project_id, time.time() + GRANT_SECONDS)

    async def _guest(self, subject: str, organisation_id: str, project_id: str, expires: float) -> api.ExchangeResponse:
        organisation = await self._organisation(organisation_id)
        if not organisation.members:
            raise Unauthenticated("the organisation of this project does not exist any more", reason="LINK_ENDED")
        grant = Grant(subject, organisation_id, Role.ROLE_VIEWER, expires, project=project_id)
        return self._answer(grant, organisation)

    def _answer(self, grant: Grant, organisation: Organisation, user: api.User | None = None) -> api.ExchangeResponse:
        token, expires_at = self._signer.sign(grant)
        role: Any = grant.role
        return api.ExchangeResponse(
            grant=token,
            expires_at=expires_at,
            organisation=api.Organisation(
                id=organisation.id, name=organisation.name, role=role, personal=organisation.personal
            ),
            project_id=grant.project,
            user=user,
        )

    async def _note_use(self, key_id: str, now: datetime) -> None:
        await self._keys.handle(
            SYSTEM_TENANT, key_id, lambda state: api_keys.used(state, now), lambda _: api.ExchangeResponse()
        )

    async def _organisation(self, id: str) -> Organisation:
        return (await self._organisations.load(id, id)).state

    async def _project(self, organisation_id: str, id: str) -> Project:
        return (await self._projects.load(organisation_id, id)).state


def _expiry(end: datetime | None, now: datetime) -> float:
    """When a grant ends that must not outlive its credential."""
    left = (end - now).total_seconds() if end else GRANT_SECONDS
    return time.time() + min(left, GRANT_SECONDS)
