"""Where tensors come from and go to."""

from blueprint.catalogue.checks import DTYPES, FLOATING
from blueprint.catalogue.layer import TRAINABLE, Config, Example, Facts, Field, Report, Tensor, layer
from blueprint.catalogue.words import brief, count
from blueprint.dimensions import Shape, product

DTYPE = Field("dtype", "choice", "Type of its numbers.", default="float32", choices=DTYPES)
# What each dtype holds; integers are settings, which end at 2^31 - 1.
LOWEST = {"float16": -65504, "uint8": 0, "bool": 0}
HIGHEST = {"float16": 65504, "uint8": 255, "bool": 1}


@layer(
    "Input",
    "ends",
    "A tensor given from outside: the batch of samples the network reads.",
    Field("shape", "shape", 'Sizes, outermost first; "B" is the batch.', minimum=1, required=True),
    Field("dtype", "choice", "Type of its numbers; int64 for tokens.", default="float32", choices=DTYPES),
    inputs=(),
    torch="{in}",
    example=Example({"shape": ["B", 3, 32, 32]}, (), ("[B, 3, 32, 32]",)),
)
def input(c: Config, report: Report) -> Facts:
    return Facts((Tensor(c["shape"], c["dtype"]),))


@layer(
    "Output",
    "ends",
    "A result of the network.",
    outputs=(),
    torch="{in}",
    example=Example({}, ("[B, 10]",), ()),
)
def output(x: Tensor, c: Config, report: Report) -> Facts:
    return Facts(())


@layer(
    "Constant",
    "ends",
    "A tensor full of one number, which never changes.",
    Field("value", "number", "That number.", required=True),
    Field("shape", "shape", "Sizes, outermost first; 1 stretches in arithmetic.", default=[1], minimum=1),
    DTYPE,
    inputs=(),
    torch="Constant",
    example=Example({"value": 0.5, "shape": [3, 1, 1]}, (), ("[3, 1, 1]",)),
)
def constant(c: Config, report: Report) -> Facts | None:
    value, dtype = c["value"], c["dtype"]
    low, high = LOWEST.get(dtype, -2147483647), HIGHEST.get(dtype, 2147483647)
    bounded = dtype != "float32" and dtype != "bfloat16"
    if bounded and (value < low or value > high):
        report(False, "bad_config", f"value is more than {dtype} can hold", f"use a number from {low} to {high}")
        return None
    if dtype not in FLOATING and int(value) != value:
        report(False, "bad_config", f"value is not whole but dtype is {dtype}", "round it, or use dtype float32")
        return None
    return Facts((Tensor(c["shape"], dtype),)) if _fixed(c["shape"], report) else None


@layer(
    "Parameter",
    "ends",
    "A tensor that training changes, whatever enters the network.",
    Field("shape", "shape", "Sizes, outermost first.", minimum=1, required=True),
    Field("init", "choice", "What it holds at first.", default="zeros", choices=("zeros", "ones", "normal")),
    Field("std", "number", "Standard deviation of init normal.", default=0.02, minimum=0),
    TRAINABLE,
    inputs=(),
    parameters=("out",),
    torch="Parameter",
    example=Example({"shape": [1, 8], "init": "normal"}, (), ("[1, 8]",), 8),
)
def parameter(c: Config, report: Report) -> Facts | None:
    numbers = product(c["shape"])
    if not _fixed(c["shape"], report) or not isinstance(numbers, int):
        return None
    return Facts((Tensor(c["shape"]),), params=numbers)


def _fixed(shape: Shape, report: Report) -> bool:
    """Whether all sizes are numbers: what is made before any input comes cannot ask it for sizes."""
    named = [size for size in shape if not isinstance(size, int)]
    if len(named) == 0:
        return True
    what = f"shape names {count(len(named), 'size')} such as {brief(named[0])}, but no input tells how much that is"
    return report(False, "bad_config", what, "give the sizes as numbers; a size of 1 stretches in arithmetic")
