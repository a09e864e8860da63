"""What each catalogue layer is in PyTorch: the modules and functions behind the names of `foundry.spelling`."""

from collections.abc import Callable
from functools import reduce
from operator import add

import torch
from torch import Tensor, nn

from foundry import spelling

MODULES: dict[str, type[nn.Module]] = {name: getattr(nn, name) for name in spelling.MODULES}


def add_all(*tensors: Tensor) -> Tensor:
    """Their sum, from left to right."""
    return reduce(add, tensors)


def concat(*tensors: Tensor, dim: int) -> Tensor:
    """Their concatenation along one dimension."""
    return torch.cat(tensors, dim=dim)


FUNCTIONS: dict[str, Callable[..., Tensor]] = {"Add": add_all, "Concat": concat}
