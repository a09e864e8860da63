"""How a document came to be, batch by batch: pages of an architecture's own stream, newest first."""

import re
from collections.abc import Awaitable, Callable, Sequence

from kernel.errors import Rejected
from kernel.log import Recorded
from kernel.pages import page
from neuralforge.graph.v1 import service_pb2 as api
from neuralforge.graph.v1.events_pb2 import ArchitectureCreated, EditsApplied
from services.graph.domain import Architecture, version_of
from services.graph.summaries import summary

AT_ONCE = 50
MOST_BYTES = 4 * 2**20
MOST_TOKEN_DIGITS = 18
Read = Callable[[int, int], Awaitable[Sequence[Recorded]]]


async def revision_page(read: Read, newest: int, size: int, token: str) -> tuple[Sequence[Recorded], str]:
    """(the events that made revisions, next page token) of a stream of `newest` events; raises Rejected.

    `read(after, limit)` gives events by their version in the stream, and a token is such a version. Batches of edits
    can be large, so a page ends early where those on it come to MOST_BYTES.
    """
    size, top, weight = page(size, "").size, _below(token, newest), 0
    found: list[Recorded] = []
    while top > 1:
        bottom = max(1, top - AT_ONCE)
        for recorded in reversed(await read(bottom - 1, top - bottom)):
            if not isinstance(recorded.event, ArchitectureCreated | EditsApplied):
                continue
            weight += len(recorded.event.edits) if isinstance(recorded.event, EditsApplied) else 0
            if found and (len(found) == size or weight > MOST_BYTES):
                return found, str(found[-1].version)
            found.append(recorded)
        top = bottom
    return found, ""


def _below(token: str, newest: int) -> int:
    """The version in the stream that a page stays below."""
    if not token:
        return newest + 1
    if not re.fullmatch(rf"[1-9][0-9]{{0,{MOST_TOKEN_DIGITS - 1}}}", token) or int(token) > newest:
        raise Rejected("this page_token was not issued here; start again without one", field="page_token")
    return int(token)


def revision_message(state: Architecture, recorded: Recorded) -> api.Revision:
    """A revision as the contract has it; `state` knows the versions saved."""
    event = recorded.event
    assert isinstance(event, ArchitectureCreated | EditsApplied)
    applied = event if isinstance(event, EditsApplied) else None
    revision = applied.revision if applied else 1
    saved = version_of(state, revision, "")
    return api.Revision(
        revision=revision,
        at=event.at,
        author=applied.author if applied else event.created_by,  # type: ignore[union-attr]
        edits=applied.edits if applied else b"[]",
        summary=summary(event),
        saved_version=saved.number if saved else 0,
        saved_message=saved.message if saved else "",
    )
