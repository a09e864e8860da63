"""The gate of a mixture of experts."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Router(nn.Module):
    """Chooses experts for each token; the third result is low when all get equal work (Fedus et al. 2021)."""

    def __init__(self, in_features: int, num_experts: int, top_k: int = 2, normalize: bool = True) -> None:
        super().__init__()
        self.num_experts = num_experts
        self.top_k = top_k
        self.normalize = normalize
        self.gate = nn.Linear(in_features, num_experts, bias=False)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        chances = self.gate(x).softmax(-1)
        weights, indices = torch.topk(chances, self.top_k, dim=-1)
        if self.normalize:
            weights = weights / weights.sum(-1, keepdim=True)
        load = F.one_hot(indices, self.num_experts).to(x.dtype).flatten(0, -2).mean(0)
        return weights, indices, self.num_experts * (load * chances.flatten(0, -2).mean(0)).sum()
