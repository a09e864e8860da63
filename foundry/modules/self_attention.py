"""Self-attention (Vaswani et al. 2017), grouped-query (Ainslie et al. 2023) and rotary (Su et al. 2021)."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class SelfAttention(nn.Module):
    """Each position gathers from others what its query matches; query heads may share keys and values."""

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        num_kv_heads: int | None = None,
        bias: bool = True,
        dropout: float = 0,
        is_causal: bool = False,
        rotary: bool = False,
        base: float = 10000,
    ) -> None:
        super().__init__()
        self.num_heads, self.num_kv_heads = num_heads, num_kv_heads or num_heads
        self.head_dim = embed_dim // num_heads
        self.dropout, self.is_causal, self.rotary, self.base = dropout, is_causal, rotary, base
        self.in_proj = nn.Linear(embed_dim, (num_heads + 2 * self.num_kv_heads) * self.head_dim, bias=bias)
        self.out_proj = nn.Linear(embed_dim, embed_dim, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        heads = self.in_proj(x).unflatten(-1, (-1, self.head_dim)).transpose(-3, -2)
        query, key, value = heads.split((self.num_heads, self.num_kv_heads, self.num_kv_heads), dim=-3)
        if self.rotary:
            query, key = self.rotated(query), self.rotated(key)
        gathered = F.scaled_dot_product_attention(
            query,
            key,
            value,
            dropout_p=self.dropout if self.training else 0.0,
            is_causal=self.is_causal,
            enable_gqa=self.num_kv_heads != self.num_heads,
        )
        joined: Tensor = self.out_proj(gathered.transpose(-3, -2).flatten(-2))
        return joined

    def rotated(self, x: Tensor) -> Tensor:
        halves = torch.arange(0, self.head_dim, 2, device=x.device) / self.head_dim
        angles = torch.arange(x.shape[-2], device=x.device)[:, None] * self.base**-halves
        cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
        first, second = x.chunk(2, dim=-1)
        return torch.cat((first * cos - second * sin, second * cos + first * sin), dim=-1)
