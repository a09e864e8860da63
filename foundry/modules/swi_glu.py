"""The feed-forward layer of LLaMA and its kin; PyTorch has no class for it."""

import torch
from torch import nn
from torch.nn import functional as F


class SwiGLU(nn.Module):
    """Hidden features times the SiLU of a gate, projected; names as in LLaMA."""

    def __init__(self, in_features: int, hidden_features: int, out_features: int, bias: bool = True) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(in_features, hidden_features, bias=bias)
        self.up_proj = nn.Linear(in_features, hidden_features, bias=bias)
        self.down_proj = nn.Linear(hidden_features, out_features, bias=bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))
        return out
