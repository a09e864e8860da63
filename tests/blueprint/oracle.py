"""PyTorch as the judge of layers: the same accepted and refused, shapes, dtypes, parameters, operations, bytes kept.

A case names a layer type, its settings, and the tensors that enter. The reference, written by hand in the test
beside its case, makes what PyTorch has for it: a module, or a function of tensors.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from blueprint import Analysis, Graph, analyze
from tests.blueprint.examples import network

Shape = Sequence[int | str]
Entering = Sequence[tuple[Sequence[int], str]]
Made = torch.Tensor | tuple[torch.Tensor, ...]
Reference = Callable[..., Made]
BATCH = 3
REFUSALS = (RuntimeError, ValueError, IndexError, TypeError, AssertionError, NotImplementedError, OverflowError)


def around(type: str, config: Mapping[str, Any], entering: Entering, ports: Sequence[str] = ()) -> Graph:
    """One layer, fed by an Input for each tensor; by name of port where `ports` are given.

    A scalar is selected from a row, as no Input gives one.
    """
    nodes: list[tuple[str, str, dict[str, Any]]] = []
    edges: list[tuple[str, ...]] = []
    for n, (shape, dtype) in enumerate(entering):
        nodes.append((f"in{n}", "Input", {"shape": list(shape) or [1], "dtype": dtype}))
        if not shape:
            nodes.append((f"scalar{n}", "Select", {"dim": 0, "index": 0}))
            edges.append((f"in{n}", f"scalar{n}"))
        edges.append((f"in{n}" if shape else f"scalar{n}", "layer", *ports[n : n + 1]))
    nodes += [("layer", type, dict(config)), ("out", "Output", {})]
    return network(nodes, [*edges, ("layer", "out")])


def agree(
    type: str,
    config: Mapping[str, Any],
    entering: Entering,
    make: Callable[[], Reference],
    ports: Sequence[str] = (),
) -> Analysis | None:
    """Accept what torch accepts, and say the same of it; the analysis where it was accepted.

    `make` builds the reference, and may refuse as its forward may. A reference gives the outputs in port order, or
    the first of them.
    """
    analysis = analyze(around(type, config, entering, ports))
    reference, made = outcome(make, [sample(shape, dtype) for shape, dtype in entering])
    errors = [issue.message for issue in analysis.issues if issue.severity == "error"]
    if isinstance(made, Exception):
        assert errors, f"accepted {type}({dict(config)}) of {entering}, but torch says: {made}"
        return None
    assert not errors, f"refused {type}({dict(config)}) of {entering}, which torch accepts: {errors}"
    assert reference is not None
    figures = analysis.nodes["layer"]
    given = [(list(tensor.shape), tensor.dtype) for tensor in figures.outputs.values()][: len(made)]
    assert given == [(list(x.shape), str(x.dtype).removeprefix("torch.")) for x in made], (type, config, entering)
    assert figures.params == parameters(reference), (type, config, entering)
    counted = operations(reference, entering)
    assert abs(int(str(figures.flops)) - counted) <= counted / 1000, (type, config, entering, figures.flops, counted)
    return analysis


def outcome(make: Callable[[], Reference], tensors: Sequence[torch.Tensor]) -> tuple[Reference | None, Any]:
    """The reference and what it makes of the tensors, as a tuple; or torch's refusal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            reference = make()
            made = reference(*tensors)
        except REFUSALS as refusal:
            return None, refusal
    return reference, made if isinstance(made, tuple) else (made,)


def sample(shape: Sequence[int], dtype: str, device: str = "cpu") -> torch.Tensor:
    """A tensor of zeros."""
    return torch.zeros(tuple(shape), dtype=getattr(torch, dtype), device=device)


def parameters(reference: Reference) -> int:
    """How many numbers of the reference may be trained."""
    return sum(each.numel() for each in reference.parameters()) if isinstance(reference, nn.Module) else 0


def operations(reference: Reference, entering: Entering) -> int:
    """What FlopCounterMode counts in evaluation, on meta tensors."""
    if isinstance(reference, nn.Module):
        reference = reference.to("meta").eval()
    with FlopCounterMode(display=False) as counter, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reference(*(sample(shape, dtype, "meta") for shape, dtype in entering))
    return int(counter.get_total_flops())


def kept_bytes(reference: Reference, tensors: Sequence[torch.Tensor]) -> int:
    """Bytes of the distinct storages autograd keeps in one training forward, parameters left out."""
    own = (
        {p.untyped_storage().data_ptr() for p in reference.parameters()} if isinstance(reference, nn.Module) else set()
    )
    kept: dict[int, int] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    leaves = [x.requires_grad_() * 1 if x.is_floating_point() else x for x in tensors]
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reference(*leaves)
    return sum(kept.values())
