"""Attention to a context (Vaswani et al. 2017)."""

from torch import Tensor, nn
from torch.nn import functional as F


class CrossAttention(nn.Module):
    """Each position gathers from a context what its query matches."""

    def __init__(self, embed_dim: int, num_heads: int, kdim: int, bias: bool = True, dropout: float = 0) -> None:
        super().__init__()
        self.head_dim, self.dropout = embed_dim // num_heads, dropout
        self.q_proj = nn.Linear(embed_dim, embed_dim, bias=bias)
        self.kv_proj = nn.Linear(kdim, 2 * embed_dim, bias=bias)
        self.out_proj = nn.Linear(embed_dim, embed_dim, bias=bias)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        query = self.q_proj(x).unflatten(-1, (-1, self.head_dim)).transpose(-3, -2)
        sources = self.kv_proj(context).unflatten(-1, (-1, self.head_dim)).transpose(-3, -2)
        key, value = sources.chunk(2, dim=-3)
        dropout = self.dropout if self.training else 0.0
        gathered = F.scaled_dot_product_attention(query, key, value, dropout_p=dropout)
        joined: Tensor = self.out_proj(gathered.transpose(-3, -2).flatten(-2))
        return joined
