"""Broken networks: fitting ones with a few things changed."""

import random
from typing import Any

from blueprint import JSON, LAYERS, to_document
from tests.blueprint.random_graphs import fitting_graph


def broken_document(seed: int, layers: int = 8) -> dict[str, JSON]:
    """A document of a network with one to four things changed; most are not valid any more."""
    chance = random.Random(seed)
    document = to_document(fitting_graph(seed, layers))
    for _ in range(chance.randint(1, 4)):
        chance.choice(BREAKAGES)(document, chance)
    return document


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
