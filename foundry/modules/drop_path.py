"""Leaving out whole branches by chance; PyTorch itself drops values and channels only."""

import torch
from torch import nn


class DropPath(nn.Module):
    """Stochastic depth: in training, zeros for whole samples by chance, the others scaled up."""

    def __init__(self, p: float = 0.1, mode: str = "row") -> None:
        super().__init__()
        self.p = p
        self.mode = mode

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training or self.p == 0:
            return x
        if self.p == 1:
            return x * torch.zeros((), dtype=x.dtype, device=x.device)
        shape = [x.shape[n] if n == 0 and self.mode == "row" else 1 for n in range(x.dim())]
        mask = torch.empty(shape, dtype=x.dtype, device=x.device)
        return x * mask.bernoulli_(1 - self.p).div_(1 - self.p)
