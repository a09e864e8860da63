"""Activations, value by value (torch.nn, "Non-linear Activations")."""

from blueprint.catalogue.checks import FLOATING, floating, like_weights, mend_dtype, takes
from blueprint.catalogue.layer import TRAINABLE, Config, Example, Facts, Field, Report, Tensor, layer
from blueprint.catalogue.words import sizes
from blueprint.dimensions import equal

SAME = ("[B, 8]",)
AT_WORK = Example({}, SAME, SAME)
# Beyond these PyTorch cannot turn a setting into a number of the input's type.
RANGES = {
    "float16": (-65504, 65504),
    "uint8": (0, 255),
    "int32": (-2147483648, 2147483647),
    "int64": (-9223372036854775808, 9223372036854775807),
}
WHOLE_RANGE = (-1e38, 1e38)


@layer("ReLU", "activation", "max(0, x).", example=AT_WORK)
def relu(x: Tensor, c: Config, report: Report) -> Facts | None:
    return Facts((x,), keeps_output=True) if _signed(x, report) else None


@layer("ReLU6", "activation", "min(max(0, x), 6).", example=AT_WORK)
def relu6(x: Tensor, c: Config, report: Report) -> Facts | None:
    return Facts((x,), keeps_input=True) if _signed(x, report) else None


@layer(
    "LeakyReLU",
    "activation",
    "x where it is positive, else a small part of it.",
    Field("negative_slope", "number", "The part of negative values.", default=0.01),
    example=AT_WORK,
)
@layer(
    "ELU",
    "activation",
    "x where it is positive, else alpha * (exp(x) - 1).",
    Field("alpha", "number", "Where negative values end.", default=1),
    example=AT_WORK,
)
@layer("SELU", "activation", "An ELU scaled so that mean 0 and variance 1 stay so.", example=AT_WORK)
@layer(
    "GELU",
    "activation",
    "x * Phi(x), with Phi the normal distribution function.",
    Field("approximate", "choice", "How to compute Phi.", default="none", choices=("none", "tanh")),
    example=AT_WORK,
)
@layer("SiLU", "activation", "x * sigmoid(x), also called swish.", example=AT_WORK)
@layer("Mish", "activation", "x * tanh(softplus(x)).", example=AT_WORK)
@layer("Hardswish", "activation", "x * ReLU6(x + 3) / 6, a cheap SiLU.", example=AT_WORK)
@layer("Hardsigmoid", "activation", "ReLU6(x + 3) / 6, a cheap Sigmoid.", example=AT_WORK)
@layer(
    "Softplus",
    "activation",
    "log(1 + exp(x)), a smooth ReLU.",
    Field("beta", "number", "Sharpness of the bend.", default=1),
    Field("threshold", "number", "Above this, beta * x counts as the result.", default=20),
    example=AT_WORK,
)
def from_input(x: Tensor, c: Config, report: Report) -> Facts | None:
    """An activation whose gradient is computed from its input."""
    return Facts((x,), keeps_input=True) if floating(x, report) else None


@layer(
    "CELU",
    "activation",
    "x where it is positive, else alpha * (exp(x / alpha) - 1).",
    Field("alpha", "number", "Where negative values end.", default=1),
    example=AT_WORK,
)
def celu(x: Tensor, c: Config, report: Report) -> Facts | None:
    if c["alpha"] == 0:
        report(False, "bad_config", "alpha is 0, by which it divides", "set it to 1")
        return None
    return from_input(x, c, report)


@layer(
    "Softshrink",
    "activation",
    "Moves x towards 0 by lambd, but not beyond.",
    Field("lambd", "number", "How far.", default=0.5, minimum=0),
    example=AT_WORK,
)
@layer(
    "Hardshrink",
    "activation",
    "0 where |x| <= lambd, else x.",
    Field("lambd", "number", "The bound.", default=0.5),
    example=AT_WORK,
)
def shrunk(x: Tensor, c: Config, report: Report) -> Facts | None:
    if not floating(x, report) or not _in_range(("lambd",), x, c, report):
        return None
    return Facts((x,), keeps_input=True)


@layer(
    "Hardtanh",
    "activation",
    "x, kept between two limits.",
    Field("min_val", "number", "The lower limit.", default=-1),
    Field("max_val", "number", "The upper limit.", default=1),
    example=AT_WORK,
)
def hardtanh(x: Tensor, c: Config, report: Report) -> Facts | None:
    if c["max_val"] <= c["min_val"]:
        report(False, "bad_config", "min_val is not less than max_val", "exchange the two or move them apart")
        return None
    if not _signed(x, report) or not _in_range(("min_val", "max_val"), x, c, report):
        return None
    return Facts((x,), keeps_input=True)


