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
        scores: Tensor = self.classify(x)
        return scores


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
        scores: Tensor = self.classify(state[-self.directions :].transpose(0, 1).flatten(1))
        return scores


class Encoder(nn.Module):
    """The positions, which are sines, have no parameters and change no shape; they are left out."""

    def __init__(self, vocabulary: int, features: int, heads: int, feedforward: int, depth: int, classes: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, features)
        layer = nn.TransformerEncoderLayer(features, heads, feedforward, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, depth)
        self.classify = nn.Linear(features, classes)

    def forward(self, x: Tensor) -> Tensor:
        scores: Tensor = self.classify(self.encoder(self.embedding(x)).mean(1))
        return scores


class Mixture(nn.Module):
    """Each token by its own experts, whose weights are looked up for it; and one number in the place of the loss."""

    def __init__(self, features: int, experts: int, hidden: int, top_k: int) -> None:
        super().__init__()
        self.top_k = top_k
        self.router = nn.Linear(features, experts, bias=False)
        self.enter = nn.Parameter(torch.zeros(experts, features, hidden))
        self.leave = nn.Parameter(torch.zeros(experts, hidden, features))
        self.biases = nn.ParameterList([torch.zeros(experts, hidden), torch.zeros(experts, features)])

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        tokens = x.reshape(-1, 1, x.shape[-1])
        chances = self.router(tokens).softmax(-1)
        weights, chosen = chances.topk(self.top_k)
        made = torch.zeros_like(tokens)
        for slot in range(self.top_k):
            expert = chosen[:, 0, slot]
            hidden = nn.functional.gelu(tokens @ self.enter[expert] + self.biases[0][expert].unsqueeze(1))
            visit = hidden @ self.leave[expert] + self.biases[1][expert].unsqueeze(1)
            made = made + weights[:, :, slot : slot + 1] * visit
        return made.reshape(x.shape), chances.mean()


class MixtureLayer(nn.Module):
    def __init__(self, features: int, heads: int, experts: int, hidden: int, top_k: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.RMSNorm(features), nn.RMSNorm(features)
        self.attention = nn.MultiheadAttention(features, heads, bias=False, batch_first=True)
        self.experts = Mixture(features, experts, hidden, top_k)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        normal = self.norm1(x)
        x = x + self.attention(normal, normal, normal, need_weights=False)[0]
        made, loss = self.experts(self.norm2(x))
        return x + made, loss


class MixtureTransformer(nn.Module):
    """Turning by places and the mask, which cost no products of matrices, are left out."""

    def __init__(self, vocabulary: int, heads: int, experts: int, hidden: int, top_k: int, depth: int) -> None:
        super().__init__()
        features = 64 * heads
        self.embedding = nn.Embedding(vocabulary, features)
        self.layers = nn.ModuleList(MixtureLayer(features, heads, experts, hidden, top_k) for _ in range(depth))
        self.norm = nn.RMSNorm(features)
        self.logits = nn.Linear(features, vocabulary, bias=False)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x, losses = self.embedding(x), []
        for layer in self.layers:
            x, loss = layer(x)
            losses.append(loss)
        return self.logits(self.norm(x)), torch.stack(losses).sum()


class Player(nn.Module):
    def __init__(self, size: int, exponents: int, width: int, features: int, experts: int, top_k: int) -> None:
        super().__init__()
        self.exponents = exponents
        self.see = nn.Sequential(nn.Conv2d(exponents, width, 2), nn.ReLU(), nn.Conv2d(width, width, 2), nn.ReLU())
        self.features = nn.Sequential(nn.Flatten(), nn.Linear(width * (size - 2) ** 2, features), nn.ReLU())
        self.experts = Mixture(features, experts, features, top_k)
        self.policy, self.value = nn.Linear(features, 4), nn.Linear(features, 1)

    def forward(self, board: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        planes = torch.stack([board == exponent for exponent in range(self.exponents)], 1).float()
        features = self.features(self.see(planes))
        made, loss = self.experts(features)
        return self.policy(features + made), self.value(features + made), loss


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


def board(size: int) -> Callable[[], Tensor]:
    return lambda: torch.zeros(BATCH, size, size, dtype=torch.int64)


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
    Reference("moe-transformer", lambda: MixtureTransformer(32_000, 8, 8, 2048, 2, 4), tokens),
    Reference(
        "moe-transformer",
        lambda: MixtureTransformer(50, 1, 3, 20, 1, 1),
        tokens,
        {"vocabulary": 50, "heads": 1, "experts": 3, "hidden": 20, "top_k": 1, "depth": 1},
    ),
    Reference("policy-2048", lambda: Player(4, 16, 128, 256, 4, 2), board(4)),
    Reference("policy-2048", lambda: Player(5, 16, 128, 256, 6, 1), board(5), {"size": 5, "experts": 6, "top_k": 1}),
    Reference("transformer-encoder", lambda: Encoder(20_000, 512, 8, 2048, 6, 2), tokens),
]
