"""Places as waves."""

import torch
from torch import Tensor, nn


class SinusoidalPositionalEncoding(nn.Module):
    """Adds sines and cosines of its place to each token (Vaswani et al. 2017)."""

    rates: Tensor

    def __init__(self, features: int, base: float = 10000) -> None:
        super().__init__()
        self.features = features
        self.register_buffer("rates", float(base) ** -(torch.arange(0, features, 2) / features), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        places = torch.arange(x.shape[-2], device=x.device).unsqueeze(-1)
        angles = places * self.rates
        waves = torch.stack((angles.sin(), angles.cos()), dim=-1).flatten(-2)
        return x + waves[:, : self.features].to(x.dtype)
