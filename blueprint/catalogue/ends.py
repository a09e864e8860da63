"""Where tensors come from and go to."""

from blueprint.catalogue.checks import DTYPES
from blueprint.catalogue.layer import Check, Config, Facts, Field, Tensor, layer


@layer(
    "Input",
    "ends",
    "A tensor given from outside: the batch of samples the network reads.",
    Field("shape", "shape", 'Sizes, outermost first; "B" is the batch.', minimum=1, required=True),
    Field("dtype", "choice", "Type of its numbers; int64 for tokens.", default="float32", choices=DTYPES),
    inputs=(),
)
def input(inputs: tuple[Tensor, ...], c: Config, check: Check) -> Facts:
    return Facts((Tensor(c["shape"], c["dtype"]),))


@layer("Output", "ends", "A result of the network.", outputs=())
def output(inputs: tuple[Tensor, ...], c: Config, check: Check) -> Facts:
    return Facts(())
