"""Activations (torch.nn, "Non-linear Activations")."""

from blueprint.catalogue.checks import FLOATING, axis, floating, mend_dtype
from blueprint.catalogue.layer import Config, Example, Facts, Field, Report, Tensor, layer

SAME = ("[B, 8]",)


@layer("ReLU", "activation", "max(0, x).", example=Example({}, SAME, SAME))
def relu(x: Tensor, c: Config, report: Report) -> Facts | None:
    if x.dtype == "bool":
        report(False, "dtype_mismatch", "gets bool, which has no sign", mend_dtype(x))
        return None
    return Facts((x,), keeps_output=True)


@layer(
    "GELU",
    "activation",
    "x * Phi(x), with Phi the normal distribution function.",
    Field("approximate", "choice", "How to compute Phi.", default="none", choices=("none", "tanh")),
    example=Example({}, SAME, SAME),
)
@layer("SiLU", "activation", "x * sigmoid(x), also called swish.", example=Example({}, SAME, SAME))
def from_input(x: Tensor, c: Config, report: Report) -> Facts | None:
    """An activation whose gradient is computed from its input."""
    return Facts((x,), keeps_input=True) if floating(x, report) else None


@layer("Tanh", "activation", "Hyperbolic tangent, between -1 and 1.", example=Example({}, SAME, SAME))
@layer("Sigmoid", "activation", "1 / (1 + exp(-x)), between 0 and 1.", example=Example({}, SAME, SAME))
def real_from_output(x: Tensor, c: Config, report: Report) -> Facts | None:
    """An activation whose gradient is computed from its output; integers become float32."""
    return Facts((x if x.dtype in FLOATING else Tensor(x.shape),), keeps_output=True)


@layer(
    "Softmax",
    "activation",
    "Positive values that add up to 1 along one dimension.",
    Field(
        "dim",
        "integer",
        "That dimension; when omitted 0 or 1 by rank, as in PyTorch.",
        minimum=-8,
        maximum=7,
        determined=True,
    ),
    example=Example({"dim": -1}, SAME, SAME),
)
def softmax(x: Tensor, c: Config, report: Report) -> Facts | None:
    """The implicit dimension: torch.nn.functional._get_softmax_dim."""
    rank = len(x.shape)
    dim = c["dim"]
    if dim is None:
        dim = 0 if rank == 0 or rank == 1 or rank == 3 else 1
    if not floating(x, report) or axis(dim, rank, "dim", report) is None:
        return None
    return Facts((x,), determined={"dim": dim}, keeps_output=True)
