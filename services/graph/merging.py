"""Merging a version of another architecture, or of the same, into what an architecture is now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from google.protobuf.message import Message

import blueprint
from blueprint import DocumentError, Edit, Graph, Merge
from blueprint.codec import JSON, encode
from kernel.clock import moment, timestamp
from kernel.errors import Rejected
from neuralforge.graph.v1.events_pb2 import EditsApplied, MergedVersion
from services.graph.documents import edit, stored
from services.graph.domain import Architecture, check_base, existing
from services.graph.versions import VersionName


@dataclass(frozen=True, slots=True)
class Incoming:
    """A version to be merged, the version that it and the architecture come from, and both documents."""

    theirs: VersionName
    base: VersionName
    document: bytes
    base_document: bytes


def common_version(target: Architecture, source: Architecture, revision: int, base_version: int) -> VersionName:
    """The version that `target` and `source` at `revision` both come from; raises Rejected where there is none.

    Of several it is the one they met at last. Versions of one architecture have a base only if it is named.
    """
    if target.id == source.id:
        if base_version:
            return VersionName(target.id, base_version)
        reason = "name the version since which the changes are taken, as both are of the same architecture"
        raise Rejected(f"there is no base version; {reason}", field="source.base_version")
    if base_version:
        reason = "a base version is only for versions of one architecture"
        raise Rejected(f"{reason}; leave it 0, forks remember where they come from", field="source.base_version")
    meetings = sorted(_meetings(target, source, revision), key=lambda met: met[0])
    if not meetings:
        raise Rejected(
            "the two architectures have no version in common; merge a fork into its origin, or an origin into its fork",
            field="source.architecture_id",
        )
    return meetings[-1][1]


def merged(ours: Graph, incoming: Incoming) -> Merge:
    """The merge into the network `ours`; raises Rejected where blueprint refuses."""
    try:
        base, theirs = (blueprint.parse(data) for data in (incoming.base_document, incoming.document))
        return blueprint.merge(base, ours, theirs)
    except DocumentError as error:
        raise Rejected(f"the two cannot be merged: {error}", field="source") from error


def edits_to(ours: Graph, graph: Graph) -> tuple[Edit, ...]:
    """The edits that lead to the content of `graph`, and to where its nodes are drawn; raises Rejected."""
    try:
        edits = blueprint.diff(ours, graph)
    except DocumentError as error:
        raise Rejected(f"the two cannot be merged: {error}", field="source") from error
    return (*edits, *blueprint.moves(edit(ours, edits), graph))


def merge(
    state: Architecture, incoming: Incoming, base_revision: int, keep_ours: bool, author: str, now: datetime
) -> tuple[list[Message], Merge]:
    """The merge as a batch of edits, none where nothing is new; raises Rejected for conflicts unless `keep_ours`."""
    check_base(existing(state), base_revision)
    ours = state.drawing.graph
    result = merged(ours, incoming)
    if result.conflicts and not keep_ours:
        count = f"{len(result.conflicts)} {'conflict' if len(result.conflicts) == 1 else 'conflicts'}"
        raise Rejected(
            f"the merge has {count}, the first: {result.conflicts[0].message}; or merge with keep_ours",
            reason="MERGE_CONFLICTS",
        )
    edits = edits_to(ours, result.graph)
    if not edits:
        return [], result
    stored(edit(ours, edits), "source")
    return [_applied(state, incoming.theirs, edits, len(result.conflicts), author, now)], result


def conflicts_json(result: Merge) -> bytes:
    """The conflicts as the contract has them."""
    conflicts: list[JSON] = [conflict.to_json() for conflict in result.conflicts]
    return encode(conflicts)


def _applied(
    state: Architecture, theirs: VersionName, edits: Sequence[Edit], conflicts: int, author: str, now: datetime
) -> EditsApplied:
    return EditsApplied(
        architecture_id=state.id,
        revision=state.revision + 1,
        edits=encode(blueprint.edits_to_json(edits)),
        author=author,
        at=timestamp(now),
        merged=MergedVersion(architecture_id=theirs.architecture_id, version=theirs.number, conflicts=conflicts),
    )


def _meetings(target: Architecture, source: Architecture, revision: int) -> Iterator[tuple[datetime, VersionName]]:
    """When one of the two last took over a version of the other, and which."""
    for met in target.meetings:
        if met.version.architecture_id == source.id:
            yield moment(met.at), met.version
    for met in source.meetings:
        if met.version.architecture_id == target.id and met.revision <= revision:
            yield moment(met.at), met.version
