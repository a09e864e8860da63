"""Networks to measure with: residual chains of any length, and ResNet-18 as one writes it by hand."""

from collections.abc import Iterator

from torch import Tensor, nn

from blueprint import Edge, Graph, Node

CHANNELS = 16


def chain(nodes: int) -> Graph:
    """A network of so many nodes: residual blocks of two convolutions, the last few nodes a run of ReLUs."""
    drawn: list[tuple[Node, list[str]]] = [(Node("input", "Input", {"shape": ["B", CHANNELS, 32, 32]}), [])]
    for n in range((nodes - 2) // 6):
        drawn += _residual(f"b{n:05}", drawn[-1][0].id)
    for n in range(nodes - 1 - len(drawn)):
        drawn.append((Node(f"r{n}", "ReLU", {}), [drawn[-1][0].id]))
    drawn.append((Node("output", "Output", {}), [drawn[-1][0].id]))
    edges = [_edge(source, node, n) for node, sources in drawn for n, source in enumerate(sources)]
    return Graph(f"chain-{nodes}", tuple(node for node, _ in drawn), tuple(edges))


def middle(nodes: int) -> str:
    """The first convolution of the block in the middle of a chain."""
    return f"b{(nodes - 2) // 12:05}-conv1"


def _residual(name: str, before: str) -> list[tuple[Node, list[str]]]:
    convolution = {"out_channels": CHANNELS, "kernel_size": 3, "padding": 1}
    steps = (
        ("conv1", "Conv2d"),
        ("norm1", "BatchNorm2d"),
        ("relu", "ReLU"),
        ("conv2", "Conv2d"),
        ("norm2", "BatchNorm2d"),
    )
    drawn, last = [], before
    for step, type in steps:
        drawn.append((Node(f"{name}-{step}", type, convolution if type == "Conv2d" else {}), [last]))
        last = f"{name}-{step}"
    return [*drawn, (Node(f"{name}-sum", "Add", {}), [last, before])]


def _edge(source: str, target: Node, n: int) -> Edge:
    return Edge(source, target.id, "out", f"in.{n}" if target.type == "Add" else "in")


class ResNet18(nn.Sequential):
    """He et al. 2015, table 1, as in torchvision: 11,689,512 parameters."""

    def __init__(self, classes: int = 1000) -> None:
        stem = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
        head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, classes)]
        super().__init__(*stem, *self._stages(), *head)

    @staticmethod
    def _stages() -> Iterator[nn.Module]:
        have = 64
        for want in (64, 128, 256, 512):
            yield Residual(have, want, stride=want // have)
            yield Residual(want, want, stride=1)
            have = want


class Residual(nn.Module):
    """Two convolutions added to their input, which is brought to their shape where they change it."""

    def __init__(self, have: int, want: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(have, want, 3, stride, 1, bias=False), nn.BatchNorm2d(want), nn.ReLU())
        self.second = nn.Sequential(nn.Conv2d(want, want, 3, 1, 1, bias=False), nn.BatchNorm2d(want))
        fitted = nn.Sequential(nn.Conv2d(have, want, 1, stride, bias=False), nn.BatchNorm2d(want))
        self.shortcut = fitted if stride > 1 else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.relu(self.second(self.first(x)) + self.shortcut(x))
