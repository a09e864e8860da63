"""Layers that enlarge images or rearrange their channels (torch.nn, "Vision Layers")."""

from typing import Any

from blueprint.catalogue.checks import FLOATING
from blueprint.catalogue.layer import Config, Example, Facts, Field, Report, Tensor, layer
from blueprint.catalogue.words import brief, count, sizes
from blueprint.dimensions import Dim, at_least, equal, every
from blueprint.quotients import scaled

# Which numbers of spatial dimensions a mode knows, and which integer dtypes beside the floating ones.
MODES = ("nearest", "linear", "bilinear", "bicubic", "trilinear", "area", "nearest-exact")
SPATIAL = {
    "nearest": (1, 2, 3),
    "linear": (1,),
    "bilinear": (2,),
    "bicubic": (2,),
    "trilinear": (3,),
    "area": (1, 2, 3),
    "nearest-exact": (1, 2, 3),
}
ALIGNING = ("linear", "bilinear", "bicubic", "trilinear")
BYTES = ("nearest", "nearest-exact", "bilinear", "bicubic")


@layer(
    "Upsample",
    "shape",
    "Enlarges or shrinks a signal, image or volume.",
    Field("size", "integers", "Size of the result, one for all axes or one each.", minimum=1, count=3, nullable=True),
    Field("scale_factor", "numbers", "How many times larger, instead.", minimum=0, count=3, nullable=True),
    Field("mode", "choice", "How points between are found.", default="nearest", choices=MODES),
    Field("align_corners", "boolean", "Keep the corners in place; not for nearest and area.", nullable=True),
    Field("recompute_scale_factor", "boolean", "Use the factor of the rounded sizes.", nullable=True),
    example=Example({"scale_factor": 2}, ("[B, 16, 8, 8]",), ("[B, 16, 16, 16]",)),
)
def upsample(x: Tensor, c: Config, report: Report) -> Facts | None:
    """torch.nn.functional.interpolate: a size is rounded down."""
    axes = len(x.shape) - 2
    if not (_one_of_two(c, report) and _knows(x, axes, c, report) and _corners(c, report)):
        return None
    given = c["scale_factor"] if c["size"] is None else c["size"]
    if len(given) != 1 and len(given) != axes:
        name = "scale_factor" if c["size"] is None else "size"
        what = f"{name} has {count(len(given), 'number')} for {count(axes, 'spatial dimension')}"
        report(False, "bad_config", what, "give one for all of them or one for each")
        return None
    wanted = [given[0] if len(given) == 1 else given[i] for i in range(axes)]
    spatial: list[Any] = [
        wanted[i] if c["scale_factor"] is None else _times(x.shape[i + 2], wanted[i], report) for i in range(axes)
    ]
    if any(size is None for size in spatial) or not _is_left(x, spatial, report):
        return None
    factor = None if c["scale_factor"] is None else given[0] if len(given) == 1 else given
    return Facts(
        (Tensor((*x.shape[:2], *spatial), x.dtype),),
        determined={"scale_factor": factor},
        keeps_input=c["mode"] == "area" and any(size != 1 for size in spatial),
    )


def _times(size: Dim, factor: float, report: Report) -> Dim | None:
    found = scaled(size, factor)
    if found is None:
        what = f"cannot write {brief(size)} times scale_factor as a size"
        report(False, "bad_config", what, "use a factor such as 0.5 or 2, give size, or a number in the Input")
    return found


def _is_left(x: Tensor, spatial: list[Any], report: Report) -> bool:
    fine = every(*[at_least(size, 1) for size in spatial])
    if fine is True:
        return True
    doubt = "leaves nothing" if fine is False else "may leave nothing"
    return report(fine, "shape_mismatch", f"{doubt} of {sizes(x.shape)}", "use a larger scale_factor")


def _one_of_two(c: Config, report: Report) -> bool:
    if (c["size"] is None) == (c["scale_factor"] is None):
        what = "needs size or scale_factor" if c["size"] is None else "has both size and scale_factor"
        return report(False, "bad_config", what, "give one of the two")
    if c["size"] is not None and c["recompute_scale_factor"] is True:
        return report(False, "bad_config", "has no scale_factor to recompute", "leave recompute_scale_factor out")
    return True


