"""A mixture of experts as one layer."""

from torch import Tensor, nn

from foundry.modules.experts import Experts
from foundry.modules.router import Router


class MoE(nn.Module):
    """A router and its experts; the second result is the router's loss, to be added to that of training."""

    def __init__(
        self,
        in_features: int,
        num_experts: int,
        hidden_features: int,
        top_k: int = 2,
        activation: str = "gelu",
        bias: bool = True,
        normalize: bool = True,
    ) -> None:
        super().__init__()
        self.router = Router(in_features, num_experts, top_k, normalize)
        self.experts = Experts(in_features, num_experts, hidden_features, activation, bias)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        weights, indices, loss = self.router(x)
        return self.experts(x, weights, indices), loss
