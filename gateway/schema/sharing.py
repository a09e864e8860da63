"""Who sees a project: its visibility, and links that show it to whoever has them."""

from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry

from gateway.context import Info
from gateway.errors import Refusal
from gateway.schema.ended import Ended
from gateway.schema.projects import Project, Visibility, project
from kernel.clock import moment
from neuralforge.workspace.v1 import service_pb2 as api


@strawberry.type(description="Shows one project, read-only, to whoever has it.")
class ShareLink:
    id: strawberry.ID
    label: str
    created_by: strawberry.ID
    created_at: datetime
    expires_at: datetime


@strawberry.type(description="A link with its token, which is told here and nowhere else.")
class CreatedShareLink:
    link: ShareLink
    token: str | None = strawberry.field(
        description="For POST /auth/exchange as `share_link`. Null in the answer to a repeated command."
    )


SetProjectVisibilityResult: TypeAlias = Annotated[Project | Refusal, strawberry.union("SetProjectVisibilityResult")]
CreateShareLinkResult: TypeAlias = Annotated[CreatedShareLink | Refusal, strawberry.union("CreateShareLinkResult")]
RevokeShareLinkResult: TypeAlias = Annotated[Ended | Refusal, strawberry.union("RevokeShareLinkResult")]


def share_link(message: api.ShareLink) -> ShareLink:
    return ShareLink(
        id=strawberry.ID(message.id),
        label=message.label,
        created_by=strawberry.ID(message.created_by),
        created_at=moment(message.created_at),
        expires_at=moment(message.expires_at),
    )


@strawberry.type
class SharingQuery:
    @strawberry.field(description="Those in force, newest first; for members.")
    async def share_links(self, info: Info, project_id: strawberry.ID) -> list[ShareLink]:
        request = api.ListShareLinksRequest(project_id=project_id)
        answer = await info.context.ask(info.context.stubs.share_links.ListShareLinks, request)
        return [share_link(each) for each in answer.links]


@strawberry.type
class SharingMutation:
    @strawberry.mutation(description="For who created the project, and for admins.")
    async def set_project_visibility(
        self, info: Info, id: strawberry.ID, visibility: Visibility, key: str | None = None
    ) -> SetProjectVisibilityResult:
        request = api.SetProjectVisibilityRequest(project_id=id, visibility=visibility.value)
        answer = await info.context.command(info.context.stubs.projects.SetProjectVisibility, request, key)
        return project(answer.project)

    @strawberry.mutation(description="`days`: 1 to 90, 30 where it is not given.")
    async def create_share_link(
        self, info: Info, project_id: strawberry.ID, label: str, days: int = 0, key: str | None = None
    ) -> CreateShareLinkResult:
        request = api.CreateShareLinkRequest(project_id=project_id, label=label, days=days)
        answer = await info.context.command(info.context.stubs.share_links.CreateShareLink, request, key)
        return CreatedShareLink(link=share_link(answer.link), token=answer.token or None)

    @strawberry.mutation(description="For who made the link or created the project, and for admins.")
    async def revoke_share_link(self, info: Info, id: strawberry.ID, key: str | None = None) -> RevokeShareLinkResult:
        request = api.RevokeShareLinkRequest(link_id=id)
        await info.context.command(info.context.stubs.share_links.RevokeShareLink, request, key)
        return Ended(id=id)
