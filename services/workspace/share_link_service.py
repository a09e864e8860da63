"""ShareLinkService: links to a project, made, listed and revoked, over gRPC."""

from typing import Any

from kernel.aggregate import Aggregate
from kernel.call import current_call, with_position
from kernel.clock import Clock
from kernel.errors import Exhausted, NotFound
from kernel.ids import new_id
from kernel.log import SYSTEM_TENANT, Append, Write
from kernel.names import clean_name
from kernel.tenancy import TenantDatabase
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1 import service_pb2_grpc as rpc
from services.workspace import share_links, tokens
from services.workspace.accounts import one_line
from services.workspace.link_list import MOST, list_links
from services.workspace.project_service import existing
from services.workspace.projects import Project
from services.workspace.sessions import new_secret
from services.workspace.share_links import ShareLink


class ShareLinkService(rpc.ShareLinkServiceServicer):
    """Links live in the system tenant: who has one has no tenant yet."""

    def __init__(
        self, links: Aggregate[ShareLink], known: Aggregate[Project], database: TenantDatabase, clock: Clock
    ) -> None:
        self._links = links
        self._projects = known
        self._database = database
        self._clock = clock

    async def CreateShareLink(self, request: api.CreateShareLinkRequest, context: Any) -> api.CreateShareLinkResponse:
        call, now = current_call(), self._clock()
        await existing(self._projects, call.caller, request.project_id)
        label = clean_name(one_line(request.label), "a share link", "label")
        # The bound of what a list shows, no rule: some made at the same moment may pass it.
        if len(await list_links(self._database, call.caller.tenant, request.project_id, now)) >= MOST:
            raise Exhausted(f"a project has at most {MOST} links in force; revoke some first")
        id, secret = new_id(), new_secret()
        event = share_links.create(id, request.project_id, label, request.days, secret, call.caller, now)
        write = Write(SYSTEM_TENANT, self._links.stream(id), 0, [event])
        made = api.ShareLink(
            id=id,
            project_id=event.project_id,
            label=label,
            created_by=event.created_by,
            created_at=event.at,
            expires_at=event.expires_at,
        )
        response = api.CreateShareLinkResponse(link=made)
        appended = await self._links.log.append(Append([write], call.key, response.SerializeToString(), call.meta))
        if appended.replayed:
            response = api.CreateShareLinkResponse.FromString(appended.response)
        else:
            response.token = tokens.token(tokens.SHARE_LINK, id, secret)
        return with_position(response, appended.position)

    async def ListShareLinks(self, request: api.ListShareLinksRequest, context: Any) -> api.ListShareLinksResponse:
        caller = current_call().caller
        await existing(self._projects, caller, request.project_id)
        found = await list_links(self._database, caller.tenant, request.project_id, self._clock())
        return api.ListShareLinksResponse(links=found)

    async def RevokeShareLink(self, request: api.RevokeShareLinkRequest, context: Any) -> api.RevokeShareLinkResponse:
        caller, now = current_call().caller, self._clock()
        link = (await self._links.load(SYSTEM_TENANT, request.link_id)).state
        if link.organisation_id != caller.tenant:
            raise NotFound(f"there is no share link {request.link_id[:64]!r} in your organisation")
        project = (await existing(self._projects, caller, link.project_id)).state
        return await self._links.handle(
            SYSTEM_TENANT,
            request.link_id,
            lambda state: share_links.revoke(state, project, caller, now),
            lambda _: api.RevokeShareLinkResponse(),
        )
