"""The experts of a mixture, each for the tokens that were sent to it."""

import torch
from torch import Tensor, nn


class Experts(nn.Module):
    """Feed-forward networks side by side; each token's result is the weighted sum of those it was sent to."""

    def __init__(
        self,
        in_features: int,
        num_experts: int,
        hidden_features: int,
        activation: str = "gelu",
        bias: bool = True,
    ) -> None:
        super().__init__()
        kind = {"relu": nn.ReLU, "gelu": nn.GELU, "silu": nn.SiLU}[activation]
        self.experts = nn.ModuleList(
            nn.Sequential(
                nn.Linear(in_features, hidden_features, bias=bias),
                kind(),
                nn.Linear(hidden_features, in_features, bias=bias),
            )
            for _ in range(num_experts)
        )

    def forward(self, x: Tensor, weights: Tensor, indices: Tensor) -> Tensor:
        tokens, shares, chosen = (part.flatten(0, -2) for part in (x, weights, indices))
        out = torch.zeros_like(tokens)
        for number, expert in enumerate(self.experts):
            rows, slots = torch.where(chosen == number)
            out = out.index_add(0, rows, expert(tokens[rows]) * shares[rows, slots].unsqueeze(-1))
        return out.reshape(x.shape)
