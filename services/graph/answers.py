"""What the service answers, in the contract's messages."""

from asyncio import to_thread
from collections.abc import Awaitable, Callable
from typing import TypeVar

from neuralforge.graph.v1 import service_pb2 as api
from services.graph.domain import Architecture
from services.graph.versions import SavedVersion

Shown = TypeVar(
    "Shown",
    api.CreateArchitectureResponse,
    api.ForkArchitectureResponse,
    api.ApplyEditsResponse,
    api.MergeArchitectureResponse,
    api.GetArchitectureResponse,
    api.RenameArchitectureResponse,
)


def architecture(state: Architecture) -> api.Architecture:
    return api.Architecture(
        id=state.id,
        project_id=state.project_id,
        name=state.name,
        revision=state.revision,
        latest_version=len(state.versions),
        created_at=state.created_at,
        updated_at=state.updated_at,
        created_by=state.created_by,
        origin_architecture_id=state.origin.architecture_id if state.origin else "",
        origin_version=state.origin.number if state.origin else 0,
    )


def shown(kind: type[Shown]) -> Callable[[Architecture], Awaitable[Shown]]:
    """How to answer with an architecture, its document and its analysis, which are worked out in a thread."""

    async def answer(state: Architecture) -> Shown:
        document, analysis = await to_thread(lambda: (state.drawing.document, state.drawing.analysis_json))
        return kind(architecture=architecture(state), document=document, analysis=analysis)

    return answer


def version(architecture_id: str, saved: SavedVersion) -> api.Version:
    return api.Version(
        architecture_id=architecture_id,
        number=saved.number,
        message=saved.message,
        content_hash=saved.content_hash,
        revision=saved.revision,
        author=saved.author,
        created_at=saved.at,
        params=saved.params,
        macs=saved.macs,
    )
