"""Every layer's worked example gives what it says: shapes, dtypes, parameters, operations."""

import re

import pytest

from blueprint import LAYERS, Analysis, Graph, analyze
from blueprint.catalogue.layer import Example, Layer
from blueprint.dimensions import substitute
from blueprint.expressions import parse_dimension
from blueprint.ports import HOLDERS
from tests.blueprint.examples import Layer as Drawn
from tests.blueprint.examples import network

WRITTEN = re.compile(r"(?:(\w+))?\[(.*)\]")
DRAWN = [type for type in LAYERS if type not in (*HOLDERS, "Output")]


def written(tensor: str) -> tuple[list[int | str], str]:
    """Shape and dtype of a tensor as examples write it: "int64[B, T]"."""
    match = WRITTEN.fullmatch(tensor)
    assert match, f"{tensor} is not written as a tensor"
    sizes = [size.strip() for size in match[2].split(",")] if match[2] else []
    return [int(size) if size.isdigit() else size for size in sizes], match[1] or "float32"


def around(layer: Layer) -> Graph:
    """The layer with its example's settings between the tensors that enter, in port order, and Outputs."""
    tensors = [written(tensor) for tensor in layer.example.inputs]
    inputs = [(f"in{n}", "Input", {"shape": shape, "dtype": dtype}) for n, (shape, dtype) in enumerate(tensors)]
    beside: list[Drawn] = [] if inputs else [("beside", "Input", {"shape": [1]}), ("end", "Output", {})]
    outputs: list[Drawn] = [(port, "Output", {}) for port in leaving(layer)]
    edges = [(f"in{n}", "layer", port) for n, port in enumerate(places(layer))]
    ends = [("beside", "end")] if beside else []
    taken = [("layer", port, "in", port) for port in leaving(layer)]
    return network([*inputs, *beside, ("layer", layer.type, layer.example.config), *outputs], [*edges, *taken, *ends])


def leaving(layer: Layer) -> list[str]:
    """The output ports, as many as the example gives tensors."""
    if layer.outputs == ("out.*",):
        return [f"out.{n}" for n in range(len(layer.example.gives))]
    return list(layer.outputs[: len(layer.example.gives)])


def places(layer: Layer) -> list[str]:
    """The ports that the example's tensors enter: all in order, variadic ones taking what is left."""
    left = len(layer.example.inputs)
    found: list[str] = []
    for port in layer.inputs:
        many = [f"{port.name}.{n}" for n in range(left - len(found))] if port.variadic else [port.name]
        found += many
    return found[:left]


@pytest.mark.parametrize("type", DRAWN)
def test_a_layer_does_as_its_example_says(type: str) -> None:
    layer = LAYERS[type]
    analysis = analyze(around(layer))
    assert [issue.message for issue in analysis.issues] == []
    assert given(analysis) == [spelt(tensor) for tensor in layer.example.gives]
    assert costs(analysis) == figures(layer.example)


def given(analysis: Analysis) -> list[str]:
    """What the layer gives, as examples write it, with canonical sizes."""
    return [spelled(tensor.shape, tensor.dtype) for tensor in analysis.nodes["layer"].outputs.values()]


def spelt(tensor: str) -> str:
    shape, dtype = written(tensor)
    return spelled([parse_dimension(str(size)) for size in shape], dtype)


def spelled(shape: object, dtype: str) -> str:
    assert isinstance(shape, list | tuple)
    return f"{dtype}[{', '.join(map(str, shape))}]"


def costs(analysis: Analysis) -> tuple[int, str]:
    return analysis.nodes["layer"].params, str(analysis.nodes["layer"].macs)


def figures(example: Example) -> tuple[int, str]:
    """Parameters, and operations for one sample."""
    return example.params, str(substitute(parse_dimension(str(example.macs)), {"B": 1}))


def test_an_example_that_is_wrong_is_noticed() -> None:
    analysis = analyze(around(LAYERS["Linear"]))
    assert given(analysis) != ["float32[B, 11]", "float32[10, 64]"]
    assert costs(analysis) != (651, "640")
    assert costs(analysis) == (650, "640")
