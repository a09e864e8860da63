"""Dissolving a Block: what entered or left at its ports is connected straight to what is inside."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from blueprint.codec import encode
from blueprint.document import Edge, Node
from blueprint.draft import Draft, Refused, described, ends
from blueprint.edits import AddNode, Connect, Disconnect, Edit, RemoveNode
from blueprint.outside import SIDES
from blueprint.ports import HOLDERS
from blueprint.quoting import quoted, shown


def ungroup(draft: Draft, id: str, prefix: str) -> Sequence[Edit]:
    """Dissolve a Block of a draft, and give the edits that undo it."""
    block, before = draft.node(id), draft.edges_at(id)
    again = [edge for edge in before if draft.joins(edge)]
    _check_dissolvable(block, before)
    inner = draft.inside(id)
    for edge in before:
        draft.drop(edge)
    draft.leave(block)
    names = {node.id: prefix + node.id for node in inner.nodes.values() if node.type not in SIDES}
    for old, new in names.items():
        _check_free(draft, block, old, new)
        draft.enter(replace(inner.nodes[old], id=new))
    through = _connect(draft, block, _joined(inner, names, block, before), set(names.values()))
    return [*map(Disconnect, through), *map(RemoveNode, names.values()), AddNode(block), *map(Connect, again)]


def _joined(inner: Draft, names: Mapping[str, str], block: Node, outer: Sequence[Edge]) -> Iterator[Edge]:
    """The edges inside, with those outside put in the place of the Block's ports."""
    entering, leaving = _by_port(inner, block.id, outer)
    for edge in inner.edges.values():
        starts = [replace(edge, source=names[edge.source])] if edge.source in names else entering.get(edge.source, [])
        onward = [replace(edge, target=names[edge.target])] if edge.target in names else leaving.get(edge.target, [])
        for start in starts:
            for end in onward:
                yield replace(end, source=start.source, source_handle=start.source_handle)


def _by_port(inner: Draft, block: str, outer: Sequence[Edge]) -> tuple[dict[str, list[Edge]], dict[str, list[Edge]]]:
    """The edges outside by the Input they enter, and by the Output they leave."""
    entering: dict[str, list[Edge]] = {node.id: [] for node in inner.nodes.values() if node.type == "Input"}
    leaving: dict[str, list[Edge]] = {node.id: [] for node in inner.nodes.values() if node.type == "Output"}
    for edge in outer:
        if edge.target == block:
            entering.get(edge.target_handle or "", []).append(edge)
        else:
            leaving.get(edge.source_handle or "", []).append(edge)
    return entering, leaving


def _connect(draft: Draft, block: Node, edges: Iterable[Edge], members: set[str]) -> list[Edge]:
    """Draw the edges; gives those that run past what came out of the Block."""
    through: list[Edge] = []
    for edge in edges:
        if ends(edge) in draft.edges:
            what = f"without block {quoted(block.id)}, {described(edge)} would be drawn twice"
            raise Refused(f"{what}; remove one of the two first")
        draft.put(edge)
        through += [edge] if members.isdisjoint((edge.source, edge.target)) else []
    return through


def dissolvable(node: Node) -> bool:
    """Whether a node is a Block, and not a repeated one."""
    return node.type in HOLDERS and node.graph is not None and encode(node.config.get("repeat", 1)) == b"1"


def _check_dissolvable(block: Node, edges: Sequence[Edge]) -> None:
    if block.type not in HOLDERS or block.graph is None:
        raise Refused(f"node {quoted(block.id)} is no block that holds a graph; ungroup one that does")
    if not dissolvable(block):
        raise Refused(
            f"block {quoted(block.id)} is repeated {shown(block.config['repeat'])} times; set repeat to 1 first"
        )
    if any(edge.source == edge.target for edge in edges):
        raise Refused(f"block {quoted(block.id)} feeds itself; remove that edge first")


def _check_free(draft: Draft, block: Node, old: str, new: str) -> None:
    if new in draft.nodes:
        what = f"node {quoted(old)} cannot leave block {quoted(block.id)}, there is a node {quoted(new)} already"
        raise Refused(f"{what}; give another prefix for the ids")
