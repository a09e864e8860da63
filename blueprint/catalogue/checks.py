"""Checks and small facts that several layers share."""

from dataclasses import dataclass

from blueprint.catalogue.layer import Check, Config, Tensor, brief, sizes
from blueprint.dimensions import Dim, Shape, equal

FLOATING = ("float32", "float16", "bfloat16")
INTEGRAL = ("bool", "uint8", "int32", "int64")
DTYPES = ("float32", "float16", "bfloat16", "int32", "int64", "uint8", "bool")
ITEM_BYTES = {"float32": 4, "float16": 2, "bfloat16": 2, "int32": 4, "int64": 8, "uint8": 1, "bool": 1}


@dataclass(frozen=True, slots=True)
class Image:
    """An image tensor taken apart: [*batch, channels, height, width]."""

    batch: Shape
    channels: Dim
    spatial: Shape


def image(x: Tensor, check: Check) -> Image | None:
    """The parts of [N, C, H, W], or of one unbatched [C, H, W]; spatial is (height, width)."""
    rank = len(x.shape)
    what = f"needs an image [N, C, H, W] or [C, H, W] but gets {sizes(x.shape)}, which has {rank} dimensions"
    if not check(rank in (3, 4), "shape_mismatch", what, "feed it an image, before any Flatten"):
        return None
    return Image(x.shape[:-3], x.shape[-3], x.shape[-2:])


def floating(x: Tensor, check: Check) -> bool:
    """For layers that compute in the dtype of their input."""
    what = f"computes with floating-point numbers but gets {x.dtype}"
    return check(x.dtype in FLOATING, "dtype_mismatch", what, mend_dtype(x))


def like_weights(x: Tensor, check: Check) -> bool:
    """For layers that multiply their input with weights, which are float32."""
    return check(x.dtype == "float32", "dtype_mismatch", f"has float32 weights but gets {x.dtype}", mend_dtype(x))


def mend_dtype(x: Tensor) -> str:
    """What to do about a dtype."""
    tokens = "" if x.dtype in FLOATING or x.dtype == "bool" else ", or put an Embedding before it if these are tokens"
    return f"give the Input dtype float32{tokens}"


def determined(config: Config, name: str, actual: Dim, check: Check) -> int | None:
    """The size the input decides: `actual`, or what config says where that agrees with it.

    Weights need a number, so a named size is refused unless config tells it.
    """
    given: int | None = config[name]
    if given is None and not isinstance(actual, int):
        what = f"cannot size its weights: the input gives {name} = {brief(actual)}, which is not a number"
        check(False, "shape_mismatch", what, "give the Input a fixed size there, or pool to one")
        return None
    if given is None:
        return int(str(actual))
    what = f"{name} is {given} but the input gives {brief(actual)}"
    mend = f"leave {name} out or set it to {brief(actual)}"
    return given if check(equal(actual, given), "bad_config", what, mend) else None


def axis(dim: int, rank: int, name: str, check: Check) -> int | None:
    """A dimension index of a tensor, counted from the end when negative."""
    what = f"{name} is {dim} but the input has {rank} dimensions"
    mend = f"set {name} to a value from {-rank} to {rank - 1}"
    return dim % rank if check(-rank <= dim < rank, "bad_config", what, mend) else None


def promoted(left: str, right: str) -> str:
    """The dtype PyTorch computes two tensors' sum in (torch.promote_types)."""
    if left == right:
        return left
    if left in INTEGRAL and right in INTEGRAL:
        return max(left, right, key=INTEGRAL.index)
    if left in FLOATING and right in FLOATING:
        return "float32"
    return left if left in FLOATING else right
