"""Pooling to a size, whatever comes in: adaptive and global (torch.nn, "Pooling layers")."""

from blueprint.catalogue.checks import AXES, floating, is_spatial
from blueprint.catalogue.layer import Config, Example, Facts, Field, Report, Tensor, layer
from blueprint.catalogue.pooling import INDICES, MAX_OUTPUTS
from blueprint.catalogue.words import sizes

LENGTH = Field("output_size", "sizes", "Length of the result.", minimum=1, count=1, required=True)
KEEPDIM = Field("keepdim", "boolean", "Leave sizes of 1 in their place.", default=False)


def output_size(axes: int) -> Field:
    """The size of the result along so many axes."""
    what = f"Size of the result ({AXES[axes - 1]}); null in a list keeps the input's."
    return Field("output_size", "open_sizes", what, minimum=1, count=axes, required=True)


@layer(
    "AdaptiveAvgPool1d",
    "pooling",
    "Means over as many windows as it takes to reach a given length.",
    LENGTH,
    example=Example({"output_size": 4}, ("[B, 16, 100]",), ("[B, 16, 4]",)),
)
@layer(
    "AdaptiveAvgPool2d",
    "pooling",
    "Means over as many windows as it takes to reach a given size.",
    output_size(2),
    example=Example({"output_size": 1}, ("[B, 16, 8, 8]",), ("[B, 16, 1, 1]",)),
)
@layer(
    "AdaptiveAvgPool3d",
    "pooling",
    "Means over as many windows as it takes to reach a given size.",
    output_size(3),
    example=Example({"output_size": [1, None, 2]}, ("[B, 4, 8, 8, 8]",), ("[B, 4, 1, 8, 2]",)),
)
def adaptive_avg_pool(x: Tensor, c: Config, report: Report) -> Facts | None:
    """A result of size 1 is a plain mean, which needs nothing of its input afterwards."""
    out = _adapted(x, c, report)
    if out is None:
        return None
    plain = all(size == 1 for size in out.shape[-len(c["output_size"]) :])
    return Facts((out,), keeps_input=not plain)


@layer(
    "AdaptiveMaxPool1d",
    "pooling",
    "The largest values of as many windows as it takes to reach a given length.",
    LENGTH,
    INDICES,
    outputs=MAX_OUTPUTS,
    example=Example({"output_size": 4}, ("[B, 16, 100]",), ("[B, 16, 4]",)),
)
@layer(
    "AdaptiveMaxPool2d",
    "pooling",
    "The largest values of as many windows as it takes to reach a given size.",
    output_size(2),
    INDICES,
    outputs=MAX_OUTPUTS,
    example=Example({"output_size": 1}, ("[B, 16, 8, 8]",), ("[B, 16, 1, 1]",)),
)
@layer(
    "AdaptiveMaxPool3d",
    "pooling",
    "The largest values of as many windows as it takes to reach a given size.",
    output_size(3),
    INDICES,
    outputs=MAX_OUTPUTS,
    example=Example({"output_size": 2}, ("[B, 4, 8, 8, 8]",), ("[B, 4, 2, 2, 2]",)),
)
def adaptive_max_pool(x: Tensor, c: Config, report: Report) -> Facts | None:
    """Keeps which point of each window was the largest, as int64, whether or not it gives that."""
    out = _adapted(x, c, report)
    if out is None:
        return None
    places = Tensor(out.shape, "int64")
    given = c["return_indices"]
    return Facts(
        (out, places) if given else (out,),
        keeps_input=True,
        keeps_ports=("indices",) if given else (),
        keeps=() if given else (places,),
    )


def _adapted(x: Tensor, c: Config, report: Report) -> Tensor | None:
    wanted = c["output_size"]
    axes = len(wanted)
    if not floating(x, report) or not is_spatial(x, axes, report):
        return None
    out = [x.shape[i - axes] if wanted[i] is None else wanted[i] for i in range(axes)]
    return Tensor((*x.shape[:-axes], *out), x.dtype)


@layer(
    "GlobalAvgPool",
    "pooling",
    "The mean of each channel over all positions.",
    KEEPDIM,
    torch="torch.mean({in}, dim={dims}, keepdim={keepdim})",
    example=Example({}, ("[B, 16, 8, 8]",), ("[B, 16]",)),
)
def global_avg_pool(x: Tensor, c: Config, report: Report) -> Facts | None:
    if not floating(x, report) or not _has_positions(x, report):
        return None
    return Facts((_of_channels(x, c),), determined={"dims": _positions(x)})


@layer(
    "GlobalMaxPool",
    "pooling",
    "The largest value of each channel over all positions.",
    KEEPDIM,
    torch="torch.amax({in}, dim={dims}, keepdim={keepdim})",
    example=Example({"keepdim": True}, ("[B, 16, 8, 8]",), ("[B, 16, 1, 1]",)),
)
def global_max_pool(x: Tensor, c: Config, report: Report) -> Facts | None:
    """Shares the gradient among all largest values, which it finds again from input and output."""
    if not _has_positions(x, report):
        return None
    return Facts((_of_channels(x, c),), determined={"dims": _positions(x)}, keeps_input=True, keeps_output=True)


def _has_positions(x: Tensor, report: Report) -> bool:
    if len(x.shape) >= 3:
        return True
    what = f"needs a batch [N, C, ...] with positions after the channels but gets {sizes(x.shape)}"
    return report(False, "shape_mismatch", what, "feed it signals, images or volumes, before any Flatten")


def _positions(x: Tensor) -> tuple[int, ...]:
    return tuple(range(2, len(x.shape)))


def _of_channels(x: Tensor, c: Config) -> Tensor:
    ones = [1 for _ in _positions(x)] if c["keepdim"] else []
    return Tensor((*x.shape[:2], *ones), x.dtype)
