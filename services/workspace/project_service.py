"""ProjectService: the organisation's projects over gRPC."""

from typing import Any

from kernel.aggregate import Aggregate
from kernel.call import current_call, with_position
from kernel.clock import Clock, timestamp
from kernel.database import Database
from kernel.errors import NotFound, StaleStream, Taken
from kernel.ids import new_id
from kernel.log import Append
from kernel.pages import page
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1 import service_pb2_grpc as rpc
from services.workspace import projects
from services.workspace.accounts import clean_name
from services.workspace.projection import list_projects
from services.workspace.projects import Project


class ProjectService(rpc.ProjectServiceServicer):
    def __init__(self, known: Aggregate[Project], database: Database, clock: Clock) -> None:
        self._projects = known
        self._database = database
        self._clock = clock

    async def CreateProject(self, request: api.CreateProjectRequest, context: Any) -> api.CreateProjectResponse:
        call = current_call()
        tenant, name = call.caller.tenant, clean_name(request.name)
        writes, created = projects.create(tenant, new_id(), name, call.caller.subject, self._clock())
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
            raise Taken(f"a project named {name!r} exists already; choose another name", field="name") from error
        if appended.replayed:
            response = api.CreateProjectResponse.FromString(appended.response)
        return with_position(response, appended.position)

    async def GetProject(self, request: api.GetProjectRequest, context: Any) -> api.GetProjectResponse:
        project = (await self._projects.load(current_call().caller.tenant, request.project_id)).state
        if not project.id or not project.created_at:
            raise NotFound(f"there is no project {request.project_id[:64]!r} in your organisation")
        return api.GetProjectResponse(
            project=api.Project(
                id=project.id,
                name=project.name,
                visibility=project.visibility,  # type: ignore[arg-type]
                created_at=timestamp(project.created_at),
                created_by=project.created_by,
            )
        )

    async def ListProjects(self, request: api.ListProjectsRequest, context: Any) -> api.ListProjectsResponse:
        tenant = current_call().caller.tenant
        asked = page(request.page_size, request.page_token)
        found, token = await list_projects(self._database, tenant, request.name, asked)
        return api.ListProjectsResponse(projects=found, next_page_token=token)
