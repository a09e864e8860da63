"""Drawing a network tidily: inputs above, outputs below, long edges straight, everything on a grid of 32 pixels.

Nodes are taken to be 192 wide and 64 high; a position is the upper left corner.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from blueprint.columns import GRID, WIDTH, columns, round_to_grid
from blueprint.crossings import untangle
from blueprint.document import Graph, Position
from blueprint.layering import layered

ROW = 3 * GRID
HEIGHT = 2 * GRID
COLUMN = 8 * GRID

Places = Mapping[str, tuple[int, int]]


def layout(graph: Graph, everything: bool = False) -> Graph:
    """The graph with a position for every node, inside Blocks too; nodes that have one keep it unless `everything`."""
    inner = tuple(replace(node, graph=node.graph and layout(node.graph, everything)) for node in graph.nodes)
    graph = replace(graph, nodes=inner)
    if not everything and all(node.position for node in graph.nodes):
        return graph
    tidy = arranged(graph)
    if everything or not any(node.position for node in graph.nodes):
        placed = {id: Position(x, y) for id, (x, y) in tidy.items()}
    else:
        placed = _among(graph, tidy)
    return replace(graph, nodes=tuple(replace(node, position=placed[node.id]) for node in graph.nodes))


def arranged(graph: Graph) -> Places:
    """Where the nodes of one level stand by themselves, from (0, 0)."""
    sources: dict[str, dict[str, None]] = {node.id: {} for node in graph.nodes}
    for edge in graph.edges:
        if edge.source in sources and edge.target in sources:
            sources[edge.target][edge.source] = None
    rows = layered({id: list(feeding) for id, feeding in sources.items()})
    untangle(rows)
    x = columns(rows)
    left = min(x[: len(rows.nodes)], default=0)
    depth = {place: number for number, row in enumerate(rows.rows) for place in row}
    return {id: (x[place] - left, depth[place] * ROW) for place, id in enumerate(rows.nodes)}


def _among(graph: Graph, tidy: Places) -> dict[str, Position]:
    """The tidy places moved to where the nodes that have a position stand; at the end of the row where it is taken."""
    placed = {node.id: node.position for node in graph.nodes if node.position}
    dx = round_to_grid(_median([position.x - tidy[id][0] for id, position in placed.items()]))
    dy = round_to_grid(_median([position.y - tidy[id][1] for id, position in placed.items()]))
    room = _Room(placed.values())
    for node in graph.nodes:
        if node.id not in placed:
            x, y = tidy[node.id]
            placed[node.id] = room.near(x + dx, y + dy)
    return placed


class _Room:
    """Which parts of the canvas are taken, and how far each row reaches."""

    def __init__(self, positions: Iterable[Position]) -> None:
        self._taken: set[tuple[int, int]] = set()
        self._ends: dict[int, float] = {}
        for position in positions:
            self._take(position)

    def near(self, x: int, y: int) -> Position:
        """A free position: this one, or the first beyond all others of its row."""
        position = Position(x, y)
        if not self._taken.isdisjoint(_cells(position)):
            end = max(self._ends[row] for _, row in _cells(position) if row in self._ends)
            position = Position(round_to_grid(end + COLUMN), y)
        self._take(position)
        return position

    def _take(self, position: Position) -> None:
        for cell in _cells(position):
            self._taken.add(cell)
            self._ends[cell[1]] = max(self._ends.get(cell[1], position.x), position.x)


def _cells(position: Position) -> list[tuple[int, int]]:
    """The cells of the canvas that a node touches."""
    across = {int(x // WIDTH) for x in (position.x, position.x + WIDTH - 1)}
    down = {int(y // HEIGHT) for y in (position.y, position.y + HEIGHT - 1)}
    return [(column, row) for column in sorted(across) for row in sorted(down)]


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]
