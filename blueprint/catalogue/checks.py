"""Checks and small facts that several layers share, in the translated part of Python as the rules are."""

from blueprint.catalogue.layer import Config, Report, Tensor
from blueprint.catalogue.words import brief, count, sizes
from blueprint.dimensions import Dim, Shape, equal

FLOATING = ("float32", "float16", "bfloat16")
INTEGRAL = ("bool", "uint8", "int32", "int64")
TOKENS = ("int32", "int64")
DTYPES = ("float32", "float16", "bfloat16", "int32", "int64", "uint8", "bool")
ITEM_BYTES = {"float32": 4, "float16": 2, "bfloat16": 2, "int32": 4, "int64": 8, "uint8": 1, "bool": 1}
AXES = ("length", "height, width", "depth, height, width")


def floating(x: Tensor, report: Report) -> bool:
    """For layers that compute in the dtype of their input."""
    if x.dtype in FLOATING:
        return True
    return report(False, "dtype_mismatch", f"computes with floating-point numbers but gets {x.dtype}", mend_dtype(x))


def takes(x: Tensor, dtypes: tuple[str, ...], report: Report) -> bool:
    """For layers that PyTorch computes in some dtypes only, on a CPU."""
    if x.dtype in dtypes:
        return True
    return report(False, "dtype_mismatch", f"cannot be computed in {x.dtype} by PyTorch on a CPU", mend_dtype(x))


def like_weights(x: Tensor, report: Report) -> bool:
    """For layers that multiply their input with weights, which are float32."""
    if x.dtype == "float32":
        return True
    return report(False, "dtype_mismatch", f"has float32 weights but gets {x.dtype}", mend_dtype(x))


def has_dimensions(x: Tensor, report: Report) -> bool:
    """For layers that work along the last dimension; a single number has none."""
    if len(x.shape) > 0:
        return True
    what = "needs a tensor with at least one dimension but gets a single number, []"
    return report(False, "shape_mismatch", what, "feed it a tensor, before any Mean or Sum over all")


def mend_dtype(x: Tensor) -> str:
    """What to do about a dtype."""
    if x.dtype in FLOATING or x.dtype == "bool":
        return "give the Input dtype float32"
    return "give the Input dtype float32, or put an Embedding before it if these are tokens"


def is_spatial(x: Tensor, axes: int, report: Report) -> bool:
    """Whether x is [N, C, ...] or one unbatched [C, ...], with so many spatial axes."""
    rank = len(x.shape)
    if rank == axes + 1 or rank == axes + 2:
        return True
    names = ("L", "H, W", "D, H, W")[axes - 1]
    kind = ("a signal", "an image", "a volume")[axes - 1]
    what = (
        f"needs {kind} [N, C, {names}] or [C, {names}] but gets {sizes(x.shape)}, which has {count(rank, 'dimension')}"
    )
    return report(False, "shape_mismatch", what, f"feed it {kind}, before any Flatten")


def determined(c: Config, name: str, actual: Dim, report: Report) -> int | None:
    """The size the input decides: `actual`, or what config says where that agrees with it.

    Weights need a number, so a named size is refused unless config tells it.
    """
    given: int | None = c[name]
    if given is None:
        if isinstance(actual, int):
            return actual
        what = f"cannot size its weights: the input gives {name} = {brief(actual)}, which is not a number"
        report(False, "shape_mismatch", what, "give the Input a fixed size there, or pool to one")
        return None
    same = equal(actual, given)
    if same is not True:
        what = f"{name} is {given} but the input gives {brief(actual)}"
        report(same, "bad_config", what, f"leave {name} out or set it to {brief(actual)}")
    return None if same is False else given


def axis(dim: int, rank: int, name: str, report: Report) -> int | None:
    """A dimension index of a tensor, counted from the end when negative."""
    if -rank <= dim and dim < rank:
        return dim % rank
    what = f"{name} is {dim} but the input has {count(rank, 'dimension')}"
    mend = f"set {name} to a value from {-rank} to {rank - 1}" if rank > 0 else "feed it a tensor that has some"
    report(False, "bad_config", what, mend)
    return None


def new_axis(dim: int, rank: int, report: Report) -> int | None:
    """The place of a dimension that is added to make `rank` of them."""
    if -rank <= dim and dim < rank:
        return dim % rank
    what = f"dim is {dim} but the result has {count(rank, 'dimension')}"
    report(False, "bad_config", what, f"set dim to a value from {-rank} to {rank - 1}")
    return None


def axes_of(dims: tuple[int, ...], rank: int, name: str, report: Report) -> tuple[int, ...] | None:
    """Several dimension indices of a tensor, each once; a scalar counts as having one dimension, as in PyTorch."""
    found: list[int] = []
    for dim in dims:
        index = axis(dim, max(rank, 1), name, report)
        if index is None:
            return None
        if index in found:
            report(False, "bad_config", f"{name} names dimension {index} twice", f"name it once in {name}")
            return None
        found.append(index)
    return tuple(found)


def promoted(left: str, right: str) -> str:
    """The dtype PyTorch computes two tensors' sum in (torch.promote_types)."""
    if left == right:
        return left
    if left in INTEGRAL and right in INTEGRAL:
        if left == "bool" or right == "bool":
            return right if left == "bool" else left
        return "int64" if left == "int64" or right == "int64" else "int32"
    if left in FLOATING and right in FLOATING:
        return "float32"
    return left if left in FLOATING else right


def with_last(shape: Shape, last: Dim) -> Shape:
    """A shape whose last size is replaced."""
    return (*shape[:-1], last)