@layer(
    "Threshold",
    "activation",
    "x where it is more than threshold, else value.",
    Field("threshold", "number", "The bound.", required=True),
    Field("value", "number", "What stands for all below.", required=True),
    example=Example({"threshold": 0.1, "value": 0}, SAME, SAME),
)
def threshold(x: Tensor, c: Config, report: Report) -> Facts | None:
    if not _signed(x, report) or not _in_range(("threshold", "value"), x, c, report):
        return None
    return Facts((x,), keeps_input=True)


@layer(
    "PReLU",
    "activation",
    "x where it is positive, else a learned part of it.",
    Field("num_parameters", "integer", "1, or as many as channels.", default=1, minimum=1),
    Field("init", "number", "The part at first.", default=0.25),
    TRAINABLE,
    example=Example({"num_parameters": 16}, ("[B, 16, 8, 8]",), ("[B, 16, 8, 8]",), 16),
)
def prelu(x: Tensor, c: Config, report: Report) -> Facts | None:
    """Channels are the second dimension, if there is one (He et al. 2015)."""
    parameters = c["num_parameters"]
    if not like_weights(x, report):
        return None
    channels = x.shape[1] if len(x.shape) > 1 else 1
    fine = parameters == 1 or (False if len(x.shape) == 0 else equal(channels, parameters))
    if fine is not True:
        differ = "does not fit" if fine is False else "may not fit"
        what = f"num_parameters is {parameters}, which {differ} the channels of {sizes(x.shape)}"
        report(fine, "bad_config", what, "set it to 1 or to the size of dimension 1")
    return None if fine is False else Facts((x,), params=parameters, keeps_input=True)


@layer(
    "RReLU",
    "activation",
    "x where it is positive, else a part of it drawn by chance in training.",
    Field("lower", "number", "Least part.", default=0.125),
    Field("upper", "number", "Largest part.", default=0.3333333333333333),
    example=AT_WORK,
)
def rrelu(x: Tensor, c: Config, report: Report) -> Facts | None:
    """Keeps the parts that were drawn."""
    if c["lower"] > c["upper"]:
        report(False, "bad_config", "lower is more than upper", "exchange the two")
        return None
    if not takes(x, ("float32", "bfloat16"), report):
        return None
    return Facts((x,), keeps_input=True, keeps=(x,))


@layer("LogSigmoid", "activation", "log(sigmoid(x)).", example=AT_WORK)
def log_sigmoid(x: Tensor, c: Config, report: Report) -> Facts | None:
    """Keeps exp(-|x|), too."""
    return Facts((x,), keeps_input=True, keeps=(x,)) if floating(x, report) else None


@layer("Tanh", "activation", "Hyperbolic tangent, between -1 and 1.", example=AT_WORK)
@layer("Sigmoid", "activation", "1 / (1 + exp(-x)), between 0 and 1.", example=AT_WORK)
def real_from_output(x: Tensor, c: Config, report: Report) -> Facts | None:
    """An activation whose gradient is computed from its output; integers become float32."""
    return Facts((_real(x),), keeps_output=True)


@layer("Tanhshrink", "activation", "x - tanh(x).", example=AT_WORK)
def tanhshrink(x: Tensor, c: Config, report: Report) -> Facts | None:
    """Keeps tanh(x)."""
    return Facts((_real(x),), keeps=(_real(x),)) if _signed(x, report) else None


@layer("Softsign", "activation", "x / (1 + |x|), between -1 and 1.", example=AT_WORK)
def softsign(x: Tensor, c: Config, report: Report) -> Facts | None:
    """Keeps the divisor."""
    return Facts((_real(x),), keeps_input=True, keeps=(_real(x),)) if _signed(x, report) else None


def _real(x: Tensor) -> Tensor:
    return x if x.dtype in FLOATING else Tensor(x.shape)


def _signed(x: Tensor, report: Report) -> bool:
    if x.dtype != "bool":
        return True
    return report(False, "dtype_mismatch", "gets bool, which has no sign", mend_dtype(x))


def _in_range(names: tuple[str, ...], x: Tensor, c: Config, report: Report) -> bool:
    """Whether settings are numbers of the input's type; PyTorch lets some negative ones wrap around in uint8."""
    low, high = RANGES.get(x.dtype, WHOLE_RANGE)
    for name in names:
        if c[name] < low or c[name] > high:
            what = f"{name} is out of the range of {x.dtype}"
            return report(False, "bad_config", what, "use a number within it, or give the Input dtype float32")
    return True
