"""Putting another node in a node's place: edges stay where the new one has their ports, the others go."""

from collections.abc import Sequence

from blueprint.canonical import named
from blueprint.catalogue import layer_of
from blueprint.catalogue.layer import Port
from blueprint.document import Edge, Node
from blueprint.draft import Draft, Refused, ends
from blueprint.edits import Connect, Disconnect, Edit, Replace
from blueprint.ports import HOLDERS, inputs_of, outputs_of
from blueprint.quoting import quoted


def replace_node(draft: Draft, id: str, node: Node) -> Sequence[Edit]:
    """Replace a node of a draft, and give the edits that undo it."""
    old = draft.node(id)
    if node.id != id:
        raise Refused(f"node {quoted(id)} cannot be replaced by one called {quoted(node.id)}; call it {quoted(id)} too")
    before = draft.edges_at(id)
    for edge in before:
        draft.drop(edge)
    draft.leave(old)
    draft.enter(named(node))
    # An edge without a handle takes a port that no other has.
    for edge in sorted(before, key=lambda edge: (edge.target_handle is None, edge.source_handle is None)):
        _put_back(draft, edge, id)
    return _undo(old, before, draft.edges_at(id))


def fits(edge: Edge, node: Node) -> bool:
    """Whether a node has the port that an edge at it names; one whose ports are unknown has any."""
    if layer_of(node.type) is None and (node.type not in HOLDERS or node.graph is None):
        return True
    outputs = [Port(name.removesuffix(".*"), variadic=name.endswith(".*")) for name in outputs_of(node)]
    enters = edge.target != node.id or _has(inputs_of(node), edge.target_handle)
    return enters and (edge.source != node.id or _has(outputs, edge.source_handle))


def _put_back(draft: Draft, edge: Edge, id: str) -> None:
    edge = draft.complete(edge) if {edge.source, edge.target} <= draft.nodes.keys() else edge
    if fits(edge, draft.nodes[id]) and ends(edge) not in draft.edges:
        draft.put(edge)


def _undo(old: Node, before: Sequence[Edge], after: Sequence[Edge]) -> Sequence[Edit]:
    was, now = ({ends(edge) for edge in edges} for edges in (before, after))
    return [
        *(Disconnect(edge) for edge in after if ends(edge) not in was),
        Replace(old.id, old),
        *(Connect(edge) for edge in before if ends(edge) not in now or not fits(edge, old)),
    ]


def _has(ports: Sequence[Port], handle: str | None) -> bool:
    return any(port.accepts(handle or "") for port in ports)
