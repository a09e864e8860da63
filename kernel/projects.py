"""Which projects exist in a tenant: kept from `workspace` events, asked once for one not heard of yet."""

from kernel.consumer import Consumer
from kernel.database import Connection
from kernel.errors import NotFound
from kernel.events import EventTypes
from kernel.log import Recorded
from kernel.service import Resources
from neuralforge.workspace.v1 import events_pb2 as events
from neuralforge.workspace.v1 import service_pb2 as workspace
from neuralforge.workspace.v1 import service_pb2_grpc as workspace_grpc

TYPES = EventTypes(events)
INSERT = (
    "INSERT INTO known_projects (tenant, project_id, name, visibility) VALUES (%s, %s, %s, %s) "
    "ON CONFLICT (tenant, project_id) DO UPDATE SET name = excluded.name, visibility = excluded.visibility"
)
RENAME = "UPDATE known_projects SET name = %s WHERE tenant = %s AND project_id = %s"


class ProjectDirectory:
    """The projects a service may file things under."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def consumer(self) -> Consumer:
        """Keeps the directory up to date; belongs into the service's consumers."""
        return self._resources.consumer("workspace", TYPES, self._react, filter="project.>")

    async def _react(self, recorded: Recorded, connection: Connection) -> None:
        match recorded.event:
            case events.ProjectCreated() as created:
                values = (recorded.tenant, created.project_id, created.name, created.visibility)
                await connection.execute(INSERT, values)
            case events.ProjectRenamed() as renamed:
                await connection.execute(RENAME, (renamed.name, recorded.tenant, renamed.project_id))

    async def require(self, tenant: str, project_id: str) -> None:
        """Raises NotFound unless the project exists in the tenant."""
        if not project_id:
            raise NotFound("no project was named; give the id of one of your projects")
        query = "SELECT 1 FROM known_projects WHERE tenant = %s AND project_id = %s"
        if await self._resources.database.fetch_one(query, tenant, project_id):
            return
        neighbours = self._resources.neighbours
        stub = neighbours.stub("workspace", workspace_grpc.ProjectServiceStub)
        request = workspace.GetProjectRequest(project_id=project_id)
        project = (await neighbours.call(stub.GetProject, request)).project
        await self._resources.database.execute(INSERT, tenant, project_id, project.name, project.visibility)
