"""Projects of the organisation."""

from datetime import datetime
from enum import Enum
from typing import Annotated, TypeAlias

import strawberry

from gateway.context import Info
from gateway.errors import Refusal
from gateway.schema.pages import Page
from kernel.clock import moment
from neuralforge.workspace.v1 import service_pb2 as api


@strawberry.enum
class Visibility(Enum):
    PRIVATE = api.VISIBILITY_PRIVATE
    ORGANISATION = api.VISIBILITY_ORGANISATION
    PUBLIC = api.VISIBILITY_PUBLIC


@strawberry.type
class Project:
    id: strawberry.ID
    name: str
    visibility: Visibility
    created_at: datetime
    created_by: strawberry.ID


def project(message: api.Project) -> Project:
    return Project(
        id=strawberry.ID(message.id),
        name=message.name,
        visibility=Visibility(message.visibility),
        created_at=moment(message.created_at),
        created_by=strawberry.ID(message.created_by),
    )


@strawberry.enum
class ProjectOrder(Enum):
    NEWEST = "created_at desc"
    NAME = "name"


CreateProjectResult: TypeAlias = Annotated[Project | Refusal, strawberry.union("CreateProjectResult")]
RenameProjectResult: TypeAlias = Annotated[Project | Refusal, strawberry.union("RenameProjectResult")]


@strawberry.type
class ProjectQuery:
    @strawberry.field(description="`name` finds the one of exactly that name, `query` those with the text in theirs.")
    async def projects(
        self,
        info: Info,
        name: str = "",
        query: str = "",
        order_by: ProjectOrder = ProjectOrder.NEWEST,
        first: int = 0,
        after: str = "",
    ) -> Page[Project]:
        request = api.ListProjectsRequest(
            page_size=first, page_token=after, name=name, query=query, order_by=order_by.value
        )
        answer = await info.context.ask(info.context.stubs.projects.ListProjects, request)
        return Page(nodes=[project(each) for each in answer.projects], next_page_token=answer.next_page_token or None)

    @strawberry.field
    async def project(self, info: Info, id: strawberry.ID) -> Project | None:
        answer = await info.context.ask(info.context.stubs.projects.GetProject, api.GetProjectRequest(project_id=id))
        return project(answer.project)


@strawberry.type
class ProjectMutation:
    @strawberry.mutation
    async def create_project(self, info: Info, name: str, key: str | None = None) -> CreateProjectResult:
        request = api.CreateProjectRequest(name=name)
        answer = await info.context.command(info.context.stubs.projects.CreateProject, request, key)
        return project(answer.project)

    @strawberry.mutation
    async def rename_project(
        self, info: Info, id: strawberry.ID, name: str, key: str | None = None
    ) -> RenameProjectResult:
        request = api.RenameProjectRequest(project_id=id, name=name)
        answer = await info.context.command(info.context.stubs.projects.RenameProject, request, key)
        return project(answer.project)
