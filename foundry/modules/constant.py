"""A tensor that never changes."""

import torch
from torch import Tensor, nn


class Constant(nn.Module):
    """A tensor full of one number; it moves with the network but is no part of its weights."""

    value: Tensor

    def __init__(self, value: float, shape: tuple[int, ...], dtype: str) -> None:
        super().__init__()
        self.register_buffer("value", torch.full(shape, value, dtype=getattr(torch, dtype)), persistent=False)

    def forward(self) -> Tensor:
        return self.value
