"""Emitted source is the built module: same keys, same first weights, bit-equal outputs and gradients."""

from collections.abc import Iterator

import pytest

import blueprint
from tests.blueprint.random_graphs import fitting_graph, how_many
from tests.foundry.sandbox import Sandbox, inputs_of, same
from tests.foundry.smaller import SIZES, SMALLER


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    made = Sandbox(tmp_path_factory.mktemp("emitted"))
    yield made
    made.close()


def example_graph(type: str) -> blueprint.Graph:
    """A layer's worked example as a network."""
    layer = blueprint.LAYERS[type]
    example = layer.example
    nodes = [blueprint.Node("layer", type, example.config)]
    edges = []
    for n, (text, port) in enumerate(zip(example.inputs, _ports(layer, len(example.inputs)), strict=True)):
        dtype, _, shape = text.rpartition("[")
        sizes = [int(size) if size.isdigit() else size for size in shape.rstrip("]").split(", ")]
        nodes.append(blueprint.Node(f"in{n}", "Input", {"shape": sizes, "dtype": dtype or "float32"}))
        edges.append(blueprint.Edge(f"in{n}", "layer", None, port))
    for n, _ in enumerate(example.gives):
        port = layer.outputs[n] if not layer.outputs[0].endswith("*") else f"out.{n}"
        nodes.append(blueprint.Node(f"z_out{n}", "Output"))
        edges.append(blueprint.Edge("layer", f"z_out{n}", port))
    if not example.inputs:
        nodes += [blueprint.Node("beside", "Input", {"shape": ["B", 1]}), blueprint.Node("zz_out", "Output")]
        edges.append(blueprint.Edge("beside", "zz_out"))
    return blueprint.Graph("example", tuple(nodes), tuple(edges))


def _ports(layer: blueprint.Layer, count: int) -> list[str]:
    if layer.inputs and layer.inputs[0].variadic:
        return [f"{layer.inputs[0].name}.{n}" for n in range(count)]
    return [port.name for port in layer.inputs][:count]


LAYERS = [type for type in blueprint.LAYERS if type not in ("Input", "Output", "Block", "GradCheckpoint")]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("type", LAYERS)
def test_each_layer_alone(type: str, sandbox: Sandbox) -> None:
    graph = example_graph(type)
    assert same(graph, inputs_of(graph, {"T": 5, "S": 3, "H": 6, "W": 7}), sandbox)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", [template.name for template in blueprint.templates()])
def test_each_template(name: str, sandbox: Sandbox) -> None:
    graph = blueprint.instantiate(name, SMALLER.get(name, {}))
    assert same(graph, inputs_of(graph, SIZES), sandbox)


RANDOM = how_many(200, fuzz=4000)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("part", range(10))
def test_random_networks(part: int, sandbox: Sandbox) -> None:
    """As many as are wanted must run; sizes left open and what tensors hold keep some from it."""
    ran, seed = 0, part
    while ran < RANDOM // 10:
        graph = fitting_graph(seed, layers=12)
        ran += same(graph, inputs_of(graph, {"T": 5, "H": 8, "W": 6, "L": 4}, below=1), sandbox)
        seed += 10
        assert seed < 3 * RANDOM, "most networks run"
