"""Places as a bias of attention scores."""

import math

import torch
from torch import Tensor, nn


class ALiBi(nn.Module):
    """Gives each head a bias that falls with distance, at a slope of its own (Press et al. 2021)."""

    slopes: Tensor

    def __init__(self, num_heads: int) -> None:
        super().__init__()
        whole = 2 ** math.floor(math.log2(num_heads))
        slopes = [2 ** (-8 * n / whole) for n in range(1, whole + 1)]
        between = [2 ** (-4 * n / whole) for n in range(1, 2 * (num_heads - whole), 2)]
        self.register_buffer("slopes", torch.tensor(slopes + between), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        places = torch.arange(x.shape[-2], device=x.device)
        distances = (places.unsqueeze(0) - places.unsqueeze(1)).abs()
        return (-self.slopes.view(-1, 1, 1) * distances).to(x.dtype)
