"""Whole random networks against PyTorch: accepted and refused alike, shapes, dtypes, parameters, operations alike.

PyTorch runs each network node by node, its layers made from the settings as they are written and from the tensors
that arrive, not from what the analysis found out.
"""

import random
import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from blueprint import LAYERS, Graph, Node, analyze
from blueprint.canonical import with_handles
from blueprint.catalogue.settings import read_config
from blueprint.ordering import order
from blueprint.sockets import sockets
from foundry.layers import compiled, function_of, module_of, settings_of
from foundry.spelling import by_port, is_attribute, is_module, taking
from tests.blueprint.random_graphs import ENDS, fitting_graph, how_many
from tests.blueprint.random_settings import random_value

# Held against PyTorch one by one instead: their PyTorch form needs sizes that only the analysis finds, or what they
# accept depends on what a tensor holds.
APART = {
    "CrossAttention",
    "DepthwiseConv2d",
    "Embedding",
    "EmbeddingBag",
    "Expand",
    "GlobalAvgPool",
    "GlobalMaxPool",
    "LayerScale",
    "Reshape",
    "SelfAttention",
    "Slice",
    "Split",
    "Squeeze",
    "Upsample",
}
TYPES = [type for type in LAYERS if type not in APART and type not in ENDS]
# Refused here though torch lets it pass: tensors without numbers, values a dtype cannot hold, sizes that are idle,
# boards and pairs of another size than they should have; norms that mix dtypes, which a CPU can and a GPU cannot; and
# integers in a MaxPool1d, which takes another kernel only because its operations are counted.
STRICTER = (
    "eps is 0",
    "features is",
    "is no board of",
    "leaves nothing",
    "longer than max_length",
    "needs an even number of features",
    "num_channels is",
    "repeats",
    "threshold is",
    "value is",
    "which is no batch",
)
STRICTER_TYPES = (
    ("LayerNorm ", "has float32 weights"),
    ("RMSNorm ", "has float32 weights"),
    ("MaxPool1d ", "cannot be computed in"),
)
# What a tensor holds, how it lies in memory and how large the batch is are not known before the run.
DATA = ("index out of range in self", "more than 1 value per channel when training", "view size is not compatible")
REFUSALS = (RuntimeError, ValueError, IndexError, TypeError, AssertionError, NotImplementedError, KeyError)
BATCH = 2
GRAPHS = how_many(500, fuzz=10_000)


def determined(type: str, config: Mapping[str, Any], inputs: list[Tensor]) -> dict[str, Any]:
    """What PyTorch's classes must be told of their input, read from the tensors."""
    x = inputs[0] if inputs else torch.empty(0)
    shape = list(x.shape)
    axes = int(type[-2]) if type[-1] == "d" and type[-2].isdigit() else 0
    last = shape[-1] if shape else 1
    after_batch = shape[1] if len(shape) > 1 else 1
    axes = 2 if type == "PatchEmbed" else axes
    channels = shape[-axes - 1] if len(shape) > axes else 1
    others = [each.shape[-1] if each.dim() else 1 for each in inputs] + [last, last, last]
    guesses: dict[str, Any] = {
        "in_channels": channels,
        "input_channels": shape[-3] if len(shape) > 2 else 1,
        "num_features": channels if type.startswith("InstanceNorm") else after_batch,
        "num_channels": after_batch,
        "normalized_shape": (last,),
        "embed_dim": last,
        "kdim": others[1],
        "vdim": others[2],
        "in1_features": others[0],
        "in2_features": others[1],
    }
    names = [field.name for field in LAYERS[type].fields if field.determined and config[field.name] is None]
    return {name: guesses.get(name, last) for name in names if name != "dim"}


