"""A token for the whole."""

import torch
from torch import Tensor, nn


class ClassToken(nn.Module):
    """Puts a learned token before a sequence."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.token = nn.Parameter(torch.zeros(features))

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat((self.token.expand(*x.shape[:-2], 1, -1), x), dim=-2)
