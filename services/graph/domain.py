"""An architecture: its first document, the batches of edits since, and the versions saved along the way."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

import blueprint
from blueprint import Graph
from blueprint.codec import encode
from kernel.clock import timestamp
from kernel.errors import Conflict, NotFound, Rejected
from kernel.events import UnknownEvent
from kernel.names import clean_name
from neuralforge.graph.v1.events_pb2 import (
    ArchitectureCreated,
    ArchitectureRenamed,
    EditsApplied,
    VersionSaved,
)
from services.graph.documents import edit, named, read_edits, stored
from services.graph.drawing import Drawing
from services.graph.versions import SavedVersion, VersionName, check_message, saved_version


@dataclass(frozen=True, slots=True)
class Meeting:
    """A version of another architecture whose changes this one has: what it was forked from, or merged."""

    version: VersionName
    revision: int
    at: Timestamp


@dataclass(frozen=True, slots=True)
class Architecture:
    """Revision 0 is an architecture that does not exist. Versions are numbered from 1, in the order of saving."""

    id: str = ""
    project_id: str = ""
    name: str = ""
    drawing: Drawing = field(default_factory=lambda: Drawing(Graph()))
    revision: int = 0
    versions: tuple[SavedVersion, ...] = ()
    origin: VersionName | None = None
    meetings: tuple[Meeting, ...] = ()
    created_by: str = ""
    created_at: Timestamp = field(default_factory=Timestamp)
    updated_at: Timestamp = field(default_factory=Timestamp)


def evolve(state: Architecture, event: Message) -> Architecture:
    match event:
        case ArchitectureCreated():
            return Architecture(
                id=event.architecture_id,
                project_id=event.project_id,
                name=event.name,
                drawing=Drawing(event.document),
                revision=1,
                origin=_origin(event),
                meetings=tuple(Meeting(origin, 1, event.at) for origin in [_origin(event)] if origin),
                created_by=event.created_by,
                created_at=event.at,
                updated_at=event.at,
            )
        case EditsApplied():
            drawing = state.drawing.edited(event.edits)
            meetings = (*state.meetings, *_merged(event))
            return replace(state, drawing=drawing, revision=event.revision, meetings=meetings, updated_at=event.at)
        case ArchitectureRenamed():
            drawing = state.drawing.renamed(event.name)
            return replace(state, name=event.name, drawing=drawing, updated_at=event.at)
        case VersionSaved():
            return replace(state, versions=(*state.versions, saved_version(event)), updated_at=event.at)
        case _:
            raise UnknownEvent(f"{type(event).__name__} is no event of an architecture")


def existing(state: Architecture) -> Architecture:
    """The architecture; raises NotFound where there is none."""
    if not state.revision:
        raise NotFound("there is no such architecture in your organisation; list a project's architectures to find it")
    return state


def version_of(state: Architecture, revision: int, message: str) -> SavedVersion | None:
    """The newest version of `revision` saved with this message; an empty message means any."""
    fitting = (saved for saved in reversed(state.versions) if saved.revision == revision)
    return next((saved for saved in fitting if message in ("", saved.message)), None)


def create(
    id: str,
    project_id: str,
    name: str,
    graph: Graph,
    created_by: str,
    now: datetime,
    origin: VersionName | None = None,
) -> list[Message]:
    """`name` is given to the document too; empty takes the document's. A fork has an `origin`."""
    graph = named(graph, name)
    created = ArchitectureCreated(
        architecture_id=id,
        project_id=project_id,
        name=graph.name,
        document=stored(graph, "document"),
        created_by=created_by,
        at=timestamp(now),
        origin_architecture_id=origin.architecture_id if origin else "",
        origin_version=origin.number if origin else 0,
    )
    return [created]


def rename(state: Architecture, name: str, author: str, now: datetime) -> list[Message]:
    """The name it has already changes nothing."""
    name = clean_name(name, "an architecture")
    if existing(state).name == name:
        return []
    return [ArchitectureRenamed(architecture_id=state.id, name=name, author=author, at=timestamp(now))]


def apply_edits(state: Architecture, base_revision: int, edits: bytes, author: str, now: datetime) -> list[Message]:
    """All edits or none; no edits are no revision. `base_revision` 0 takes whatever is current."""
    check_base(existing(state), base_revision)
    batch = read_edits(edits)
    if not batch:
        return []
    stored(edit(state.drawing.graph, batch), "edits")
    applied = EditsApplied(
        architecture_id=state.id,
        revision=state.revision + 1,
        edits=encode(blueprint.edits_to_json(batch)),
        author=author,
        at=timestamp(now),
    )
    return [applied]


def save_version(
    state: Architecture, revision: int, drawing: Drawing, message: str, author: str, now: datetime
) -> list[Message]:
    """Saves `drawing`, which is the architecture at `revision`; one saved with the same message is saved already."""
    existing(state)
    check_message(message)
    if version_of(state, revision, message):
        return []
    wrong = next((issue for issue in drawing.analysis.issues if issue.severity == "error"), None)
    if wrong:
        reason = f"revision {revision} cannot be saved as a version: {wrong.message}"
        raise Rejected(reason, reason="INVALID_ARCHITECTURE")
    saved = VersionSaved(
        architecture_id=state.id,
        number=len(state.versions) + 1,
        revision=revision,
        message=message,
        content_hash=blueprint.content_hash(drawing.graph),
        document=drawing.version_document,
        analysis=drawing.analysis_json,
        author=author,
        at=timestamp(now),
    )
    return [saved]


def check_base(state: Architecture, base: int) -> None:
    """Raises Rejected for a revision that never was, Conflict for a past one; 0 is whatever is current."""
    if not 0 <= base <= state.revision:
        raise Rejected(
            f"there is no revision {base}; the architecture is at revision {state.revision}, "
            "and 0 applies edits to whatever is current",
            field="base_revision",
        )
    if base and base != state.revision:
        raise Conflict(
            f"the edits were made on revision {base}, but the architecture is at revision {state.revision}; "
            f"load revision {state.revision}, make them again on it and send base_revision {state.revision}"
        )


def _origin(event: ArchitectureCreated) -> VersionName | None:
    origin = VersionName(event.origin_architecture_id, event.origin_version)
    return origin if origin.architecture_id else None


def _merged(event: EditsApplied) -> list[Meeting]:
    if not event.HasField("merged"):
        return []
    return [Meeting(VersionName(event.merged.architecture_id, event.merged.version), event.revision, event.at)]
