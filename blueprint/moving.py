"""The difference in drawing between two networks of the same content: which nodes stand elsewhere."""

from blueprint.document import Graph, Node
from blueprint.edits import Edit, MoveNode, Within


def moves(a: Graph, b: Graph) -> tuple[Edit, ...]:
    """Edits after which the nodes of `a` are drawn where those of `b` are, path by path; others stay."""
    wanted = {node.id: node for node in b.nodes}
    return tuple(edit for node in a.nodes if node.id in wanted for edit in _moves(node, wanted[node.id]))


def _moves(node: Node, wanted: Node) -> list[Edit]:
    inner = moves(node.graph, wanted.graph) if node.graph and wanted.graph else ()
    moved: list[Edit] = [] if node.position == wanted.position else [MoveNode(node.id, wanted.position)]
    return [*moved, *([Within(node.id, inner)] if inner else [])]
