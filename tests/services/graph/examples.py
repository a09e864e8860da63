"""Networks, edits and moments that the tests of this room share."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from kernel.clock import timestamp
from neuralforge.graph.v1.events_pb2 import ArchitectureCreated, EditsApplied

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)
ADA = "ada"

NODES: list[dict[str, Any]] = [
    {"id": "in", "type": "Input", "config": {"shape": ["B", 8]}, "position": {"x": 0, "y": 0}},
    {"id": "fc", "type": "Linear", "config": {"out_features": 4}, "position": {"x": 0, "y": 96}},
    {"id": "out", "type": "Output"},
]
EDGES = [{"source": "in", "target": "fc"}, {"source": "fc", "target": "out"}]

WIDEN = {"op": "configure", "id": "fc", "set": {"out_features": 16}}
ADD_RELU = {"op": "add_node", "node": {"id": "act", "type": "ReLU"}}
REMOVE_GHOST = {"op": "remove_node", "id": "ghost"}
CUT_OFF = {"op": "disconnect", "edge": {"source": "fc", "target": "out"}}


def document(**changes: Any) -> bytes:
    """A valid network of one Linear layer, 8 to 4: 36 parameters, 32 multiply-accumulates."""
    whole = {"schema": "neuralforge.blueprint/1", "name": "small", "nodes": NODES, "edges": EDGES}
    return json.dumps(whole | changes).encode()


def edits(*batch: dict[str, Any]) -> bytes:
    return json.dumps(batch).encode()


def move(x: int) -> dict[str, Any]:
    return {"op": "move_node", "id": "fc", "position": {"x": x, "y": 0}}


def long_chain(layers: int) -> bytes:
    """A network of that many Linear layers, one after the other."""
    chain = [{"id": f"fc{i}", "type": "Linear", "config": {"out_features": 8}} for i in range(layers)]
    nodes = [NODES[0], *chain, NODES[2]]
    ids = [node["id"] for node in nodes]
    links = [{"source": a, "target": b} for a, b in pairwise(ids)]
    return document(nodes=nodes, edges=links)


CREATED = ArchitectureCreated(
    architecture_id="a1", project_id="p1", name="small", document=document(), created_by=ADA, at=timestamp(NOON)
)


def applied(revision: int, *batch: dict[str, Any], at: datetime = LATER) -> EditsApplied:
    return EditsApplied(architecture_id="a1", revision=revision, edits=edits(*batch), author=ADA, at=timestamp(at))
