"""How nodes hang together: who feeds whom, in which order, and where the lines are wrong."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from blueprint.document import Edge, Graph, Node
from blueprint.issues import Issue, error
from blueprint.ordering import order
from blueprint.quoting import quoted

MAX_PATH = 12


@dataclass(slots=True)
class Wiring:
    """Nodes by id (the first of equals), the edges into and out of each, and an order that feeds each before it runs.

    `cyclic` nodes stand on a cycle; `cut` nodes lost an edge that hangs on nothing.
    """

    nodes: dict[str, Node]
    incoming: dict[str, list[Edge]]
    outgoing: dict[str, list[Edge]]
    order: list[str] = field(default_factory=list)
    cyclic: set[str] = field(default_factory=set)
    cut: set[str] = field(default_factory=set)
    issues: list[Issue] = field(default_factory=list)

    def put_in_order(self) -> list[list[str]]:
        """Find the order anew; gives the cycles."""
        predecessors = {id: {edge.source for edge in edges} for id, edges in self.incoming.items()}
        self.order, cycles = order(predecessors)
        self.cyclic = {id for cycle in cycles for id in cycle}
        return cycles


def wire(graph: Graph, prefix: str = "") -> Wiring:
    """The wiring of a graph whose handles are written; `prefix` leads to it through the Blocks that hold it."""
    nodes = {node.id: node for node in reversed(graph.nodes)}
    wiring = Wiring(nodes, {id: [] for id in nodes}, {id: [] for id in nodes})
    if len(nodes) < len(graph.nodes):
        wiring.issues += _duplicates(graph, prefix)
    for edge in graph.edges:
        if edge.target in nodes and edge.source in nodes:
            wiring.incoming[edge.target].append(edge)
            wiring.outgoing[edge.source].append(edge)
        else:
            wiring.issues.append(_dangling(edge, nodes, prefix))
            wiring.cut.add(edge.target)
    wiring.issues += [_cycle(cycle, prefix) for cycle in wiring.put_in_order()]
    return wiring


def leading_to(targets: Iterable[str], wiring: Wiring) -> set[str]:
    """All nodes from which some target can be reached, targets included."""
    found = set(targets)
    waiting = list(found)
    while waiting:
        for edge in wiring.incoming[waiting.pop()]:
            if edge.source not in found:
                found.add(edge.source)
                waiting.append(edge.source)
    return found


def _duplicates(graph: Graph, prefix: str) -> list[Issue]:
    counts = Counter(node.id for node in graph.nodes)
    return [
        error(
            "duplicate_id",
            f"{count} nodes share the id {quoted(prefix + id)}",
            "give each an id of its own",
            prefix + id,
        )
        for id, count in counts.items()
        if count > 1
    ]


def _dangling(edge: Edge, nodes: Mapping[str, Node], prefix: str) -> Issue:
    ends = (edge.target, edge.source)
    missing = next(id for id in ends if id not in nodes)
    present = next((prefix + id for id in ends if id in nodes), None)
    line = f"the edge from {quoted(prefix + edge.source)} to {quoted(prefix + edge.target)}"
    what = f"there is no node {quoted(prefix + missing)} for {line}"
    return error("dangling_edge", what, "remove the edge or add the node", present)


def _cycle(cycle: list[str], prefix: str) -> Issue:
    shown = [quoted(prefix + id) for id in cycle[:MAX_PATH]]
    skipped = [f"({len(cycle) - MAX_PATH} more)"] if len(cycle) > MAX_PATH else []
    path = " -> ".join([*shown, *skipped, quoted(prefix + cycle[0])])
    return error("cycle", f"the network runs in a circle: {path}", "remove one of these edges", prefix + cycle[0])
