"""Putting another node in a node's place: edges stay where the new one has their ports, the others go."""

from collections.abc import Iterable, Sequence

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
    places = Places(draft.nodes[id])
    for edge in sorted(before, key=lambda edge: (edge.target_handle is None, edge.source_handle is None)):
        _put_back(draft, edge, places)
    was, now = ([edge for edge in edges if draft.joins(edge)] for edges in (before, draft.edges_at(id)))
    return _undo(old, was, now)


class Places:
    """The ports of a node, to look edges up in; a node whose ports are unknown has any."""

    def __init__(self, node: Node) -> None:
        self._id = node.id
        self._any = layer_of(node.type) is None and (node.type not in HOLDERS or node.graph is None)
        self._inputs = _Names(inputs_of(node))
        self._outputs = _Names(Port(name.removesuffix(".*"), name.endswith(".*")) for name in outputs_of(node))

    def fit(self, edge: Edge) -> bool:
        """Whether the node has the ports that an edge at it names."""
        enters = edge.target != self._id or self._inputs.hold(edge.target_handle)
        return self._any or (enters and (edge.source != self._id or self._outputs.hold(edge.source_handle)))

    def named_none(self, edge: Edge) -> bool:
        """Whether an edge at the node names no port where there are some."""
        enters = edge.target == self._id and edge.target_handle is None and self._inputs.any
        return enters or (edge.source == self._id and edge.source_handle is None and self._outputs.any)


class _Names:
    """The names that ports go by."""

    def __init__(self, ports: Iterable[Port]) -> None:
        ports = list(ports)
        self._single = {port.name for port in ports if not port.variadic}
        self._variadic = [port for port in ports if port.variadic]
        self.any = bool(ports)

    def hold(self, handle: str | None) -> bool:
        return handle in self._single or any(port.accepts(handle or "") for port in self._variadic)


def _put_back(draft: Draft, edge: Edge, places: Places) -> None:
    edge = draft.complete(edge) if {edge.source, edge.target} <= draft.nodes.keys() else edge
    if places.fit(edge) and ends(edge) not in draft.edges:
        draft.put(edge)


def _undo(old: Node, before: Sequence[Edge], after: Sequence[Edge]) -> Sequence[Edit]:
    places = Places(old)
    was, now = ({ends(edge) for edge in edges} for edges in (before, after))
    return [
        *(Disconnect(edge) for edge in after if ends(edge) not in was),
        Replace(old.id, old),
        *(Connect(edge) for edge in before if ends(edge) not in now or not places.fit(edge)),
    ]
