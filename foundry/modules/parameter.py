"""A tensor that training changes."""

import torch
from torch import Tensor, nn


class Parameter(nn.Module):
    """A tensor of zeros, ones, or normal random numbers at first, that training changes."""

    def __init__(self, shape: tuple[int, ...], init: str = "zeros", std: float = 0.02) -> None:
        super().__init__()
        self.value = nn.Parameter(torch.ones(shape) if init == "ones" else torch.zeros(shape))
        if init == "normal":
            nn.init.normal_(self.value, std=std)

    def forward(self) -> Tensor:
        return self.value
