"""Random networks for property tests: small, some valid and many not, but with unique ids and edges."""

from typing import Any

from hypothesis import strategies as st

from blueprint import Edge, Graph, Node, Position

IDS = ("a", "b", "c", "d", "e", "in", "out", "x y", "é", "__class__")
TYPES = ("Input", "Output", "Conv2d", "Dense", "ReLU", "Add", "Concat", "Flatten", "Mystery")
CONFIGS: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.sampled_from(["out_channels", "kernel_size", "bias", "p", "shape"]),
    st.sampled_from([1, 3, True, False, 0.5, None, "same", ["B", 3, "H"], [1, 2]]),
    max_size=3,
)
POSITIONS = st.none() | st.builds(Position, st.integers(-64, 64), st.integers(-64, 64))


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Graphs over a few ids, so that two of them share nodes often."""
    ids = draw(st.lists(st.sampled_from(IDS), unique=True, min_size=1, max_size=6))
    nodes = [Node(id, draw(st.sampled_from(TYPES)), draw(CONFIGS), draw(POSITIONS)) for id in ids]
    pairs = st.tuples(st.sampled_from(ids), st.sampled_from(ids))
    ends = draw(st.lists(pairs, unique=True, max_size=8))
    return Graph("random", tuple(nodes), tuple(Edge(source, target) for source, target in ends))
