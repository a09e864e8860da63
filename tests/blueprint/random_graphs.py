"""Random networks of the whole catalogue, by seed: ones where each layer fits its input, and broken ones.

A fitting network grows layer by layer in a session, which tells what fits; so deep valid networks appear, and with
them every layer that can follow another. A broken one is a fitting one with a few things changed.
"""

import os
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from blueprint import (
    JSON,
    LAYERS,
    AddNode,
    Configure,
    Connect,
    Edge,
    EditError,
    Field,
    Graph,
    Group,
    Layer,
    Node,
    to_document,
)
from blueprint.session import Session

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
TEXTS = {
    "equation": [
        "ij->ji",
        "bi,bj->bij",
        "bij,bjk->bik",
        "bchw->bhwc",
        "...i->...",
        "bi->b",
        "bid,bjd->bij",
        "ii->i",
        "b->",
    ],
    "expression": [
        "x + 1",
        "relu(x) * 2",
        "x * sigmoid(x)",
        "x + y",
        "x @ y",
        "-tanh(x) / 2",
        "softmax(x) * x",
        "gelu(x",
    ],
}


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


def broken_document(seed: int, layers: int = 8) -> dict[str, JSON]:
    """A document of a network with one to four things changed; most are not valid any more."""
    chance = random.Random(seed)
    document = to_document(fitting_graph(seed, layers))
    for _ in range(chance.randint(1, 4)):
        chance.choice(BREAKAGES)(document, chance)
    return document


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
            continue
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


def random_config(layer: Layer, chance: random.Random) -> dict[str, Any]:
    """Required settings, and some of the others, within their ranges."""
    wanted = [field for field in layer.fields if field.required or (not field.determined and chance.random() < 0.25)]
    return {field.name: random_value(field, chance) for field in wanted}


def random_value(field: Field, chance: random.Random) -> Any:
    """A value within a field's range, small enough to fit often."""
    if field.nullable and chance.random() < 0.2:
        return None
    if field.choices and (field.type == "choice" or chance.random() < 0.15):
        return chance.choice(field.choices)
    return VALUES[field.type](field, chance)


def _integer(field: Field, chance: random.Random) -> int:
    low = -3 if field.minimum is None else int(field.minimum)
    high = min(low + 8, int(field.maximum) if field.maximum is not None else low + 8)
    drawn = chance.randint(max(low, -8), high)
    return chance.choice([drawn, drawn, max(low, min(high, 1)), max(low, min(high, 2)), max(low, min(high, 4))])


def _number(field: Field, chance: random.Random) -> float:
    low = -2.0 if field.minimum is None else float(field.minimum)
    high = low + 3 if field.maximum is None else float(field.maximum)
    drawn = chance.choice([low, high, (low + high) / 2, round(chance.uniform(low, high), 3)])
    return int(drawn) if drawn == int(drawn) else drawn


def _sizes(field: Field, chance: random.Random) -> Any:
    low = int(field.minimum or 0)
    draw = [chance.randint(low, low + 2) for _ in range(field.count or chance.randint(1, 3))]
    return draw[0] if chance.random() < 0.6 else draw


def _shape(field: Field, chance: random.Random) -> list[Any]:
    sizes: list[Any] = [chance.choice([1, 2, 3, 4, 8]) for _ in range(chance.randint(1, 3))]
    if field.minimum == -1:
        sizes[chance.randrange(len(sizes))] = -1
        return ["B", *sizes] if chance.random() < 0.7 else sizes
    return sizes


VALUES: dict[str, Callable[[Field, random.Random], Any]] = {
    "boolean": lambda field, chance: chance.random() < 0.5,
    "integer": _integer,
    "number": _number,
    "numbers": lambda field, chance: [_number(field, chance) for _ in range(chance.randint(1, 4))],
    "text": lambda field, chance: chance.choice(TEXTS.get(field.name, ["x"])),
    "sizes": _sizes,
    "open_sizes": lambda field, chance: chance.choice([None, 2, 3]) if field.nullable else chance.randint(1, 3),
    "integers": lambda field, chance: [_integer(field, chance) for _ in range(field.count or chance.randint(1, 3))],
    "shape": _shape,
}

JUNK: list[Any] = [
    None,
    True,
    -1,
    0,
    1,
    7,
    2.5,
    10**30,
    2**31,
    "",
    "same",
    "B",
    "x",
    [],
    [1, 2],
    [3, 3, 3],
    {},
    ["B", -1],
]
NAMES = ["__proto__", "constructor", "é", "a/b", "x" * 60, "`", "in", "toString"]


def _any_node(document: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    graph = document
    node: dict[str, Any] = chance.choice(graph["nodes"])
    while "graph" in node and node["graph"]["nodes"] and chance.random() < 0.7:
        node = chance.choice(node["graph"]["nodes"])
    return node


def _break_setting(document: dict[str, Any], chance: random.Random) -> None:
    node = _any_node(document, chance)
    fields = [field.name for field in LAYERS[node["type"]].fields] if node["type"] in LAYERS else []
    name = chance.choice([*fields, *fields, "colour", *NAMES])
    node["config"] = {**node["config"], name: chance.choice(JUNK)}


def _break_type(document: dict[str, Any], chance: random.Random) -> None:
    _any_node(document, chance)["type"] = chance.choice([*LAYERS, "Conv", "relu", "Dense", "BiLSTM", *NAMES])


def _break_edge(document: dict[str, Any], chance: random.Random) -> None:
    if not document["edges"]:
        return
    edge = chance.choice(document["edges"])
    ids = [node["id"] for node in document["nodes"]]
    change = chance.choice(["drop", "source", "target", "handle", "from", "key", "twice"])
    if change == "drop":
        document["edges"].remove(edge)
    elif change in ("source", "target"):
        edge[change] = chance.choice([*ids, "nobody"])
    elif change == "handle":
        edge["target_handle"] = chance.choice(["in", "in.0", "in.7", "query", "side"])
    elif change == "from":
        edge["source_handle"] = chance.choice(["out", "out.1", "weight", "output", "left"])
    elif change == "key":
        edge[chance.choice(["color", *NAMES])] = 1
    else:
        document["edges"].append({**edge})


def _break_node(document: dict[str, Any], chance: random.Random) -> None:
    nodes = document["nodes"]
    node = chance.choice(nodes)
    change = chance.choice(["drop", "id", "twice", "key", "graph", "handles"])
    if change == "drop":
        nodes.remove(node)
    elif change == "id":
        node["id"] = chance.choice([other["id"] for other in nodes] + NAMES)
    elif change == "twice":
        nodes.append({**node})
    elif change == "key":
        node[chance.choice(["colour", *NAMES])] = 1
    elif change == "graph":
        node.pop("graph", None)
    else:
        for edge in document["edges"]:
            edge.pop("target_handle", None)
            edge.pop("source_handle", None)
    if not nodes:
        nodes.append(node)


BREAKAGES = [_break_setting, _break_setting, _break_type, _break_edge, _break_edge, _break_node]
