"""Broken networks: fitting ones with a few things changed."""

import random
from typing import Any

from blueprint import JSON, LAYERS, to_document
from tests.blueprint.random_graphs import fitting_graph
from tests.blueprint.random_settings import random_config


def broken_document(seed: int, layers: int = 8) -> dict[str, JSON]:
    """A document of a network with one to four things changed; most are not valid any more."""
    chance = random.Random(seed)
    document = to_document(fitting_graph(seed, layers))
    for _ in range(chance.randint(1, 4)):
        chance.choice(BREAKAGES)(document, chance)
    return document


JUNK: list[Any] = [
    *(None, True, -1, 0, 1, 7, 2.5, -0.0, 1e-7, 1e20, 10**30, 2**31 - 1, 2**31, -(2**53) - 1),
    *("", "same", "B", "x", "int64", "a.b", "\U0001f600" * 30),
    *([], [1, 2], [3, 3, 3], [None, 4], [2**31 - 1], {}, {"a": [1]}),
    *(["B", -1], ["B", "H*W//3", "(T - 1)//2"], ["2**3"], ["-H"], ["(" * 30], ["+".join(f"s{n}" for n in range(70))]),
]
NAMES = ["__proto__", "constructor", "1", "é", "a/b", "x" * 60, "`", "\u202e", "in", "out", "toString", "hidden_sise"]
SIZES: list[Any] = [1, 2, 3, 7, 4096, 65536, 2**31 - 1, "B", "H", "2*T + 1", "(H - 1)//2 + 1", "a+b+c+d+e+f", "1//2"]
DTYPES = ["float32", "float16", "bfloat16", "int32", "int64", "uint8", "bool", "float64"]


def _any_graph(document: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The network, or one of the graphs inside."""
    held = [node["graph"] for node in document["nodes"] if node.get("graph")]
    return _any_graph(chance.choice(held), chance) if held and chance.random() < 0.5 else document


def _any_node(document: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    node: dict[str, Any] = chance.choice(_any_graph(document, chance)["nodes"])
    return node


def _break_setting(document: dict[str, Any], chance: random.Random) -> None:
    node = _any_node(document, chance)
    fields = [field.name for field in LAYERS[node["type"]].fields] if node["type"] in LAYERS else []
    name = chance.choice([*fields, *fields, "colour", *NAMES])
    node["config"] = {**node["config"], name: chance.choice(JUNK)}


def _break_type(document: dict[str, Any], chance: random.Random) -> None:
    _any_node(document, chance)["type"] = chance.choice([*LAYERS, "Conv", "relu", "Dense", "BiLSTM", *NAMES])


def _draw_settings(document: dict[str, Any], chance: random.Random) -> None:
    """Settings within their ranges, but hardly ever fitting."""
    node = _any_node(document, chance)
    if node["type"] in LAYERS:
        node["config"] = random_config(LAYERS[node["type"]], chance)


def _break_input(document: dict[str, Any], chance: random.Random) -> None:
    """Other sizes, some of them huge, or another dtype."""
    inputs = [node for node in document["nodes"] if node["type"] == "Input"]
    if inputs:
        config = chance.choice(inputs)["config"]
        shape = [chance.choice(SIZES) for _ in range(chance.randint(1, 4))]
        config |= {"shape": shape} if chance.random() < 0.6 else {"dtype": chance.choice(DTYPES)}


def _wrap(document: dict[str, Any], chance: random.Random) -> None:
    """Put a graph into a Block, which is left alone or replaces it."""
    graph = _any_graph(document, chance)
    nodes, edges = list(graph["nodes"]), list(graph["edges"])
    config = chance.choice([{}, {"repeat": 2}, {"repeat": 0}, {"repeat": 3, "shared": True}, {"shared": 1}])
    type = chance.choice(["Block", "Block", "GradCheckpoint", "ReLU"])
    held = {"nodes": nodes, "edges": edges, chance.choice(["name", "meta", "colour"]): {}}
    held |= {"name": "inner"} if "name" in held else {}
    block: dict[str, Any] = {
        "id": chance.choice(["wrapped", "in0", "1"]),
        "type": type,
        "config": config,
        "graph": held,
    }
    graph["nodes"] = [block] if chance.random() < 0.5 else [*nodes, block]
    ends = [node["id"] for node in nodes if node["type"] in ("Input", "Output")]
    for end in ends:
        graph["edges"].append({"source": end, "target": block["id"], "target_handle": chance.choice([end, None])})


def _break_top(document: dict[str, Any], chance: random.Random) -> None:
    graph = _any_graph(document, chance)
    key = chance.choice([name for name in NAMES if name not in ("nodes", "edges")])
    graph[key] = chance.choice(JUNK)


def _close_circle(document: dict[str, Any], chance: random.Random) -> None:
    graph = _any_graph(document, chance)
    ids = [node["id"] for node in graph["nodes"]]
    for _ in range(chance.randint(1, 3)):
        graph["edges"].append({"source": chance.choice(ids), "target": chance.choice(ids)})


def _break_edge(document: dict[str, Any], chance: random.Random) -> None:
    document = _any_graph(document, chance)
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
    document = _any_graph(document, chance)
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


BREAKAGES = [
    *(_break_setting, _break_setting, _break_setting, _break_type, _break_edge, _break_edge, _break_node, _break_top),
    *(_draw_settings, _break_input, _break_input, _wrap, _close_circle),
]
