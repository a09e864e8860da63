"""Squeeze-and-excitation (Hu et al. 2018)."""

from torch import Tensor, nn


class SqueezeExcite(nn.Module):
    """Weighs each channel of an image by what all channels are like on average."""

    def __init__(
        self,
        input_channels: int,
        squeeze_channels: int,
        activation: str = "ReLU",
        scale_activation: str = "Sigmoid",
    ) -> None:
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(input_channels, squeeze_channels, 1)
        self.fc2 = nn.Conv2d(squeeze_channels, input_channels, 1)
        self.activation: nn.Module = getattr(nn, activation)()
        self.scale_activation: nn.Module = getattr(nn, scale_activation)()

    def forward(self, x: Tensor) -> Tensor:
        squeezed = self.activation(self.fc1(self.avgpool(x)))
        scale: Tensor = self.scale_activation(self.fc2(squeezed))
        return scale * x
