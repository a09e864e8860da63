"""Projects: called by names that are unique in the organisation, by a stream for each name."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from google.protobuf.message import Message

from kernel.aggregate import Loaded
from kernel.clock import timestamp
from kernel.errors import Taken
from kernel.events import UnknownEvent
from kernel.log import Write
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1.events_pb2 import (
    ProjectCreated,
    ProjectNameReleased,
    ProjectNameReserved,
    ProjectRenamed,
)


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
        case ProjectRenamed():
            return replace(state, name=event.name)
        case _:
            raise UnknownEvent(f"{type(event).__name__} is no event of a project")


def evolve_name(state: str, event: Message) -> str:
    """Which project has a name; empty where none has."""
    match event:
        case ProjectNameReserved():
            return event.project_id
        case ProjectNameReleased():
            return ""
        case _:
            raise UnknownEvent(f"{type(event).__name__} is no event of a project's name")


def name_id(name: str) -> str:
    """What stands for a name in streams, whatever its case."""
    return hashlib.sha256(name.casefold().encode()).hexdigest()


def create(
    tenant: str, project_id: str, name: str, held: Loaded[str], user_id: str, now: datetime
) -> tuple[list[Write], ProjectCreated]:
    """The project and its reserved name, written together or not at all; raises Taken."""
    reserve = _reserve(tenant, project_id, name, held)
    created = ProjectCreated(
        project_id=project_id,
        name=name,
        visibility=api.VISIBILITY_PRIVATE,
        created_by=user_id,
        at=timestamp(now),
    )
    return [reserve, Write(tenant, f"project-{project_id}", 0, [created])], created


def rename(
    tenant: str,
    project: Loaded[Project],
    name: str,
    held: Loaded[str],
    left: Loaded[str],
    user_id: str,
    now: datetime,
) -> list[Write]:
    """The new name reserved and the old one released with the renaming; raises Taken.

    `held` says who has the new name, `left` who has the old one. Nothing is written for the name it has already.
    """
    state = project.state
    if name == state.name:
        return []
    renamed = ProjectRenamed(project_id=state.id, name=name, author=user_id, at=timestamp(now))
    write = Write(tenant, f"project-{state.id}", project.version, [renamed])
    if name_id(name) == name_id(state.name):  # another case only
        return [write]
    released = ProjectNameReleased(project_id=state.id)
    release = Write(tenant, f"project_name-{name_id(state.name)}", left.version, [released])
    return [_reserve(tenant, state.id, name, held), release, write]


def taken(name: str) -> Taken:
    return Taken(f"a project named {name!r} exists already; choose another name", field="name")


def _reserve(tenant: str, project_id: str, name: str, held: Loaded[str]) -> Write:
    if held.state:
        raise taken(name)
    reserved = ProjectNameReserved(project_id=project_id)
    return Write(tenant, f"project_name-{name_id(name)}", held.version, [reserved])
