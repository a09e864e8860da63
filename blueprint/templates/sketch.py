"""Drawing networks the way a person would: layer below layer, on a grid of 32 pixels."""

from typing import TypeAlias

from blueprint.codec import JSON
from blueprint.document import Edge, Graph, Node, Position

GRID = 32
ROW = 3 * GRID
COLUMN = 8 * GRID

Source: TypeAlias = str | tuple[str, str]


class Sketch:
    """Draws layers below one another, each fed by the one before unless it names its sources."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []
        self._rows: dict[str, int] = {}

    def __call__(
        self,
        id: str,
        type: str,
        /,
        *sources: Source,
        column: int = 0,
        row: int | None = None,
        graph: Graph | None = None,
        **config: JSON,
    ) -> str:
        """Draw a layer one row below its sources, or else below the last layer drawn; gives its id.

        A source is a layer, or a layer and one of its ports.
        """
        above = [_ends(source) for source in sources or [node.id for node in self.nodes[-1:]]]
        below = 1 + max((self._rows[source] for source, _ in above), default=-1)
        self._rows[id] = below if row is None else row
        position = Position(column * COLUMN, self._rows[id] * ROW)
        self.nodes.append(Node(id, type, config, position, graph=graph))
        self.edges += [Edge(source, id, handle) for source, handle in above]
        return id

    def input(self, id: str = "input", **config: JSON) -> str:
        """Draw an Input beside those drawn so far; inside a Block it takes what comes from outside."""
        self.nodes.append(Node(id, "Input", config, Position(self._inputs() * COLUMN, 0)))
        self._rows[id] = 0
        return id

    def output(self, id: str, source: Source, *, column: int = 0) -> str:
        """Draw an Output below its source."""
        return self(id, "Output", source, column=column)

    def block(self, id: str, graph: Graph, *sources: Source, repeat: int = 1) -> str:
        """Draw a Block that holds `graph`, as `repeat` copies one after another, each with its own parameters."""
        if repeat == 1:
            return self(id, "Block", *sources, graph=graph)
        return self(id, "Block", *sources, graph=graph, repeat=repeat)

    def row(self, id: str) -> int:
        """The row in which a layer stands."""
        return self._rows[id]

    def graph(self, name: str) -> Graph:
        """What has been drawn."""
        return Graph(name, tuple(self.nodes), tuple(self.edges))

    def _inputs(self) -> int:
        return sum(node.type == "Input" for node in self.nodes)


def _ends(source: Source) -> tuple[str, str | None]:
    return (source, None) if isinstance(source, str) else source


def chain(name: str, *blocks: tuple[str, Graph, int]) -> Graph:
    """Blocks one after another, each told by its id, what it holds and how many copies there are, if any."""
    draw = Sketch()
    draw.input("in")
    for id, graph, repeat in blocks:
        if repeat:
            draw.block(id, graph, repeat=repeat)
    draw("out", "Output")
    return draw.graph(name)
