"""The edits that lead from one network to another: few, in a fixed order, and telling what a person did.

Positions, names and other dress are no content and not compared.
"""

from collections.abc import Mapping

from blueprint.canonical import graph_content
from blueprint.codec import DocumentError, encode
from blueprint.document import Edge, Graph, Node
from blueprint.draft import Draft, Ends, described, draft_of, opened
from blueprint.editing import perform
from blueprint.edits import AddNode, Configure, Connect, Disconnect, Edit, RemoveNode, Replace, Within
from blueprint.identity import align
from blueprint.quoting import quoted


def diff(a: Graph, b: Graph) -> tuple[Edit, ...]:
    """Edits with apply(a, diff(a, b)) having the content of b.

    Raises DocumentError for what no edits lead to: repeated ids or edges, edges to nowhere, unknown
    keys of a document. Inside a Block such things are no hindrance, as it can be replaced.
    """
    if encode(a.extra) != encode(b.extra):
        key = next(iter({**a.extra, **b.extra}))
        raise DocumentError(f"the documents differ in the unknown key {quoted(key)}; remove it first")
    return tuple(_changes(draft_of(a), draft_of(b)))


def _changes(old: Draft, new: Draft) -> list[Edit]:
    """The edits that make `old` equal to `new`, made on it stage by stage."""
    _check_edges(new)
    told = align(old, new)
    for stage in (_inside, _disconnected, _removed, _replaced, _added, _configured, _connected):
        edits = stage(old, new)
        perform(old, edits)
        told += edits
    return told


def _check_edges(new: Draft) -> None:
    for edge in new.edges.values():
        missing = [id for id in (edge.source, edge.target) if id not in new.nodes]
        if missing:
            what = f"{described(edge)} has no node {quoted(min(missing))}"
            raise DocumentError(f"{what}; remove the edge or add the node")


def _inside(old: Draft, new: Draft) -> list[Edit]:
    told: list[Edit] = []
    for id in _staying(old, new):
        inner, wanted = opened(old, id), opened(new, id)
        if inner and wanted and not _another(old.nodes[id], new.nodes[id]):
            told += _within(id, inner, wanted)
    return told


def _within(id: str, inner: Draft, wanted: Draft) -> list[Edit]:
    """The changes in a Block; none where no edits lead there, and it is to be replaced."""
    try:
        edits = _changes(inner, wanted)
    except DocumentError:
        return []
    return [Within(id, tuple(edits))] if edits else []


def _disconnected(old: Draft, new: Draft) -> list[Edit]:
    """Edges between nodes that stay; those of the others go with them."""
    gone = old.nodes.keys() - new.nodes.keys()
    kept = {key: edge for key, edge in old.edges.items() if gone.isdisjoint((edge.source, edge.target))}
    return [Disconnect(kept[key]) for key in _missing(kept, new.edges)]


def _removed(old: Draft, new: Draft) -> list[Edit]:
    return [RemoveNode(id) for id in sorted(old.nodes.keys() - new.nodes.keys())]


def _replaced(old: Draft, new: Draft) -> list[Edit]:
    """Nodes that became another thing under the same id, or hold what no edits lead to."""
    return [
        Replace(id, new.nodes[id])
        for id in _staying(old, new)
        if _another(old.nodes[id], new.nodes[id]) or _inner_content(old.nodes[id]) != _inner_content(new.nodes[id])
    ]


def _added(old: Draft, new: Draft) -> list[Edit]:
    return [AddNode(new.nodes[id]) for id in sorted(new.nodes.keys() - old.nodes.keys())]


def _configured(old: Draft, new: Draft) -> list[Edit]:
    return [edit for id in _staying(old, new) for edit in _settings(old.nodes[id], new.nodes[id])]


def _connected(old: Draft, new: Draft) -> list[Edit]:
    return [Connect(new.edges[key]) for key in _missing(new.edges, old.edges)]


def _staying(old: Draft, new: Draft) -> list[str]:
    return sorted(old.nodes.keys() & new.nodes.keys())


def _another(old: Node, new: Node) -> bool:
    """Whether a node became another thing under the same id."""
    extras = [(node.extra, None if node.graph is None else node.graph.extra) for node in (old, new)]
    return old.type != new.type or encode(extras[0]) != encode(extras[1])


def _inner_content(node: Node) -> bytes:
    return encode(None if node.graph is None else graph_content(node.graph))


def _missing(edges: Mapping[Ends, Edge], others: Mapping[Ends, Edge]) -> list[Ends]:
    """Keys of the edges that have no equal among the others."""
    return sorted(key for key in edges if key not in others or encode(edges[key].extra) != encode(others[key].extra))


def _settings(old: Node, new: Node) -> list[Edit]:
    settings = {
        key: value
        for key, value in sorted(new.config.items())
        if key not in old.config or encode(old.config[key]) != encode(value)
    }
    unset = tuple(sorted(set(old.config) - set(new.config)))
    return [Configure(new.id, settings, unset)] if settings or unset else []
