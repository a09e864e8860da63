"""Patches as tokens."""

from torch import Tensor, nn


class PatchEmbed(nn.Module):
    """Cuts an image into patches and makes a token of each (Dosovitskiy et al. 2020)."""

    def __init__(
        self,
        in_channels: int,
        patch_size: tuple[int, int],
        embed_dim: int,
        bias: bool = True,
        flatten: bool = True,
    ) -> None:
        super().__init__()
        self.flatten = flatten
        self.projection = nn.Conv2d(in_channels, embed_dim, patch_size, stride=patch_size, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        x = self.projection(x)
        return x.flatten(-2).transpose(-2, -1) if self.flatten else x
