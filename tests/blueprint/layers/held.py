"""A layer held against PyTorch: what goes in and comes out, what it costs, what it keeps, and sizes left open."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from blueprint import Graph, analyze
from tests.blueprint.examples import network
from tests.blueprint.oracle import Entering, Reference, agree, around, kept_bytes, outcome, sample

FEEDING = ("LayerNorm", {"elementwise_affine": True})


def held(
    type: str,
    config: Mapping[str, Any],
    entering: Entering,
    make: Callable[[], Reference],
    *,
    ports: Sequence[str] = (),
    open: Collection[int] = (),
    slack: float = 0,
) -> None:
    """Agree with the reference; then keep the bytes it keeps, and say the same with the axes `open` named.

    `open` are axes of the first tensor, negative ones count from its end. Bytes may differ by the part `slack`.
    """
    if gives_nothing(make, entering):
        # A network of empty tensors is a mistake, which PyTorch lets pass.
        assert not analyze(around(type, config, entering, ports)).valid, (type, config, entering)
        return
    if agree(type, config, entering, make, ports) is None:
        return
    if all(dtype in ("float32", "int64") for _, dtype in entering):
        kept = kept_bytes(make(), [sample(shape, dtype) for shape, dtype in entering])
        told = told_bytes(type, config, entering, ports)
        assert abs(told - kept) <= slack * kept, (type, config, entering, told, kept)
    same_when_named(type, config, entering, ports, open)


def gives_nothing(make: Callable[[], Reference], entering: Entering) -> bool:
    """Whether the reference takes the tensors and makes one without a number in it."""
    _, made = outcome(make, [sample(shape, dtype) for shape, dtype in entering])
    return isinstance(made, tuple) and any(tensor.numel() == 0 for tensor in made)


def told_bytes(type: str, config: Mapping[str, Any], entering: Entering, ports: Sequence[str] = ()) -> int:
    """What the analysis says a layer keeps when gradients pass to its inputs: the difference it makes."""
    graph = learning(around(type, config, entering, ports))
    without = Graph("", graph.nodes, tuple(edge for edge in graph.edges if "layer" not in (edge.target, edge.source)))
    return _activations(graph) - _activations(without)


def learning(graph: Graph) -> Graph:
    """The graph with a layer that learns after each Input of floating numbers."""
    floats = {node.id for node in graph.nodes if node.type == "Input" and node.config["dtype"] == "float32"}
    nodes = [(node.id, node.type, node.config) for node in graph.nodes]
    nodes += [(f"{id}-fed", *FEEDING) for id in sorted(floats)]
    edges: list[tuple[str, ...]] = [(id, f"{id}-fed") for id in sorted(floats)]
    for edge in graph.edges:
        source = f"{edge.source}-fed" if edge.source in floats else edge.source
        edges.append((source, edge.target, *([edge.target_handle] if edge.target_handle else [])))
    return network(nodes, edges)


def same_when_named(
    type: str, config: Mapping[str, Any], entering: Entering, ports: Sequence[str], open: Collection[int]
) -> None:
    """With names in place of the sizes of some axes, nothing becomes an error, and the numbers give the same."""
    (shape, dtype), *others = entering
    axes = [axis % len(shape) for axis in open if -len(shape) <= axis < len(shape)]
    sizes = {f"S{axis}": shape[axis] for axis in axes}
    named = [f"S{axis}" if axis in axes else size for axis, size in enumerate(shape)]
    plain = analyze(around(type, config, entering, ports))
    found = analyze(around(type, config, [(named, dtype), *others], ports))  # type: ignore[list-item]
    assert found.valid, (type, config, named, found.issues)
    mine, theirs = found.nodes["layer"], plain.nodes["layer"]
    for port, tensor in mine.outputs.items():
        assert computed(tensor.shape, sizes) == list(theirs.outputs[port].shape), (type, config, named, tensor)
    assert computed([mine.macs], sizes) == [theirs.macs], (type, config, named)


def computed(dims: Sequence[Any], sizes: Mapping[str, int]) -> list[int]:
    """Dimensions as numbers."""
    return [eval(str(dim), {}, dict(sizes)) for dim in dims]


def _activations(graph: Graph) -> int:
    return int(str(analyze(graph).totals.activation_bytes))
