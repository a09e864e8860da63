"""What a network sees of a board of 2048."""

import torch
from torch import Tensor, nn


class BoardInput(nn.Module):
    """A board of exponents as planes of zeros and ones, one for each exponent."""

    def __init__(self, size: int = 4, exponents: int = 16) -> None:
        super().__init__()
        self.size, self.exponents = size, exponents

    def forward(self, x: Tensor) -> Tensor:
        exponents = torch.arange(self.exponents, device=x.device).view(-1, 1, 1)
        return (x.unsqueeze(-3) == exponents).float()
