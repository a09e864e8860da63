"""Which inputs and outputs of a layer autograd keeps: in a network each is kept once, whoever keeps it."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from blueprint.examination import examine
from tests.blueprint.layers.held import learning
from tests.blueprint.oracle import Entering, Made, Reference, around, outcome, sample


def keeps_the_same_ends(
    type: str, config: Mapping[str, Any], entering: Entering, make: Callable[[], Reference], ports: Sequence[str] = ()
) -> None:
    """The analysis names the inputs and outputs that PyTorch keeps of float32 and int64, where it accepts the case."""
    tensors = [sample(shape, dtype) for shape, dtype in entering]
    made = outcome(make, tensors)[1]
    judged = isinstance(made, tuple) and all(tensor.numel() for tensor in made)
    if judged and entering[0][1] == "float32" and all(dtype in ("float32", "int64") for _, dtype in entering):
        assert told_ends(type, config, entering, ports) == kept_ends(make(), tensors), (type, config, entering)


def told_ends(type: str, config: Mapping[str, Any], entering: Entering, ports: Sequence[str]) -> set[str]:
    """Inputs by number and outputs by port, as the layer's record names them."""
    record = examine(learning(around(type, config, entering, ports))).records["layer"]
    kept = {(port if maker == "layer" else maker.removesuffix("-fed")) for maker, port in record.kept}
    return kept - {port for port, maker in record.makers.items() if maker and maker[0] != "layer"}


def kept_ends(reference: Reference, tensors: Sequence[torch.Tensor]) -> set[str]:
    """The same as autograd saves them; an output that shows an input is that input."""
    kept: set[int] = set()
    leaves = [x.requires_grad_() * 1 if x.is_floating_point() else x for x in tensors]

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        kept.add(place(tensor))
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made: Made = reference(*leaves)
    outputs = made if isinstance(made, tuple) else (made,)
    entered = {place(x): f"in{n}" for n, x in enumerate(leaves)}
    left = {place(x): port for port, x in zip(("out", "indices"), outputs, strict=False) if place(x) not in entered}
    return {name for at, name in {**left, **entered}.items() if at in kept}


def place(tensor: torch.Tensor) -> int:
    """Where a tensor's numbers lie."""
    return tensor.untyped_storage().data_ptr()
