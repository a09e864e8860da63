"""Projects: called by names that are unique in the organisation, by a stream for each name."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from google.protobuf.message import Message

from kernel.aggregate import Loaded
from kernel.clock import timestamp
from kernel.errors import Denied, Rejected, Taken
from kernel.events import UnknownEvent
from kernel.grants import Grant, may_touch
from kernel.log import ANY_VERSION, SYSTEM_TENANT, Write
from neuralforge.access.v1.access_pb2 import Role
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1.events_pb2 import (
    ProjectCreated,
    ProjectDeleted,
    ProjectNameReleased,
    ProjectNameReserved,
    ProjectPublished,
    ProjectRenamed,
    ProjectVisibilityChanged,
    ProjectWithdrawn,
)

VISIBILITIES = (api.VISIBILITY_PRIVATE, api.VISIBILITY_ORGANISATION, api.VISIBILITY_PUBLIC)


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
        case ProjectDeleted():
            return Project()
        case ProjectVisibilityChanged():
            return replace(state, visibility=event.visibility)
        case _:
            raise UnknownEvent(f"{type(event).__name__} is no event of a project")


def evolve_public(state: str, event: Message) -> str:
    """The organisation of a project that is public; empty where it is not."""
    match event:
        case ProjectPublished():
            return event.organisation_id
        case ProjectWithdrawn():
            return ""
        case _:
            raise UnknownEvent(f"{type(event).__name__} is no event of a public project")


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


def touches(caller: Grant, project: Project) -> bool:
    """Whether the project exists for this caller of its organisation."""
    return may_touch(caller, project.id, project.visibility, project.created_by)


def set_visibility(state: Project, visibility: int, caller: Grant, now: datetime) -> list[Message]:
    """Nothing for the visibility it has already; raises Denied to who neither created the project nor is an admin."""
    if visibility not in VISIBILITIES:
        raise Rejected("the visibility is private, organisation or public", field="visibility")
    if caller.role < Role.ROLE_ADMIN and caller.subject != state.created_by:
        raise Denied(
            "only who created the project and the organisation's admins may change who sees it; ask one of them"
        )
    if visibility == state.visibility:
        return []
    return [
        ProjectVisibilityChanged(
            project_id=state.id,
            visibility=visibility,  # type: ignore[arg-type]
            author=caller.subject,
            at=timestamp(now),
        )
    ]


def published(tenant: str, before: Project, events: Sequence[Message]) -> list[Write]:
    """What follows for the public: where the project is found, or that it is no more."""
    writes = []
    for event in events:
        if not isinstance(event, ProjectVisibilityChanged):
            continue
        public = event.visibility == api.VISIBILITY_PUBLIC
        if public or before.visibility == api.VISIBILITY_PUBLIC:
            said = ProjectPublished(organisation_id=tenant) if public else ProjectWithdrawn(organisation_id=tenant)
            writes.append(Write(SYSTEM_TENANT, f"public_project-{before.id}", ANY_VERSION, [said]))
    return writes


def taken(name: str) -> Taken:
    return Taken(f"a project named {name!r} exists already; choose another name", field="name")


def _reserve(tenant: str, project_id: str, name: str, held: Loaded[str]) -> Write:
    if held.state:
        raise taken(name)
    reserved = ProjectNameReserved(project_id=project_id)
    return Write(tenant, f"project_name-{name_id(name)}", held.version, [reserved])
