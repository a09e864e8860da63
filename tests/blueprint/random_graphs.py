"""Random networks of the whole catalogue, by seed, in which each layer fits its input.

A fitting network grows layer by layer in a session, which tells what fits; so deep valid networks appear, and with
them every layer that can follow another.
"""

import os
import random
from dataclasses import replace
from typing import Any

from blueprint import (
    LAYERS,
    AddNode,
    Configure,
    Connect,
    Edge,
    EditError,
    Graph,
    Group,
    Layer,
    Node,
)
from blueprint.session import Session
from tests.blueprint.random_settings import random_config

FUZZ = os.environ.get("HYPOTHESIS_PROFILE") == "fuzz"
ENDS = ("Input", "Output", "Block", "GradCheckpoint")
TYPES = [type for type in LAYERS if type not in ENDS]
MOST_TRIES = 40

SHAPES: list[tuple[list[Any], str]] = [
    (["B", 3, 8, 8], "float32"),
    (["B", 4, 9, 7], "float32"),
    (["B", 2, 6, 6, 6], "float32"),
    (["B", 4, 12], "float32"),
    (["B", 8], "float32"),
    (["B", "T", 8], "float32"),
    (["B", 4, "H", "W"], "float32"),
    (["B", 6, "2*L"], "float32"),
    ([4, 8, 8], "float32"),
    (["B", "T"], "int64"),
    (["B", 5], "int64"),
    (["B", 4, 4], "int64"),
    (["B", 8], "int32"),
    (["B", 8], "bool"),
    (["B", 3, 4], "uint8"),
    (["B", 8], "bfloat16"),
    ([2, 3, 4, 5], "float16"),
]


def how_many(usual: int, fuzz: int) -> int:
    """How many networks to try: many more in `make fuzz`."""
    return fuzz if FUZZ else usual


def fitting_graph(seed: int, layers: int = 10, named_sizes: bool = True, types: list[str] | None = None) -> Graph:
    """A valid network with about so many layers, and perhaps Blocks."""
    chance = random.Random(seed)
    session = Session(_start(chance, named_sizes))
    for n in range(layers):
        _grow(session, chance, f"n{n}", types or TYPES)
    _end(session, chance)
    if chance.random() < 0.4:
        _nest(session, chance)
    return replace(session.graph, name=f"random {seed}")


def _start(chance: random.Random, named_sizes: bool) -> Graph:
    known = [each for each in SHAPES if named_sizes or all(isinstance(size, int) or size == "B" for size in each[0])]
    nodes = []
    for n in range(chance.randint(1, 3)):
        shape, dtype = chance.choice(known)
        nodes.append(Node(f"in{n}", "Input", {"shape": shape, "dtype": dtype}))
    return Graph("random", tuple(nodes))


def _grow(session: Session, chance: random.Random, id: str, types: list[str]) -> None:
    """Add one layer that fits what there is."""
    for _ in range(MOST_TRIES):
        layer = LAYERS[chance.choice(types)]
        node = Node(id, layer.type, random_config(layer, chance))
        edges = _edges(session, chance, node, layer)
        try:
            change = session.apply([AddNode(node), *map(Connect, edges)])
        except EditError:
            continue  # this layer does not fit there; another is tried
        if session.figures(id) is not None and not _too_large(session, id):
            return
        session.apply(change.undo)


def _edges(session: Session, chance: random.Random, node: Node, layer: Layer) -> list[Edge]:
    """An edge into each port, from something there is; later layers are likelier."""
    sources = _given(session)
    handles: list[str] = []
    for port in layer.inputs:
        if port.variadic:
            handles += [f"{port.name}.{n}" for n in range(port.minimum + chance.choice((0, 0, 1)))]
        elif not port.optional or chance.random() < 0.3:
            handles.append(port.name)
    edges = []
    for handle in handles:
        source, out = sources[-1 - min(int(chance.expovariate(0.7)), len(sources) - 1)]
        edges.append(Edge(source, node.id, out, handle))
    return edges


def _given(session: Session) -> list[tuple[str, str]]:
    ids = [node.id for node in session.graph.nodes]
    figures = [(id, session.figures(id)) for id in ids]
    return [(id, port) for id, each in figures if each for port in each.outputs]


def _too_large(session: Session, id: str) -> bool:
    """Whether a layer makes more numbers than a test wants to compute."""
    figures = session.figures(id)
    assert figures is not None
    sizes = [size if isinstance(size, int) else 6 for x in figures.outputs.values() for size in x.shape]
    numbers = 1
    for size in sizes:
        numbers *= max(size, 1)
    return len(sizes) > 16 or numbers > 10**5 or figures.params > 10**6 or _count(figures.macs) > 10**8


def _count(macs: Any) -> int:
    return macs if isinstance(macs, int) else 0


def _end(session: Session, chance: random.Random) -> None:
    """An Output after each layer that nothing takes from."""
    graph = session.graph
    taken = {edge.source for edge in graph.edges}
    ends = [node.id for node in graph.nodes if node.id not in taken]
    for n, id in enumerate(ends or [graph.nodes[-1].id]):
        figures = session.figures(id)
        assert figures is not None
        if figures.outputs:
            port = chance.choice(list(figures.outputs))
            session.apply([AddNode(Node(f"out{n}", "Output")), Connect(Edge(id, f"out{n}", port, "in"))])


def _nest(session: Session, chance: random.Random) -> None:
    """Put some neighbours into a Block, and repeat it where that is possible."""
    layers = [node.id for node in session.graph.nodes if node.type not in ENDS]
    if not layers:
        return
    start = chance.randrange(len(layers))
    chosen = tuple(layers[start : start + chance.randint(1, 4)])
    try:
        change = session.apply([Group(chosen, "block")])
    except EditError:
        return
    if not session.analysis().valid:
        session.apply(change.undo)
        return
    settings = {"repeat": chance.randint(2, 3), "shared": chance.random() < 0.3}
    change = session.apply([Configure("block", settings)])
    if not session.analysis().valid:
        session.apply(change.undo)
