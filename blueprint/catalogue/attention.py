"""Attention over heads (torch.nn, "Transformer Layers"; Vaswani et al. 2017)."""

from blueprint.catalogue.attention_memory import (
    Sides,
    kept_by_kernel,
    kept_by_steps,
    kept_of_masks,
    kept_with_weights,
)
from blueprint.catalogue.checks import determined, like_weights
from blueprint.catalogue.layer import TRAINABLE, Config, Example, Facts, Field, Port, Report, Tensor, layer
from blueprint.catalogue.masks import key_mask_fits, mask_fits
from blueprint.catalogue.words import count, sizes
from blueprint.dimensions import Dim, Shape, equal, every, product

QKV = (Port("query"), Port("key", optional=True, stand_in="query"), Port("value", optional=True, stand_in="key"))
EMBED_DIM = Field("embed_dim", "integer", "Features of the input.", minimum=1, unit="features", determined=True)
NUM_HEADS = Field("num_heads", "integer", "Heads; they share the features equally.", minimum=1, required=True)
DROPOUT = Field(
    "dropout",
    "number",
    "Chance that an attention weight is dropped.",
    default=0,
    minimum=0,
    maximum=1,
    unit="probability",
)
BIAS = Field("bias", "boolean", "Use biases in the projections.", default=True)
BATCH_FIRST = Field("batch_first", "boolean", "Sizes are [batch, positions, features].", default=True)


@layer(
    "MultiheadAttention",
    "attention",
    "Each position gathers from all others what its query matches, in several heads at once.",
    EMBED_DIM,
    NUM_HEADS,
    DROPOUT,
    BIAS,
    Field("add_bias_kv", "boolean", "Learn one more key and value.", default=False),
    Field("add_zero_attn", "boolean", "Add a key and value of zeros.", default=False),
    Field("kdim", "integer", "Features of the key.", minimum=1, unit="features", determined=True),
    Field("vdim", "integer", "Features of the value.", minimum=1, unit="features", determined=True),
    BATCH_FIRST,
    Field("need_weights", "boolean", "Give attn_output_weights; without, it is faster.", default=True),
    Field("average_attn_weights", "boolean", "Give the weights' mean over heads, not each head's.", default=True),
    TRAINABLE,
    inputs=(*QKV, Port("key_padding_mask", optional=True), Port("attn_mask", optional=True)),
    outputs=("attn_output", "attn_output_weights"),
    returns={"attn_output": "result[0]", "attn_output_weights": "result[1]"},
    call=("query", "key", "value", "key_padding_mask=", "need_weights=", "attn_mask=", "average_attn_weights="),
    example=Example({"num_heads": 4}, ("[B, T, 64]",), ("[B, T, 64]", "[B, T, T]"), 16640, "128*T*T + 16384*T"),
)
def multihead_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    padding_mask: Tensor | None,
    attn_mask: Tensor | None,
    c: Config,
    report: Report,
) -> Facts | None:
    """Projections in and out, and two products of all pairs (torch.nn.MultiheadAttention)."""
    if not (like_weights(query, report) and like_weights(key, report) and like_weights(value, report)):
        return None
    first, heads = c["batch_first"], c["num_heads"]
    if not _agree(query, key, value, first, report):
        return None
    size = determined(c, "embed_dim", query.shape[-1], report)
    key_size = determined(c, "kdim", key.shape[-1], report)
    value_size = determined(c, "vdim", value.shape[-1], report)
    if size is None or key_size is None or value_size is None or not heads_share(size, heads, "embed_dim", report):
        return None
    batch, targets, sources = batch_of(query, first), positions(query, first), positions(key, first)
    if not key_mask_fits("key_padding_mask", padding_mask, batch, sources, report):
        return None
    if not mask_fits("attn_mask", attn_mask, batch, heads, targets, sources, report):
        return None
    more = (1 if c["add_bias_kv"] else 0) + (1 if c["add_zero_attn"] else 0)
    weights = size * (2 * size + key_size + value_size)
    projections = targets * (2 * size * size) + sources * (size * (key_size + value_size))
    shown = (*batch, targets, sources + more) if c["average_attn_weights"] else (*batch, heads, targets, sources + more)
    alike = key_size == size and value_size == size
    copied = first and len(query.shape) == 3
    sides = sides_of(query, key, value, heads, more, first, alike)
    masked = kept_of_masks(attn_mask, padding_mask, heads, sides)
    entering = _copies(query, key, value, alike) if copied else 0
    return Facts(
        (Tensor(query.shape), *[Tensor(shown) for _ in range(1 if c["need_weights"] else 0)]),
        params=weights + (4 * size if c["bias"] else 0) + (2 * size if c["add_bias_kv"] else 0),
        macs=product(batch) * (projections + targets * (sources + more) * (2 * size)),
        determined={
            "embed_dim": size,
            "kdim": None if key_size == size else key_size,
            "vdim": None if value_size == size else value_size,
        },
        keeps_input=not copied,
        keeps=(Tensor((entering + kept_by_heads(sides, masked, c["need_weights"], c["dropout"]),)),),
    )


