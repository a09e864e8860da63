"""Layers that compute element by element (torch.add, torch.pow and their like)."""

from blueprint.catalogue.broadcasting import combined
from blueprint.catalogue.checks import FLOATING, INTEGRAL
from blueprint.catalogue.holding import LEAST, MOST, holds, passes
from blueprint.catalogue.layer import Config, Example, Facts, Field, Port, Report, Tensor, layer

MANY = (Port("in", variadic=True, minimum=2),)
STRETCHED = ("[B, 8, 4, 4]", "[8, 1, 1]")
LIKE_FIRST = ("[B, 8, 4, 4]",)


@layer(
    "Add",
    "arithmetic",
    "Adds tensors; sizes of 1 stretch to fit (broadcasting).",
    inputs=MANY,
    torch="{in: + }",
    example=Example({}, STRETCHED, LIKE_FIRST),
)
def add(inputs: tuple[Tensor, ...], c: Config, report: Report) -> Facts | None:
    steps = combined(inputs, "add", report)
    return None if steps is None else Facts((steps[-1],))


@layer(
    "Subtract",
    "arithmetic",
    "Takes from the first tensor all others.",
    inputs=MANY,
    torch="{in: - }",
    example=Example({}, STRETCHED, LIKE_FIRST),
)
def subtract(inputs: tuple[Tensor, ...], c: Config, report: Report) -> Facts | None:
    """torch.sub, which refuses bool."""
    if any(x.dtype == "bool" for x in inputs):
        report(False, "dtype_mismatch", "cannot subtract bool", "give the Input another dtype")
        return None
    steps = combined(inputs, "subtract", report)
    return None if steps is None else Facts((steps[-1],))


@layer(
    "Multiply",
    "arithmetic",
    "Multiplies tensors element by element.",
    inputs=MANY,
    torch="{in: * }",
    example=Example({}, STRETCHED, LIKE_FIRST),
)
def multiply(inputs: tuple[Tensor, ...], c: Config, report: Report) -> Facts | None:
    """Each factor's gradient needs the others, and the products on the way."""
    steps = combined(inputs, "multiply", report)
    if steps is None:
        return None
    first = ["in.0"] if inputs[1].dtype in FLOATING else []
    ports = [f"in.{n}" for n in range(1, len(inputs)) if steps[n - 1].dtype in FLOATING]
    between = [steps[n] for n in range(1, len(inputs) - 1) if inputs[n + 1].dtype in FLOATING]
    return Facts((steps[-1],), keeps_ports=(*first, *ports), keeps=tuple(between))


@layer(
    "Divide",
    "arithmetic",
    "Divides the first tensor by all others; integers give float32.",
    inputs=MANY,
    torch="{in: / }",
    example=Example({}, STRETCHED, LIKE_FIRST),
)
def divide(inputs: tuple[Tensor, ...], c: Config, report: Report) -> Facts | None:
    """torch.div: two integers are divided as float32."""
    whole = inputs[0].dtype in INTEGRAL and inputs[1].dtype in INTEGRAL
    dividend = Tensor(inputs[0].shape) if whole else inputs[0]
    steps = combined((dividend, *inputs[1:]), "divide", report)
    if steps is None:
        return None
    first = ["in.0"] if inputs[1].dtype in FLOATING else []
    between = [steps[n] for n in range(1, len(inputs) - 1) if inputs[n + 1].dtype in FLOATING]
    return Facts((steps[-1],), keeps_ports=(*first, *[f"in.{n}" for n in range(1, len(inputs))]), keeps=tuple(between))


@layer(
    "Power",
    "arithmetic",
    "Raises each number to a power.",
    Field("exponent", "number", "That power.", required=True, minimum=-1000, maximum=1000),
    torch="torch.pow({in}, {exponent})",
    example=Example({"exponent": 2}, ("[B, 8]",), ("[B, 8]",)),
)
def power(x: Tensor, c: Config, report: Report) -> Facts | None:
    """torch.pow: integers to a power with a fraction give float32."""
    exponent = c["exponent"]
    dtype = _with_number(x.dtype, exponent)
    if dtype in INTEGRAL and exponent < 0:
        report(False, "bad_config", f"cannot raise {x.dtype} to a negative power", "give the Input dtype float32")
        return None
    if not holds(exponent, dtype):
        report(False, "bad_config", f"{dtype} cannot hold the exponent", f"use one of at most {MOST[dtype]}")
        return None
    return Facts((Tensor(x.shape, dtype),), keeps_input=True)


@layer(
    "Clamp",
    "arithmetic",
    "Keeps each number within bounds.",
    Field("min", "number", "The lower bound; none when omitted.", nullable=True),
    Field("max", "number", "The upper bound; none when omitted.", nullable=True),
    torch="torch.clamp({in}, {min}, {max})",
    example=Example({"min": 0, "max": 6}, ("[B, 8]",), ("[B, 8]",)),
)
def clamp(x: Tensor, c: Config, report: Report) -> Facts | None:
    """torch.clamp: integers within bounds that have a fraction give float32."""
    bounds = [bound for bound in (c["min"], c["max"]) if bound is not None]
    if len(bounds) == 0:
        report(False, "bad_config", "needs min or max", "give one of them or both")
        return None
    dtype = x.dtype
    for bound in bounds:
        dtype = _with_number(dtype, bound)
    if any(not passes(bound) or not holds(bound, dtype) for bound in bounds):
        kind = dtype if dtype in MOST else "int64"
        report(False, "bad_config", f"{kind} cannot hold the bounds", f"use some from {LEAST[kind]} to {MOST[kind]}")
        return None
    return Facts((Tensor(x.shape, dtype),), keeps_input=True)


def _with_number(dtype: str, number: float) -> str:
    """The dtype of a tensor together with a setting that is a number (torch.result_type)."""
    if dtype in FLOATING or not isinstance(number, int):
        return dtype if dtype in FLOATING else "float32"
    return "int64" if dtype == "bool" else dtype
