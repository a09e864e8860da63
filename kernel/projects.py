"""Which projects exist in a tenant and who may touch them: kept from `workspace` events, asked for where not known.

Every service asks here before it shows or changes something of a project. To whom a project is closed it does not
exist, and neither does anything in it: both are answered with the same sentence.
"""

from dataclasses import dataclass

from kernel.call import current_call
from kernel.consumer import Consumer
from kernel.database import Connection
from kernel.errors import NotFound
from kernel.events import EventTypes
from kernel.grants import may_touch
from kernel.log import Recorded
from kernel.service import Resources
from neuralforge.workspace.v1 import events_pb2 as events
from neuralforge.workspace.v1 import service_pb2 as workspace
from neuralforge.workspace.v1 import service_pb2_grpc as workspace_grpc

TYPES = EventTypes(events)
# Events have the last word: what was asked for fills in only what is missing, as a row of an earlier release may.
INSERT = (
    "INSERT INTO known_projects (tenant, project_id, name, visibility, created_by) VALUES (%s, %s, %s, %s, %s) "
    "ON CONFLICT (tenant, project_id) DO UPDATE SET created_by = excluded.created_by"
)
RENAME = "UPDATE known_projects SET name = %s WHERE tenant = %s AND project_id = %s"
SHOW = "UPDATE known_projects SET visibility = %s WHERE tenant = %s AND project_id = %s"
FORGET = "DELETE FROM known_projects WHERE tenant = %s AND project_id = %s"
KNOWN = "SELECT visibility, created_by FROM known_projects WHERE tenant = %s AND project_id = %s"


@dataclass(frozen=True, slots=True)
class KnownProject:
    """What decides who may touch it."""

    visibility: int
    created_by: str


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
                values = (recorded.tenant, created.project_id, created.name, created.visibility, created.created_by)
                await connection.execute(INSERT, values)
            case events.ProjectRenamed() as renamed:
                await connection.execute(RENAME, (renamed.name, recorded.tenant, renamed.project_id))
            case events.ProjectVisibilityChanged() as changed:
                await connection.execute(SHOW, (changed.visibility, recorded.tenant, changed.project_id))
            case events.ProjectDeleted() as deleted:
                await connection.execute(FORGET, (recorded.tenant, deleted.project_id))

    async def require(self, tenant: str, project_id: str) -> None:
        """Raises NotFound unless the project exists in the caller's tenant and the caller may touch it."""
        if not project_id:
            raise NotFound("no project was named; give the id of one of your projects")
        known = await self._known(tenant, project_id)
        if not may_touch(current_call().caller, project_id, known.visibility, known.created_by):
            raise NotFound(f"there is no project {project_id[:64]!r} in your organisation")

    async def shows(self, project_id: str) -> bool:
        """Whether the caller may touch what was found in a project of their own tenant."""
        caller = current_call().caller
        if may_touch(caller, project_id, workspace.VISIBILITY_PRIVATE, created_by=""):
            return True  # whatever the project is like: no need to look
        try:
            known = await self._known(caller.tenant, project_id)
        except NotFound:
            return False
        return may_touch(caller, project_id, known.visibility, known.created_by)

    async def _known(self, tenant: str, project_id: str) -> KnownProject:
        """Raises NotFound. Not heard of yet: `workspace` says, and to whom it must not say it is NotFound there."""
        row = await self._resources.database.fetch_one(KNOWN, tenant, project_id)
        if row and row[1]:
            return KnownProject(*row)
        neighbours = self._resources.neighbours
        stub = neighbours.stub("workspace", workspace_grpc.ProjectServiceStub)
        request = workspace.GetProjectRequest(project_id=project_id)
        found = (await neighbours.call(stub.GetProject, request)).project
        values = (tenant, project_id, found.name, found.visibility, found.created_by)
        await self._resources.database.execute(INSERT, *values)
        return KnownProject(found.visibility, found.created_by)
