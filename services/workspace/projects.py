"""Projects: created under a name that is unique in the organisation."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from google.protobuf.message import Message

from kernel.clock import timestamp
from kernel.events import UnknownEvent
from kernel.log import Write
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1.events_pb2 import ProjectCreated, ProjectNameReserved


@dataclass(frozen=True, slots=True)
class Project:
    """An empty id is no project."""

    id: str = ""
    name: str = ""
    visibility: int = api.VISIBILITY_UNSPECIFIED
    created_by: str = ""
    created_at: datetime | None = None


def evolve(state: Project, event: Message) -> Project:
    match event:
        case ProjectCreated():
            return Project(event.project_id, event.name, event.visibility, event.created_by, event.at.ToDatetime())
        case _:
            raise UnknownEvent(f"{type(event).__name__} is no event of a project")


def name_stream(name: str) -> str:
    """The stream that stands for a name; its first event reserves it."""
    return f"project_name-{hashlib.sha256(name.casefold().encode()).hexdigest()}"


def create(tenant: str, project_id: str, name: str, user_id: str, now: datetime) -> tuple[list[Write], ProjectCreated]:
    """The project and its reserved name, written together or not at all."""
    created = ProjectCreated(
        project_id=project_id,
        name=name,
        visibility=api.VISIBILITY_PRIVATE,
        created_by=user_id,
        at=timestamp(now),
    )
    writes = [
        Write(tenant, name_stream(name), 0, [ProjectNameReserved(project_id=project_id)]),
        Write(tenant, f"project-{project_id}", 0, [created]),
    ]
    return writes, created
