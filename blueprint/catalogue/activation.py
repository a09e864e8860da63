"""Activations (torch.nn, "Non-linear Activations")."""

from blueprint.catalogue.checks import FLOATING, axis, floating, mend_dtype
from blueprint.catalogue.layer import Check, Config, Facts, Field, Tensor, layer


@layer("ReLU", "activation", "max(0, x).")
def relu(inputs: tuple[Tensor, ...], c: Config, check: Check) -> Facts | None:
    (x,) = inputs
    if not check(x.dtype != "bool", "dtype_mismatch", "gets bool, which has no sign", mend_dtype(x)):
        return None
    return Facts((x,), keeps_output=True)


@layer(
    "GELU",
    "activation",
    "x * Phi(x), with Phi the normal distribution function.",
    Field("approximate", "choice", "How to compute Phi.", default="none", choices=("none", "tanh")),
)
def gelu(inputs: tuple[Tensor, ...], c: Config, check: Check) -> Facts | None:
    (x,) = inputs
    return Facts((x,), keeps_input=True) if floating(x, check) else None


@layer("SiLU", "activation", "x * sigmoid(x), also called swish.")
def silu(inputs: tuple[Tensor, ...], c: Config, check: Check) -> Facts | None:
    (x,) = inputs
    return Facts((x,), keeps_input=True) if floating(x, check) else None


@layer("Tanh", "activation", "Hyperbolic tangent, between -1 and 1.")
def tanh(inputs: tuple[Tensor, ...], c: Config, check: Check) -> Facts | None:
    (x,) = inputs
    return Facts((_real(x),), keeps_output=True)


@layer("Sigmoid", "activation", "1 / (1 + exp(-x)), between 0 and 1.")
def sigmoid(inputs: tuple[Tensor, ...], c: Config, check: Check) -> Facts | None:
    (x,) = inputs
    return Facts((_real(x),), keeps_output=True)


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
)
def softmax(inputs: tuple[Tensor, ...], c: Config, check: Check) -> Facts | None:
    """The implicit dimension: torch.nn.functional._get_softmax_dim."""
    (x,) = inputs
    rank = len(x.shape)
    dim = c["dim"] if c["dim"] is not None else 0 if rank in (0, 1, 3) else 1
    if not floating(x, check) or axis(dim, rank, "dim", check) is None:
        return None
    return Facts((x,), determined={"dim": dim}, keeps_output=True)


def _real(x: Tensor) -> Tensor:
    """Integers become float32, as PyTorch's real-valued functions make them."""
    return x if x.dtype in FLOATING else Tensor(x.shape)
