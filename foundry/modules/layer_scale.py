"""Learned scales of features (Touvron et al. 2021)."""

import torch
from torch import Tensor, nn


class LayerScale(nn.Module):
    """Multiplies each feature, along dimension `dim`, by a learned number."""

    def __init__(self, features: int, init: float = 1e-5, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim
        self.weight = nn.Parameter(torch.full((features,), float(init)))

    def forward(self, x: Tensor) -> Tensor:
        shape = [1] * x.dim()
        shape[self.dim] = -1
        return x * self.weight.view(shape)
