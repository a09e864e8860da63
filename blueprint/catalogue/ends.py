"""Where tensors come from and go to."""

from blueprint.catalogue.checks import DTYPES
from blueprint.catalogue.layer import Config, Example, Facts, Field, Report, Tensor, layer


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
