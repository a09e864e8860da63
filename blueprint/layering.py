"""A graph in rows, every node below those that feed it; long edges get a place in each row they pass.

Places are numbers: the nodes first, then the bends of long edges. Bends of one node are shared by all its
edges, and there are only so many of them, so that the work stays linear.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from blueprint.ordering import order

MOST_BENDS = 4


@dataclass(slots=True)
class Rows:
    """Places row by row, and for each place those one row above and one row below that it is connected to."""

    nodes: list[str]
    rows: list[list[int]] = field(default_factory=list)
    above: list[list[int]] = field(default_factory=list)
    below: list[list[int]] = field(default_factory=list)

    def is_bend(self, place: int) -> bool:
        """Whether a place is a bend of an edge, not a node."""
        return place >= len(self.nodes)

    def put(self, row: int) -> int:
        """A new place at the end of a row."""
        self.rows += [[] for _ in range(row + 1 - len(self.rows))]
        self.rows[row].append(len(self.above))
        self.above.append([])
        self.below.append([])
        return len(self.above) - 1

    def connect(self, upper: int, lower: int) -> None:
        """Draw an edge between two places of neighbouring rows."""
        self.above[lower].append(upper)
        self.below[upper].append(lower)


def layered(sources: Mapping[str, Sequence[str]]) -> Rows:
    """The rows of nodes given with those that feed each; edges that close a cycle are left out."""
    ids, _ = order(sources)
    index = {id: at for at, id in enumerate(ids)}
    edges = [(index[source], index[id]) for id in ids for source in sources[id] if index[source] < index[id]]
    depths = _depths(len(ids), edges)
    rows = Rows(ids)
    for depth in depths:
        rows.put(depth)
    _connect(rows, depths, edges)
    return rows


def _depths(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """How far down each node stands: below all that feed it, and what nothing feeds just above what it feeds."""
    depths = [0] * count
    for source, target in edges:
        depths[target] = max(depths[target], depths[source] + 1)
    fed = {target for _, target in edges}
    highest = [count] * count
    for source, target in edges:
        highest[source] = min(highest[source], depths[target])
    return [highest[node] - 1 if node not in fed and highest[node] < count else depths[node] for node in range(count)]


def _connect(rows: Rows, depths: Sequence[int], edges: Sequence[tuple[int, int]]) -> None:
    """Draw the edges, short ones first; those for which no bends are left go without a place of their own."""
    bends: dict[int, list[int]] = {}
    left = MOST_BENDS * len(depths)
    for source, target in sorted(edges, key=lambda edge: (depths[edge[1]] - depths[edge[0]], edge)):
        chain = bends.setdefault(source, [])
        wanted = depths[target] - depths[source] - 1
        left -= max(0, wanted - len(chain))
        if left < 0:
            return
        while len(chain) < wanted:
            bend = rows.put(depths[source] + len(chain) + 1)
            rows.connect(chain[-1] if chain else source, bend)
            chain.append(bend)
        rows.connect(chain[wanted - 1] if wanted else source, target)
