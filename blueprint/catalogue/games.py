"""Layers of networks that play 2048: what they see of the board, and what they say of it."""

from blueprint.catalogue.checks import TOKENS
from blueprint.catalogue.layer import TRAINABLE, Config, Example, Facts, Field, Report, Tensor, layer
from blueprint.catalogue.linear import in_features, projected
from blueprint.catalogue.words import sizes
from blueprint.dimensions import equal, every

IN_FEATURES = in_features("in_features", "the input's")


@layer(
    "BoardInput",
    "games",
    "A board of 2048 as planes of zeros and ones, one for each exponent: a tile of 8 is 3, an empty place 0.",
    Field("size", "integer", "Height and width of the board.", default=4, minimum=1, unit="tiles"),
    Field("exponents", "integer", "Planes; larger tiles show on none.", default=16, minimum=1),
    torch="BoardInput",
    example=Example({}, ("int64[B, 4, 4]",), ("[B, 16, 4, 4]",)),
)
def board_input(x: Tensor, c: Config, report: Report) -> Facts | None:
    if x.dtype not in TOKENS:
        report(False, "dtype_mismatch", f"reads exponents but gets {x.dtype}", "give the Input dtype int64")
        return None
    size, rank = c["size"], len(x.shape)
    fine = every(equal(x.shape[-2], size), equal(x.shape[-1], size)) if rank > 1 else False
    if fine is not True:
        unlike = "is no board" if fine is False else "may be no board"
        what = f"the input {sizes(x.shape)} {unlike} of {size}x{size} at its end"
        report(fine, "shape_mismatch", what, f'give the Input a shape such as ["B", {size}, {size}], or change size')
    if fine is False:
        return None
    return Facts((Tensor((*x.shape[:-2], c["exponents"], size, size)),))


@layer(
    "ActionHead",
    "games",
    "Scores for the moves of a player, from features.",
    IN_FEATURES,
    Field("actions", "integer", "How many moves there are.", default=4, minimum=1),
    TRAINABLE,
    torch="nn.Linear({in_features}, {actions})",
    example=Example({}, ("[B, 64]",), ("[B, 4]",), 260, 256),
)
def action_head(x: Tensor, c: Config, report: Report) -> Facts | None:
    return projected(x, c["actions"], True, c, report)


@layer(
    "ValueHead",
    "games",
    "How much a position is worth, from features.",
    IN_FEATURES,
    TRAINABLE,
    torch="nn.Linear({in_features}, 1)",
    example=Example({}, ("[B, 64]",), ("[B, 1]",), 65, 64),
)
def value_head(x: Tensor, c: Config, report: Report) -> Facts | None:
    return projected(x, 1, True, c, report)
