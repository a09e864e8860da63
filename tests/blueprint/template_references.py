"""Networks of the templates without published figures, as one writes them in PyTorch by hand."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import torch
from torch import Tensor, nn

BATCH, LENGTH = 2, 12


class Perceptron(nn.Sequential):
    def __init__(self, features: int, width: int, depth: int, classes: int) -> None:
        wide = [features] + [width] * depth
        layers = [nn.Sequential(nn.Linear(a, b), nn.ReLU(), nn.Dropout(0)) for a, b in pairwise(wide)]
        super().__init__(*layers, nn.Linear(width, classes))


class DoubleConvolution(nn.Sequential):
    def __init__(self, have: int, want: int) -> None:
        layers = [[nn.Conv2d(i, want, 3, padding=1, bias=False), nn.BatchNorm2d(want), nn.ReLU()] for i in (have, want)]
        super().__init__(*layers[0], *layers[1])


class UNet(nn.Module):
    def __init__(self, channels: int, classes: int, width: int) -> None:
        super().__init__()
        wide = [width * 2**level for level in range(5)]
        self.encode = nn.ModuleList(map(DoubleConvolution, [channels, *wide[:3]], wide[:4]))
        self.bottom = DoubleConvolution(wide[3], wide[4])
        self.up = nn.ModuleList(nn.ConvTranspose2d(2 * w, w, 2, 2) for w in wide[3::-1])
        self.decode = nn.ModuleList(DoubleConvolution(2 * w, w) for w in wide[3::-1])
        self.classify = nn.Conv2d(width, classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        skips = []
        for encode in self.encode:
            skips.append(encode(x))
            x = nn.functional.max_pool2d(skips[-1], 2)
        x = self.bottom(x)
        for up, decode, skip in zip(self.up, self.decode, reversed(skips), strict=True):
            x = decode(torch.cat([skip, up(x)], 1))
        return self.classify(x)


class Autoencoder(nn.Sequential):
    def __init__(self, channels: int, size: int, width: int, latent: int) -> None:
        small, deep = size // 8, 4 * width
        down = [nn.Conv2d(i, o, 3, 2, 1) for i, o in ((channels, width), (width, 2 * width), (2 * width, deep))]
        up = [nn.ConvTranspose2d(i, o, 4, 2, 1) for i, o in ((deep, 2 * width), (2 * width, width), (width, channels))]
        super().__init__(
            *(nn.Sequential(each, nn.ReLU()) for each in down),
            nn.Flatten(),
            nn.Linear(deep * small**2, latent),
            nn.Linear(latent, deep * small**2),
            nn.Unflatten(1, (deep, small, small)),
            nn.ReLU(),
            *(up[0], nn.ReLU(), up[1], nn.ReLU(), up[2], nn.Sigmoid()),
        )


class Recurrent(nn.Module):
    """Gives what is known after the last step: the last layer's final state of each direction."""

    def __init__(self, before: nn.Module, reader: nn.RNNBase, classes: int) -> None:
        super().__init__()
        self.before, self.reader = before, reader
        self.directions = 2 if reader.bidirectional else 1
        self.classify = nn.Linear(self.directions * reader.hidden_size, classes)

    def forward(self, x: Tensor) -> Tensor:
        _, state = self.reader(self.before(x))
        state = state[0] if isinstance(state, tuple) else state
        return self.classify(state[-self.directions :].transpose(0, 1).flatten(1))


class Encoder(nn.Module):
    """The positions, which are sines, have no parameters and change no shape; they are left out."""

    def __init__(self, vocabulary: int, features: int, heads: int, feedforward: int, depth: int, classes: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, features)
        layer = nn.TransformerEncoderLayer(features, heads, feedforward, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, depth)
        self.classify = nn.Linear(features, classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.classify(self.encoder(self.embedding(x)).mean(1))


@dataclass(frozen=True)
class Reference:
    """A template with values, the same network by hand, and a batch for it (T = LENGTH)."""

    template: str
    module: Callable[[], nn.Module]
    sample: Callable[[], Tensor]
    given: dict[str, int] = field(default_factory=dict)


def image(channels: int, size: int) -> Callable[[], Tensor]:
    return lambda: torch.zeros(BATCH, channels, size, size)


def tokens() -> Tensor:
    return torch.zeros(BATCH, LENGTH, dtype=torch.int64)


REFERENCES = [
    Reference("mlp", lambda: Perceptron(784, 256, 2, 10), lambda: torch.zeros(BATCH, 784)),
    Reference(
        "mlp",
        lambda: Perceptron(5, 7, 4, 3),
        lambda: torch.zeros(BATCH, 5),
        {"features": 5, "width": 7, "depth": 4, "classes": 3},
    ),
    Reference("unet", lambda: UNet(3, 2, 64), image(3, 256)),
    Reference("unet", lambda: UNet(1, 5, 8), image(1, 48), {"channels": 1, "classes": 5, "width": 8, "size": 48}),
    Reference("conv-autoencoder", lambda: Autoencoder(3, 32, 32, 128), image(3, 32)),
    Reference(
        "conv-autoencoder",
        lambda: Autoencoder(1, 40, 4, 10),
        image(1, 40),
        {"channels": 1, "size": 40, "width": 4, "latent": 10},
    ),
    Reference(
        "lstm-classifier",
        lambda: Recurrent(nn.Embedding(20_000, 128), nn.LSTM(128, 64, 2, batch_first=True, bidirectional=True), 2),
        tokens,
    ),
    Reference(
        "lstm-classifier",
        lambda: Recurrent(nn.Embedding(20_000, 128), nn.LSTM(128, 64, 1, batch_first=True), 2),
        tokens,
        {"depth": 1, "directions": 1},
    ),
    Reference(
        "gru-classifier",
        lambda: Recurrent(nn.LayerNorm(9), nn.GRU(9, 128, batch_first=True), 6),
        lambda: torch.zeros(BATCH, LENGTH, 9),
    ),
    Reference(
        "gru-classifier",
        lambda: Recurrent(nn.LayerNorm(9), nn.GRU(9, 128, 3, batch_first=True, bidirectional=True), 6),
        lambda: torch.zeros(BATCH, LENGTH, 9),
        {"depth": 3, "directions": 2},
    ),
    Reference("transformer-encoder", lambda: Encoder(20_000, 512, 8, 2048, 6, 2), tokens),
]