def _knows(x: Tensor, axes: int, c: Config, report: Report) -> bool:
    mode = c["mode"]
    known = SPATIAL.get(mode, ())
    if axes not in known:
        names = " or ".join([("[N, C, L]", "[N, C, H, W]", "[N, C, D, H, W]")[i - 1] for i in known])
        what = f"mode {mode} needs {names} but gets {sizes(x.shape)}, which has {count(len(x.shape), 'dimension')}"
        return report(False, "shape_mismatch", what, "choose the mode for its dimensions, or feed it a batch")
    if x.dtype in FLOATING or (x.dtype == "uint8" and mode in BYTES):
        return True
    return report(False, "dtype_mismatch", f"mode {mode} cannot enlarge {x.dtype}", "give the Input dtype float32")


def _corners(c: Config, report: Report) -> bool:
    if c["align_corners"] is None or c["mode"] in ALIGNING:
        return True
    return report(False, "bad_config", f"mode {c['mode']} has no align_corners", f"leave it out or use {ALIGNING[0]}")


@layer(
    "PixelShuffle",
    "shape",
    "Turns groups of channels into finer pixels.",
    Field("upscale_factor", "integer", "Times higher and wider.", required=True, minimum=1),
    example=Example({"upscale_factor": 2}, ("[B, 12, 8, 8]",), ("[B, 3, 16, 16]",)),
)
def pixel_shuffle(x: Tensor, c: Config, report: Report) -> Facts | None:
    """[..., C*r*r, H, W] to [..., C, H*r, W*r] (Shi et al. 2016)."""
    r = c["upscale_factor"]
    if not _is_image(x, report):
        return None
    channels, height, width = x.shape[-3], x.shape[-2], x.shape[-1]
    if not _divides(r * r, channels, "number of channels", "upscale_factor", report):
        return None
    shape = (*x.shape[:-3], channels // (r * r), height * r, width * r)
    return Facts((Tensor(shape, x.dtype),))


@layer(
    "PixelUnshuffle",
    "shape",
    "Turns pixels into channels of a coarser image.",
    Field("downscale_factor", "integer", "Times lower and narrower.", required=True, minimum=1),
    example=Example({"downscale_factor": 2}, ("[B, 3, 16, 16]",), ("[B, 12, 8, 8]",)),
)
def pixel_unshuffle(x: Tensor, c: Config, report: Report) -> Facts | None:
    """The inverse of PixelShuffle."""
    r = c["downscale_factor"]
    if not _is_image(x, report):
        return None
    channels, height, width = x.shape[-3], x.shape[-2], x.shape[-1]
    if not (
        _divides(r, height, "height", "downscale_factor", report)
        and _divides(r, width, "width", "downscale_factor", report)
    ):
        return None
    return Facts((Tensor((*x.shape[:-3], channels * (r * r), height // r, width // r), x.dtype),))


@layer(
    "ChannelShuffle",
    "shape",
    "Mixes the channels of several groups, like cards dealt in turn.",
    Field("groups", "integer", "How many groups.", required=True, minimum=1),
    example=Example({"groups": 3}, ("[B, 12, 8, 8]",), ("[B, 12, 8, 8]",)),
)
def channel_shuffle(x: Tensor, c: Config, report: Report) -> Facts | None:
    """Zhang et al. 2018."""
    if len(x.shape) < 3:
        what = f"needs [N, C, ...] with something to shuffle but gets {sizes(x.shape)}"
        report(False, "shape_mismatch", what, "feed it signals, images or volumes")
        return None
    return Facts((x,)) if _divides(c["groups"], x.shape[1], "number of channels", "groups", report) else None


def _is_image(x: Tensor, report: Report) -> bool:
    if len(x.shape) >= 3:
        return True
    what = f"needs images [..., C, H, W] but gets {sizes(x.shape)}, which has {count(len(x.shape), 'dimension')}"
    return report(False, "shape_mismatch", what, "feed it images, before any Flatten")


def _divides(divisor: int, size: Dim, name: str, setting: str, report: Report) -> bool:
    fine = equal(size % divisor, 0)
    if fine is True:
        return True
    doubt = "is no multiple" if fine is False else "may be no multiple"
    what = f"the {name}, {brief(size)}, {doubt} of {divisor}, as {setting} wants"
    return report(fine, "shape_mismatch", what, f"change {setting} or the {name}")
