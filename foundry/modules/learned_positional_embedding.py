"""Learned places."""

import torch
from torch import Tensor, nn


class LearnedPositionalEmbedding(nn.Module):
    """Adds a learned vector to each token, by its place in the sequence."""

    def __init__(self, features: int, max_length: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(max_length, features))
        nn.init.normal_(self.weight, std=0.02)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.weight[: x.shape[-2]]
