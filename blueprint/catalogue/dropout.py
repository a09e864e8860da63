"""Dropout (torch.nn, "Dropout Layers")."""

from blueprint.catalogue.checks import floating
from blueprint.catalogue.layer import Config, Example, Facts, Field, Report, Tensor, layer

P = Field("p", "number", "Chance of a zero.", default=0.5, minimum=0, maximum=1, unit="probability")


@layer(
    "Dropout",
    "dropout",
    "In training, sets each value to zero by chance and scales the others up.",
    P,
    example=Example({"p": 0.1}, ("[B, 8]",), ("[B, 8]",)),
)
def dropout(x: Tensor, c: Config, report: Report) -> Facts | None:
    """Keeps the random mask, on CPU as one number per value (a GPU keeps one byte)."""
    if not floating(x, report):
        return None
    if c["p"] == 0:
        return Facts((x,), is_view=True)
    mask = Tensor((), x.dtype) if c["p"] == 1 else x
    return Facts((x,), keeps=(mask,))
