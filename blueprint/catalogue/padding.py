"""Padding by itself (torch.nn.functional.pad)."""

from blueprint.catalogue.holding import LEAST, MOST, holds
from blueprint.catalogue.layer import Config, Example, Facts, Field, Report, Tensor, layer
from blueprint.catalogue.words import count, sizes
from blueprint.dimensions import Dim, at_least, every


@layer(
    "Pad",
    "shape",
    "Adds a border to the last dimensions.",
    Field(
        "pad",
        "integers",
        "Points before and after in the last dimension, then in the one before, and so on; negative ones cut off.",
        required=True,
        count=16,
    ),
    Field(
        "mode",
        "choice",
        "What the border holds.",
        default="constant",
        choices=("constant", "reflect", "replicate", "circular"),
    ),
    Field("value", "number", "What a constant border holds; 0 when omitted.", nullable=True),
    torch="F.pad({in}, {pad}, mode={mode}, value={value})",
    example=Example({"pad": [1, 2]}, ("[B, 3, 8, 8]",), ("[B, 3, 8, 11]",)),
)
def pad(x: Tensor, c: Config, report: Report) -> Facts | None:
    """torch.nn.functional.pad (ATen/native/PadNd.cpp)."""
    if not (_has_dimensions(x, c, report) and _has_kernel(x, c, report) and _holds(x, c, report)):
        return None
    rank = len(x.shape)
    first = rank - len(c["pad"]) // 2
    border = [
        (0, 0) if i < first else (c["pad"][2 * (rank - 1 - i)], c["pad"][2 * (rank - 1 - i) + 1]) for i in range(rank)
    ]
    fine = every(
        *[_fits(size, before, after, c["mode"]) for size, (before, after) in zip(x.shape, border, strict=True)]
    )
    if fine is not True:
        doubt = "cannot" if fine is False else "may be unable to"
        what = f"{doubt} pad {sizes(x.shape)} by {_pairs(border[first:])} in mode {c['mode']}"
        report(fine, "shape_mismatch", what, MENDS.get(c["mode"], ""))
    if fine is False:
        return None
    shape = tuple([size + before + after for size, (before, after) in zip(x.shape, border, strict=True)])
    return Facts((Tensor(shape, x.dtype),), keeps_input_for_gradient=c["mode"] == "reflect" or c["mode"] == "replicate")


MENDS = {
    "constant": "cut off less than there is",
    "reflect": "reflect less than the size, or use mode replicate",
    "replicate": "cut off less than there is",
    "circular": "go round at most once, or use mode replicate",
}


def _fits(size: Dim, before: int, after: int, mode: str) -> bool | None:
    """Something must be left; reflecting takes one point more than the border, going round as many as are left."""
    left = at_least(size + before + after, 1)
    if mode == "constant":
        return every(left, at_least(size, max(-before, 0) + max(-after, 0)))
    if mode == "replicate":
        return left
    if mode == "reflect":
        return every(left, at_least(size, max(before, after) + 1))
    return every(left, at_least(size + min(after, 0), before), at_least(size + min(before, 0), after))


def _pairs(border: list[tuple[int, int]]) -> str:
    return ", ".join([f"{before} and {after}" for before, after in border])


def _has_dimensions(x: Tensor, c: Config, report: Report) -> bool:
    """Whether pad has two numbers for dimensions that there are; borders that are not constant want images."""
    given, rank, mode = len(c["pad"]), len(x.shape), c["mode"]
    if given % 2 != 0:
        return report(False, "bad_config", f"pad has {count(given, 'number')}", "give two for each dimension")
    if given > 2 * rank:
        what = f"pad has {given} numbers but the input {sizes(x.shape)} has {count(rank, 'dimension')}"
        return report(False, "bad_config", what, "give two for each dimension, the last one first")
    pairs = given // 2
    if mode == "constant" or (pairs <= 3 and (rank == pairs + 1 or rank == pairs + 2)):
        return True
    what = (
        f"mode {mode} pads all of 1 to 3 spatial dimensions, but pad is for {pairs} of the {rank} of {sizes(x.shape)}"
    )
    return report(False, "bad_config", what, "give two numbers for each spatial dimension, or use mode constant")


def _has_kernel(x: Tensor, c: Config, report: Report) -> bool:
    if x.dtype != "bool" or (c["mode"] != "reflect" and c["mode"] != "replicate"):
        return True
    return report(False, "dtype_mismatch", f"mode {c['mode']} cannot pad bool", "use mode constant or circular")


def _holds(x: Tensor, c: Config, report: Report) -> bool:
    """Whether the border's value is one, where only a constant border has it, and one that the dtype can hold."""
    value = 0 if c["value"] is None else c["value"]
    if c["mode"] != "constant":
        fine = value == 0
        return fine or report(
            False, "bad_config", f"mode {c['mode']} takes no value", "leave value out or use mode constant"
        )
    if holds(value, x.dtype) or all(size <= 0 for size in c["pad"]):
        return True
    what = f"{x.dtype} cannot hold the value of the border"
    return report(False, "bad_config", what, f"use a value from {LEAST[x.dtype]} to {MOST[x.dtype]}")
