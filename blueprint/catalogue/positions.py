"""Where a token stands: learned, as waves, by rotation, or as a bias of attention scores."""

from blueprint.catalogue.checks import determined, floating, like_weights
from blueprint.catalogue.layer import TRAINABLE, Config, Example, Facts, Field, Report, Tensor, layer
from blueprint.catalogue.words import brief, count, sizes
from blueprint.dimensions import at_least

FEATURES = Field("features", "integer", "Features of a token.", minimum=1, unit="features", determined=True)
BASE = Field("base", "number", "How much slower the slowest wave is than the fastest.", default=10000, minimum=1)


@layer(
    "LearnedPositionalEmbedding",
    "positions",
    "Adds a learned vector to each token, by its place in the sequence.",
    FEATURES,
    Field("max_length", "integer", "The longest sequence.", minimum=1, unit="tokens", required=True),
    TRAINABLE,
    torch="LearnedPositionalEmbedding",
    example=Example({"max_length": 512}, ("[B, 100, 64]",), ("[B, 100, 64]",), 32768),
)
def learned_positional_embedding(x: Tensor, c: Config, report: Report) -> Facts | None:
    if not like_weights(x, report) or not _is_sequence(x, report):
        return None
    features = determined(c, "features", x.shape[-1], report)
    longest, length = c["max_length"], x.shape[-2]
    fits = at_least(longest, length)
    if fits is not True:
        is_longer = "is" if fits is False else "may be"
        what = f"the sequence of {brief(length)} {is_longer} longer than max_length {longest}"
        report(fits, "shape_mismatch", what, "use a larger max_length, or shorter sequences")
    if features is None or fits is False:
        return None
    return Facts((x,), params=longest * features, determined={"features": features})


@layer(
    "SinusoidalPositionalEncoding",
    "positions",
    "Adds sines and cosines of its place in the sequence to each token (Vaswani et al. 2017).",
    FEATURES,
    BASE,
    torch="SinusoidalPositionalEncoding",
    example=Example({}, ("[B, T, 64]",), ("[B, T, 64]",)),
)
def sinusoidal_positional_encoding(x: Tensor, c: Config, report: Report) -> Facts | None:
    if not floating(x, report) or not _is_sequence(x, report):
        return None
    features = determined(c, "features", x.shape[-1], report)
    return None if features is None else Facts((x,), determined={"features": features})


@layer(
    "RotaryEmbedding",
    "positions",
    "Turns pairs of features of queries or keys by angles that grow with the place (Su et al. 2021).",
    FEATURES,
    BASE,
    Field("interleaved", "boolean", "Pair neighbours, not the two halves.", default=False),
    torch="RotaryEmbedding",
    example=Example({}, ("[B, 8, T, 64]",), ("[B, 8, T, 64]",)),
)
def rotary_embedding(x: Tensor, c: Config, report: Report) -> Facts | None:
    """Keeps the sines and cosines of all places."""
    if not floating(x, report) or not _is_sequence(x, report):
        return None
    features = determined(c, "features", x.shape[-1], report)
    if features is None:
        return None
    if features % 2 != 0:
        what = f"needs an even number of features but gets {features} in {sizes(x.shape)}"
        report(False, "shape_mismatch", what, "use heads with an even size")
        return None
    waves = Tensor((x.shape[-2], features // 2), x.dtype)
    return Facts((x,), determined={"features": features}, keeps=(waves, waves))


@layer(
    "ALiBi",
    "positions",
    "A bias of attention scores, [heads, length, length], that falls with distance (Press et al. 2021).",
    Field("num_heads", "integer", "Heads, each with a slope of its own.", minimum=1, maximum=4096, required=True),
    torch="ALiBi",
    example=Example({"num_heads": 8}, ("[B, T, 64]",), ("[8, T, T]",)),
)
def alibi(x: Tensor, c: Config, report: Report) -> Facts | None:
    """Of the input only the length counts, its last size but one."""
    if not floating(x, report) or not _is_sequence(x, report):
        return None
    return Facts((Tensor((c["num_heads"], x.shape[-2], x.shape[-2]), x.dtype),))


def _is_sequence(x: Tensor, report: Report) -> bool:
    if len(x.shape) > 1:
        return True
    what = f"needs a sequence [..., length, features] but gets {sizes(x.shape)}, which has"
    return report(False, "shape_mismatch", f"{what} {count(len(x.shape), 'dimension')}", "feed it a sequence of tokens")
