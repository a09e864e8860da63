"""Random networks for property tests: small, some valid and many not, but with unique ids and edges at every level."""

from typing import Any

from hypothesis import strategies as st

from blueprint import Edge, Graph, Node, Position
from blueprint.canonical import with_handles
from blueprint.draft import ends

IDS = ("a", "b", "c", "d", "e", "in", "out", "x y", "é", "__class__")
TYPES = ("Input", "Output", "Conv2d", "Dense", "ReLU", "Add", "Concat", "LSTM", "Mystery", "Block", "GradCheckpoint")
HANDLES = ("in", "in.0", "in.1", "out", "a", "b", "h_n")
CONFIGS: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.sampled_from(["out_channels", "kernel_size", "bias", "p", "shape", "repeat"]),
    st.sampled_from([1, 3, True, False, 0.5, None, "same", ["B", 3, "H"], [1, 2]]),
    max_size=3,
)
POSITIONS = st.none() | st.builds(Position, st.integers(-64, 64), st.integers(-64, 64))
NOTES = st.none() | st.just({"note": "hello"})


@st.composite
def nodes(draw: st.DrawFn, id: str, depth: int = 2) -> Node:
    """A node; a Block holds a graph of up to `depth` levels, unless it holds none by mistake."""
    type = draw(st.sampled_from(TYPES))
    holds = type in ("Block", "GradCheckpoint") and depth > 0 and draw(st.integers(0, 9)) > 0
    graph = draw(graphs(depth - 1)) if holds else None
    config = draw(CONFIGS) if graph is None else draw(st.just({}) | st.just({"repeat": 1}) | CONFIGS)
    return Node(id, type, config, draw(POSITIONS), draw(NOTES), graph=graph)


@st.composite
def graphs(draw: st.DrawFn, depth: int = 2) -> Graph:
    """Graphs over a few ids, so that two of them share nodes often; Blocks up to `depth` levels."""
    ids = draw(st.lists(st.sampled_from(IDS), unique=True, min_size=1, max_size=6))
    drawn = tuple(draw(nodes(id, depth)) for id in ids)
    return Graph("random", drawn, draw(_edges(drawn)))


@st.composite
def _edges(draw: st.DrawFn, drawn: tuple[Node, ...]) -> tuple[Edge, ...]:
    """Edges without handles, or with some, whether their nodes have them or not."""
    id = st.sampled_from([node.id for node in drawn])
    if draw(st.booleans()):
        pairs = draw(st.lists(st.tuples(id, id), unique=True, max_size=8))
        return tuple(Edge(source, target) for source, target in pairs)
    handle = st.none() | st.sampled_from(HANDLES)
    edges = draw(
        st.lists(st.builds(Edge, id, id, handle, handle, id=st.none() | st.just("e1"), meta=NOTES), max_size=8)
    )
    complete = with_handles(Graph("", drawn, tuple(edges))).edges
    return tuple({ends(edge): edge for edge in complete}.values())
