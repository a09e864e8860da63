"""What changed between saved versions, what that costs, and which version last set what."""

import json
from collections.abc import Sequence

import blueprint
from blueprint import DocumentError
from blueprint.codec import JSON, encode
from kernel.errors import Rejected
from neuralforge.graph.v1 import service_pb2 as api
from neuralforge.graph.v1.events_pb2 import VersionSaved

MOST_BLAMED = 100


def comparison(base: VersionSaved, target: VersionSaved) -> api.DiffVersionsResponse:
    """The edits from one version to another, with the figures that were saved; raises Rejected."""
    before, after = (blueprint.parse(saved.document) for saved in (base, target))
    try:
        found = blueprint.compare_analysed(before, after, json.loads(base.analysis), json.loads(target.analysis))
    except DocumentError as error:
        raise Rejected(f"the two versions cannot be compared: {error}") from error
    nodes: list[JSON] = [node.to_json() for node in found.nodes]
    return api.DiffVersionsResponse(
        edits=encode(blueprint.edits_to_json(found.edits)),
        figures=[
            api.FigureChange(name=name, before=change.before or "", after=change.after or "")
            for name, change in found.totals.items()
        ],
        nodes=encode(nodes),
    )


def blamed(versions: Sequence[VersionSaved]) -> bytes:
    """Numbers of versions for all there is in the last of them, the first looked at standing for all before it."""
    recent = versions[-MOST_BLAMED:]
    try:
        found = blueprint.blame([(str(saved.number), blueprint.parse(saved.document)) for saved in recent])
    except DocumentError as error:
        raise Rejected(f"the versions cannot be traced: {error}") from error
    return encode(found.to_json())