class Runner(nn.Module):
    """Runs a graph node by node; keeps what each node gives, and the modules made."""

    def __init__(self, graph: Graph, seen: dict[tuple[str, str], tuple[list[int], str]] | None = None) -> None:
        super().__init__()
        self.graph = with_handles(graph)
        self.made = nn.ModuleDict()
        self.seen = {} if seen is None else seen

    def run(self, given: dict[str, Tensor], prefix: str = "") -> dict[str, Tensor]:
        nodes = {node.id: node for node in self.graph.nodes}
        edges = {id: [edge for edge in self.graph.edges if edge.target == id] for id in nodes}
        values: dict[tuple[str, str], Tensor] = {(id, "out"): x for id, x in given.items()}
        results: dict[str, Tensor] = {}
        for id in order({id: {edge.source for edge in edges[id]} for id in nodes})[0]:
            node = nodes[id]
            arriving = {edge.target_handle or "": values[edge.source, edge.source_handle or ""] for edge in edges[id]}
            if node.type in ("Input", "Output"):
                results.update((id, x) for x in arriving.values())
                continue
            if node.graph is not None:
                outputs = self.run_block(node, arriving, prefix)
            else:
                plugged = sockets(node.type, id, LAYERS[node.type].inputs, edges[id])
                inputs = {port: values[source, out] for port, source, out in plugged.sources}
                used = {edge.source_handle or "" for edge in self.graph.edges if edge.source == id}
                outputs = self.run_layer(node, inputs, used)
            for port, x in outputs.items():
                if x is None:  # attention without weights
                    continue
                values[id, port] = x
                self.seen[prefix + id, port] = (list(x.shape), str(x.dtype).removeprefix("torch."))
        return results

    def run_block(self, node: Node, entering: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
        assert node.graph is not None
        repeat: Any = node.config.get("repeat", 1)
        for copy in range(repeat):
            key = f"block {node.id} {0 if node.config.get('shared') else copy}"
            if key not in self.made:
                self.made[key] = Runner(node.graph, self.seen)
            runner: Any = self.made[key]
            results: dict[str, Tensor] = runner.run(entering, f"{prefix}{node.id}/")
            entering = dict(zip(entering, results.values(), strict=False))
        return results

    def run_layer(self, node: Node, inputs: dict[str, Tensor], used: set[str]) -> dict[str, Tensor]:
        layer = LAYERS[node.type]
        config = read_config(layer, node.config, lambda *told: False)
        assert config is not None, "the setting is within its range"
        config = {**config, **determined(node.type, config, list(inputs.values()))}
        config["directions"] = 2 if config.get("bidirectional") else 1
        if is_module(node.type):
            module = self._module(node, config)
            positional, named = by_port(node.type, inputs, config)
            result = module(*positional, **named)
        else:
            module = None
            function, settings = function_of(node.type, config, tuple(inputs))
            result = function(*inputs.values(), **settings)
        ports = used or {layer.outputs[0].replace("*", "0")}
        return {port: self._taken(node.type, port, result, module, config) for port in sorted(ports)}

    def _module(self, node: Node, config: dict[str, Any]) -> nn.Module:
        key = f"layer {node.id}".replace(".", "_")
        if key not in self.made:
            self.made[key] = module_of(node.type, config)
        return self.made[key]

    def _taken(self, type: str, port: str, result: Any, module: nn.Module | None, config: dict[str, Any]) -> Tensor:
        if is_attribute(type, port):
            parameter: Tensor = getattr(module, port)
            return parameter
        given = LAYERS[type].outputs[: len(result) if isinstance(result, tuple) else 1]
        assert isinstance(result, tuple) or port in given or "*" in given[0], f"{type} gives no {port}"
        phrase = taking(type, port, given)
        accessor = compiled(phrase.replace("result", "{result}"), ("result",))
        taken: Tensor = accessor(result, **settings_of(phrase, config))
        return taken


def judged(graph: Graph, device: str = "cpu") -> tuple[Runner, int] | Exception:
    """PyTorch's run of a graph with the operations it counted, or its refusal."""
    runner = Runner(graph)
    given = {node.id: _sample(node, device) for node in graph.nodes if node.type == "Input"}
    with warnings.catch_warnings(), torch.device(device), FlopCounterMode(display=False) as counter:
        warnings.simplefilter("ignore")
        try:
            runner.run(given)
        except REFUSALS as refusal:
            return refusal
    return runner, int(counter.get_total_flops())


def _sample(node: Node, device: str) -> Tensor:
    shape: Any = node.config["shape"]
    dtype = getattr(torch, str(node.config.get("dtype", "float32")))
    return torch.zeros(shape, dtype=dtype, device=device)


def hold(graph: Graph) -> bool:
    """Agree with PyTorch on a graph; whether it was accepted."""
    analysis = analyze(graph)
    errors = [issue.message for issue in analysis.issues if issue.severity == "error"]
    judgement = judged(graph)
    if isinstance(judgement, Exception):
        assert errors or any(words in str(judgement) for words in DATA), f"accepted, but torch says: {judgement}"
        return False
    if any(_stricter(message) for message in errors):
        return False
    assert not errors, f"refused, but torch accepts: {errors}"
    runner, _ = judgement
    for (path, port), (shape, dtype) in runner.seen.items():
        told = analysis.nodes[path].outputs[port]
        assert (list(told.shape), told.dtype) == (shape, dtype), (path, port)
    assert analysis.totals.params == sum(each.numel() for each in runner.parameters())
    return True


def _stricter(message: str) -> bool:
    typed = any(message.startswith(type) and words in message for type, words in STRICTER_TYPES)
    return typed or any(words in message for words in STRICTER)


def changed(graph: Graph, chance: random.Random) -> Graph:
    """The graph with one setting of one layer drawn anew, within its range."""
    places = [n for n, node in enumerate(graph.nodes) if node.type in TYPES and LAYERS[node.type].fields]
    if not places:
        return graph
    place = chance.choice(places)
    node = graph.nodes[place]
    field = chance.choice([each for each in LAYERS[node.type].fields if each.name != "trainable"] or [None])
    if field is None:
        return graph
    config = {**node.config, field.name: random_value(field, chance)}
    nodes = (*graph.nodes[:place], replace(node, config=config), *graph.nodes[place + 1 :])
    return replace(graph, nodes=nodes)


@pytest.mark.parametrize("part", range(10))
def test_random_networks_are_judged_as_torch_judges_them(part: int) -> None:
    accepted = 0
    for seed in range(part, GRAPHS, 10):
        graph = _of_batch(fitting_graph(seed, layers=8, named_sizes=False, types=TYPES))
        accepted += hold(graph)
        accepted += hold(changed(graph, random.Random(seed)))
    assert GRAPHS // 10 < accepted < GRAPHS // 5, "most, but not all, are accepted"


def test_operations_of_random_networks_are_those_counted_on_meta_tensors() -> None:
    for seed in range(GRAPHS):
        graph = _of_batch(fitting_graph(seed, layers=6, named_sizes=False, types=TYPES))
        judgement = judged(graph, "meta")
        analysis = analyze(graph)
        if isinstance(judgement, Exception) or not analysis.valid:
            continue
        told = 2 * analysis.totals.macs
        assert abs(int(str(told)) - judgement[1]) <= judgement[1] / 1000, seed


def _of_batch(graph: Graph) -> Graph:
    """The graph with the batch written as a number."""
    nodes = []
    for node in graph.nodes:
        if node.type == "Input":
            shape = [BATCH if size == "B" else size for size in node.config["shape"]]  # type: ignore[union-attr]
            node = replace(node, config={**node.config, "shape": shape})
        nodes.append(node)
    return replace(graph, nodes=tuple(nodes))
