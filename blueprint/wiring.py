"""How nodes hang together: who feeds whom through which port, and where the lines are wrong."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from blueprint.catalogue.layer import Layer, Port
from blueprint.document import Edge, Graph, Node
from blueprint.issues import Issue, error, titled
from blueprint.ordering import order
from blueprint.quoting import quoted

MAX_PATH = 12


@dataclass(slots=True)
class Wiring:
    """Nodes by id (the first of equals), the edges into each, and an order that feeds each before it runs.

    `cyclic` nodes stand on a cycle; `cut` nodes lost an edge that hangs on nothing.
    """

    nodes: dict[str, Node]
    incoming: dict[str, list[Edge]]
    order: list[str] = field(default_factory=list)
    cyclic: set[str] = field(default_factory=set)
    cut: set[str] = field(default_factory=set)
    issues: list[Issue] = field(default_factory=list)


@dataclass(slots=True)
class Sockets:
    """What enters one node, as (port, source id, source port) in port order, and what is wrong there."""

    inputs: list[tuple[str, str, str]]
    issues: list[Issue]


def wire(graph: Graph) -> Wiring:
    """The wiring of a graph whose handles are written."""
    wiring = Wiring({node.id: node for node in reversed(graph.nodes)}, defaultdict(list))
    wiring.issues += _duplicates(graph)
    for edge in graph.edges:
        _attach(edge, wiring)
    predecessors = {id: sorted({edge.source for edge in wiring.incoming[id]}) for id in wiring.nodes}
    wiring.order, cycles = order(predecessors)
    wiring.cyclic = {id for cycle in cycles for id in cycle}
    wiring.issues += map(_cycle_issue, cycles)
    return wiring


def leading_to(targets: Iterable[str], wiring: Wiring) -> set[str]:
    """All nodes from which some target can be reached, targets included."""
    found = set(targets)
    waiting = list(found)
    while waiting:
        sources = {edge.source for edge in wiring.incoming[waiting.pop()]} - found
        found |= sources
        waiting += sources
    return found


def sockets(node: Node, layer: Layer, wiring: Wiring) -> Sockets:
    """Sort the edges into a node by its ports, and report those that fit none, or one already taken."""
    taken: dict[str, Edge] = {}
    issues: list[Issue] = []
    for edge in wiring.incoming[node.id]:
        handle = edge.target_handle or ""
        if not any(port.accepts(handle) for port in layer.inputs):
            issues.append(_no_such_input(node, layer, edge))
        elif handle in taken:
            issues.append(_second_input(node, edge, taken[handle]))
        else:
            taken[handle] = edge
    inputs: list[tuple[str, str, str]] = []
    for port in layer.inputs:
        handles = _handles(port, taken)
        inputs += [(handle, taken[handle].source, taken[handle].source_handle or "") for handle in handles]
        if missing := _missing(port, handles):
            issues.append(_missing_input(node, port, missing, len(handles)))
    return Sockets(inputs, issues)


def _handles(port: Port, taken: Iterable[str]) -> list[str]:
    mine = [handle for handle in taken if port.accepts(handle)]
    return sorted(mine, key=lambda handle: port.index(handle) or 0)


def _missing(port: Port, handles: list[str]) -> str | None:
    """The first port that should be connected and is not."""
    if not port.variadic:
        return None if handles else port.name
    gap = next((n for n, handle in enumerate(handles) if port.index(handle) != n), len(handles))
    return f"{port.name}.{gap}" if gap < max(port.minimum, len(handles)) else None


def _duplicates(graph: Graph) -> list[Issue]:
    counts = Counter(node.id for node in graph.nodes)
    return [
        error("duplicate_id", f"{count} nodes share the id {quoted(id)}", "give each node an id of its own", id)
        for id, count in counts.items()
        if count > 1
    ]


def _attach(edge: Edge, wiring: Wiring) -> None:
    ends = (edge.target, edge.source)
    missing = next((id for id in ends if id not in wiring.nodes), None)
    if missing is None:
        wiring.incoming[edge.target].append(edge)
        return
    present = next((id for id in ends if id in wiring.nodes), None)
    what = f"there is no node {quoted(missing)} for the edge from {quoted(edge.source)} to {quoted(edge.target)}"
    wiring.issues.append(error("dangling_edge", what, "remove the edge or add the node", present))
    wiring.cut.add(edge.target)


def _cycle_issue(cycle: list[str]) -> Issue:
    shown = [quoted(id) for id in cycle[:MAX_PATH]]
    skipped = [f"({len(cycle) - MAX_PATH} more)"] if len(cycle) > MAX_PATH else []
    path = " -> ".join([*shown, *skipped, quoted(cycle[0])])
    return error("cycle", f"the network runs in a circle: {path}", "remove one of these edges", cycle[0])


def _no_such_input(node: Node, layer: Layer, edge: Edge) -> Issue:
    names = [f"{port.name}.0, {port.name}.1, ..." if port.variadic else port.name for port in layer.inputs]
    mend = f"connect it to {', '.join(names)}" if names else "it takes none, remove the edge"
    what = f"{titled(node)}: has no input {quoted(edge.target_handle or 'in')} for the edge from {quoted(edge.source)}"
    return error("unknown_port", what, mend, node.id, edge.target_handle)


def _second_input(node: Node, edge: Edge, first: Edge) -> Issue:
    handle = edge.target_handle or ""
    what = f"{titled(node)}: both {quoted(first.source)} and {quoted(edge.source)} feed {quoted(handle)}"
    return error("too_many_inputs", what, "keep one of the edges, or join the two by Add or Concat", node.id, handle)


def _missing_input(node: Node, port: Port, missing: str, connected: int) -> Issue:
    if port.variadic:
        what = f"{titled(node)}: {connected} of at least {max(port.minimum, connected + 1)} inputs are connected"
    else:
        what = f"{titled(node)}: nothing is connected to {quoted(missing)}"
    return error("missing_input", what, f"connect a layer to {quoted(missing)}", node.id, missing)