def heads_share(size: int, heads: int, name: str, report: Report) -> bool:
    """Whether heads get equal shares of the features."""
    if size % heads == 0:
        return True
    what = f"{name} {size} cannot be shared by {count(heads, 'head')} equally"
    return report(False, "bad_config", what, f"set the heads to a divisor of {size}")


def sides_of(query: Tensor, key: Tensor, value: Tensor, heads: int, more: int, batch_first: bool, alike: bool) -> Sides:
    """What is on both sides of the pairs; keys and values of `more` positions than enter.

    One sequence without a batch is made three batches of one, so that nothing is projected jointly.
    """
    batch = product(batch_of(query, batch_first))
    targets, sources = positions(query, batch_first), positions(key, batch_first) + more
    own, rows = product(query.shape), batch * heads * targets
    joined = key is value and alike and len(query.shape) == 3
    return Sides(
        own,
        batch * query.shape[-1] * sources,
        rows * sources,
        rows,
        query is key and joined,
        joined,
        more > 0,
    )


def kept_by_heads(sides: Sides, masked: Dim, weights: bool, dropout: float) -> Dim:
    """What is kept between the projections in and out."""
    if weights:
        return kept_with_weights(sides, dropout)
    return kept_by_steps(sides, dropout) if dropout > 0 else kept_by_kernel(sides) + masked


def batch_of(x: Tensor, batch_first: bool) -> tuple[Dim, ...]:
    """The batch of sequences, if there is one."""
    if len(x.shape) == 2:
        return ()
    return (x.shape[0],) if batch_first else (x.shape[1],)


def positions(x: Tensor, batch_first: bool) -> Dim:
    """How long a sequence is."""
    return x.shape[0] if len(x.shape) == 2 or not batch_first else x.shape[1]


def _copies(query: Tensor, key: Tensor, value: Tensor, alike: bool) -> Dim:
    """Numbers of inputs whose batch is brought behind their positions, each once for each projection."""
    once = product(query.shape)
    if key is not value or not alike:
        return once + product(key.shape) + product(value.shape)
    return once if query is key else once + product(key.shape)


def _agree(query: Tensor, key: Tensor, value: Tensor, batch_first: bool, report: Report) -> bool:
    """Whether the three are sequences of one batch, with a value for each key."""
    rank = len(query.shape)
    if (rank != 2 and rank != 3) or len(key.shape) != rank or len(value.shape) != rank:
        shapes = f"{sizes(query.shape)}, {sizes(key.shape)} and {sizes(value.shape)}"
        what = f"needs query, key and value all [N, L, features] or all [L, features] but gets {shapes}"
        return report(False, "shape_mismatch", what, "bring all three to one of these forms")
    a: Shape = (*batch_of(query, batch_first), *batch_of(key, batch_first), positions(key, batch_first))
    b: Shape = (*batch_of(key, batch_first), *batch_of(value, batch_first), positions(value, batch_first))
    fine = every(*[equal(x, y) for x, y in zip(a, b, strict=True)])
    if fine is True:
        return True
    differ = "does not fit" if fine is False else "may not fit"
    what = f"query {sizes(query.shape)} {differ} key {sizes(key.shape)} and value {sizes(value.shape)}"
    return report(fine, "shape_mismatch", what, "use one batch for all, and as many values as keys")
