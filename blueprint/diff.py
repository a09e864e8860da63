"""The edits that lead from one network to another: few, in a fixed order, and telling what a person did.

Positions, names and other dress are no content and not compared.
"""

from collections import defaultdict
from collections.abc import Mapping

from blueprint.canonical import edge_content, node_content
from blueprint.codec import JSON, DocumentError, encode
from blueprint.document import Edge, Graph, Node
from blueprint.draft import Draft, Ends, draft_of, shown
from blueprint.edits import AddNode, Configure, Connect, Disconnect, Edit, RemoveNode, RenameNode, apply
from blueprint.quoting import quoted


def diff(a: Graph, b: Graph) -> tuple[Edit, ...]:
    """Edits with apply(a, diff(a, b)) having the content of b.

    Raises DocumentError for what no edits lead to: repeated ids or edges, edges to nowhere, unknown
    keys of a document.
    """
    new = draft_of(b)
    _check_reachable(a, b, new)
    renames = _renames(draft_of(a), new)
    old = draft_of(apply(a, renames))
    gone = {id for id, node in old.nodes.items() if id not in new.nodes or _replaced(node, new.nodes[id])}
    stays = {id for id in old.nodes if id not in gone}
    kept = {key: edge for key, edge in old.edges.items() if gone.isdisjoint((edge.source, edge.target))}
    return (
        *renames,
        *(Disconnect(kept[key]) for key in _missing(kept, new.edges)),
        *map(RemoveNode, sorted(gone)),
        *(AddNode(new.nodes[id]) for id in sorted(new.nodes) if id not in stays),
        *(edit for id in sorted(stays) for edit in _configured(old.nodes[id], new.nodes[id])),
        *(Connect(new.edges[key]) for key in _missing(new.edges, kept)),
    )


def _check_reachable(a: Graph, b: Graph, new: Draft) -> None:
    if encode(a.extra) != encode(b.extra):
        key = next(iter({**a.extra, **b.extra}))
        raise DocumentError(f"the documents differ in the unknown key {quoted(key)}; remove it first")
    for edge in new.edges.values():
        if missing := {edge.source, edge.target} - new.nodes.keys():
            raise DocumentError(f"{shown(edge)} has no node {quoted(min(missing))}; remove the edge or add the node")


def _replaced(old: Node, new: Node) -> bool:
    """Whether a node became another thing under the same id."""
    return old.type != new.type or encode(old.extra) != encode(new.extra)


def _missing(edges: Mapping[Ends, Edge], others: Mapping[Ends, Edge]) -> list[Ends]:
    """Keys of the edges that have no equal among the others."""
    return sorted(key for key in edges if key not in others or encode(edges[key].extra) != encode(others[key].extra))


def _configured(old: Node, new: Node) -> list[Edit]:
    settings = {
        key: value
        for key, value in sorted(new.config.items())
        if key not in old.config or encode(old.config[key]) != encode(value)
    }
    unset = tuple(sorted(set(old.config) - set(new.config)))
    return [Configure(new.id, settings, unset)] if settings or unset else []


def _renames(old: Draft, new: Draft) -> list[Edit]:
    """Nodes that are gone, each paired with a new one that is the same in all but its id."""
    candidates: dict[bytes, list[str]] = defaultdict(list)
    for id in sorted(set(new.nodes) - set(old.nodes), reverse=True):
        candidates[_nature(id, new)].append(id)
    return [
        RenameNode(id, candidates[nature].pop())
        for id in sorted(set(old.nodes) - set(new.nodes))
        if candidates.get(nature := _nature(id, old))
    ]


def _nature(id: str, draft: Draft) -> bytes:
    """All of a node but its id: type, settings, and its edges."""
    node = {**node_content(draft.nodes[id]), "id": None}
    edges = [{**edge_content(edge), **_ends_without(id, edge)} for edge in draft.edges_at(id)]
    return encode([node, *sorted(edges, key=encode)])


def _ends_without(id: str, edge: Edge) -> dict[str, JSON]:
    return {end: None if at == id else at for end, at in (("source", edge.source), ("target", edge.target))}
