"""Places as rotations."""

import torch
from torch import Tensor, nn


class RotaryEmbedding(nn.Module):
    """Turns pairs of features by angles that grow with the place (Su et al. 2021)."""

    rates: Tensor

    def __init__(self, features: int, base: float = 10000, interleaved: bool = False) -> None:
        super().__init__()
        self.interleaved = interleaved
        self.register_buffer("rates", float(base) ** -(torch.arange(0, features, 2) / features), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        angles = torch.arange(x.shape[-2], device=x.device).unsqueeze(-1) * self.rates
        cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
        if self.interleaved:
            a, b = x[..., 0::2], x[..., 1::2]
            return torch.stack((a * cos - b * sin, a * sin + b * cos), dim=-1).flatten(-2)
        a, b = x.chunk(2, dim=-1)
        return torch.cat((a * cos - b * sin, a * sin + b * cos), dim=-1)
