"""ProjectService: the organisation's projects over gRPC."""

from dataclasses import replace
from typing import Any

from kernel.aggregate import Aggregate, Loaded
from kernel.call import current_call, with_position
from kernel.clock import Clock, timestamp
from kernel.errors import Conflict, NotFound, StaleStream
from kernel.grants import Grant
from kernel.ids import new_id
from kernel.listing import ordered_page
from kernel.log import Append
from kernel.names import clean_name
from kernel.tenancy import TenantDatabase
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1 import service_pb2_grpc as rpc
from services.workspace import projects
from services.workspace.accounts import one_line
from services.workspace.projection import ORDERS, list_projects
from services.workspace.projects import Project, name_id


class ProjectService(rpc.ProjectServiceServicer):
    """`names` are the streams that stand for names: each says which project has it."""

    def __init__(
        self, known: Aggregate[Project], names: Aggregate[str], database: TenantDatabase, clock: Clock
    ) -> None:
        self._projects = known
        self._names = names
        self._database = database
        self._clock = clock

    async def CreateProject(self, request: api.CreateProjectRequest, context: Any) -> api.CreateProjectResponse:
        call = current_call()
        tenant, name = call.caller.tenant, clean_name(one_line(request.name), "a project")
        held = await self._names.load(tenant, name_id(name))
        writes, created = projects.create(tenant, new_id(), name, held, call.caller.subject, self._clock())
        response = api.CreateProjectResponse(
            project=api.Project(
                id=created.project_id,
                name=created.name,
                visibility=created.visibility,
                created_at=created.at,
                created_by=created.created_by,
            )
        )
        try:
            request_ = Append(writes, call.key, response.SerializeToString(), call.meta)
            appended = await self._projects.log.append(request_)
        except StaleStream as error:
            raise projects.taken(name) from error
        if appended.replayed:
            response = api.CreateProjectResponse.FromString(appended.response)
        return with_position(response, appended.position)

    async def GetProject(self, request: api.GetProjectRequest, context: Any) -> api.GetProjectResponse:
        project = await existing(self._projects, current_call().caller, request.project_id)
        return api.GetProjectResponse(project=_message(project.state))

    async def RenameProject(self, request: api.RenameProjectRequest, context: Any) -> api.RenameProjectResponse:
        call = current_call()
        tenant, name = call.caller.tenant, clean_name(one_line(request.name), "a project")
        project = await existing(self._projects, call.caller, request.project_id)
        held, left = [await self._names.load(tenant, name_id(each)) for each in (name, project.state.name)]
        writes = projects.rename(tenant, project, name, held, left, call.caller.subject, self._clock())
        response = api.RenameProjectResponse(project=_message(replace(project.state, name=name)))
        if not writes:
            return with_position(response, await self._projects.log.head())
        try:
            appended = await self._projects.log.append(
                Append(writes, call.key, response.SerializeToString(), call.meta)
            )
        except StaleStream as error:
            sentence = f"the project or the name {name!r} was changed at the same moment; try again"
            raise Conflict(sentence) from error
        if appended.replayed:
            response = api.RenameProjectResponse.FromString(appended.response)
        return with_position(response, appended.position)

    async def SetProjectVisibility(
        self, request: api.SetProjectVisibilityRequest, context: Any
    ) -> api.SetProjectVisibilityResponse:
        caller, now = current_call().caller, self._clock()
        await existing(self._projects, caller, request.project_id)
        return await self._projects.handle(
            caller.tenant,
            request.project_id,
            lambda state: projects.set_visibility(state, request.visibility, caller, now),
            lambda state: api.SetProjectVisibilityResponse(project=_message(state)),
            alongside=lambda before, events: projects.published(caller.tenant, before, events),
        )

    async def ListProjects(self, request: api.ListProjectsRequest, context: Any) -> api.ListProjectsResponse:
        asked = ordered_page(ORDERS, request.order_by, request.page_size, request.page_token)
        caller = current_call().caller
        found, token = await list_projects(self._database, caller, request.name, request.query, asked)
        return api.ListProjectsResponse(projects=found, next_page_token=token)


async def existing(known: Aggregate[Project], caller: Grant, id: str) -> Loaded[Project]:
    """The project; raises NotFound where there is none, or none for this caller."""
    project = await known.load(caller.tenant, id)
    if not project.state.id or not projects.touches(caller, project.state):
        raise NotFound(f"there is no project {id[:64]!r} in your organisation")
    return project


def _message(project: Project) -> api.Project:
    assert project.created_at
    return api.Project(
        id=project.id,
        name=project.name,
        visibility=project.visibility,  # type: ignore[arg-type]
        created_at=timestamp(project.created_at),
        created_by=project.created_by,
    )
