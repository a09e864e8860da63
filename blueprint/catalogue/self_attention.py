"""Attention with its projections, as language models have it, written shorter than MultiheadAttention."""

from blueprint.catalogue.attention import BIAS, DROPOUT, EMBED_DIM, NUM_HEADS, heads_share
from blueprint.catalogue.attention_memory import scores
from blueprint.catalogue.checks import determined, like_weights
from blueprint.catalogue.layer import TRAINABLE, Config, Example, Facts, Field, Port, Report, Tensor, layer
from blueprint.catalogue.words import count, sizes
from blueprint.dimensions import Dim, equal, every, product


@layer(
    "SelfAttention",
    "attention",
    "Each position gathers from the others of its sequence what its query matches.",
    EMBED_DIM,
    NUM_HEADS,
    Field("num_kv_heads", "integer", "Heads of keys and values, which query heads share.", minimum=1, nullable=True),
    BIAS,
    DROPOUT,
    Field("is_causal", "boolean", "Hide later positions.", default=False),
    Field("rotary", "boolean", "Turn queries and keys by their position.", default=False),
    Field("base", "number", "How slowly the last features turn.", default=10000, minimum=1),
    TRAINABLE,
    torch="SelfAttention",
    example=Example({"num_heads": 4}, ("[B, T, 64]",), ("[B, T, 64]",), 16640, "128*T*T + 16384*T"),
)
def self_attention(x: Tensor, c: Config, report: Report) -> Facts | None:
    """One projection makes queries, keys and values, in this order, as GPT-2's c_attn (transposed), one leads back."""
    if not like_weights(x, report) or not _is_sequence("", x, report):
        return None
    size = determined(c, "embed_dim", x.shape[-1], report)
    if size is None or not heads_share(size, c["num_heads"], "embed_dim", report):
        return None
    shared = c["num_heads"] if c["num_kv_heads"] is None else c["num_kv_heads"]
    if not _heads_fit(size, shared, c, report):
        return None
    wide = size + 2 * shared * (size // c["num_heads"])
    batch, length = product(x.shape[:-2]), x.shape[-2]
    return Facts(
        (x,),
        params=size * (wide + size) + (wide + size if c["bias"] else 0),
        macs=batch * length * size * (wide + size + 2 * length),
        determined={"embed_dim": size},
        keeps_input=True,
        keeps=(Tensor((_kept(x, size, shared, c),)),),
    )


def _heads_fit(size: int, shared: int, c: Config, report: Report) -> bool:
    heads = c["num_heads"]
    if heads % shared != 0:
        what = f"{count(heads, 'query head')} cannot share num_kv_heads {shared} equally"
        return report(False, "bad_config", what, "set num_kv_heads to a divisor of num_heads")
    if c["rotary"] and size // heads % 2 != 0:
        what = f"rotary turns pairs of features but each head has {size // heads}"
        return report(False, "bad_config", what, "set num_heads so that embed_dim / num_heads is even")
    return True


def _kept(x: Tensor, size: int, shared: int, c: Config) -> Dim:
    """Queries, keys and values; once more where they are turned, or scaled step by step; the result."""
    heads: int = c["num_heads"]
    dropout: float = c["dropout"]
    own, length = product(x.shape), x.shape[-2]
    keys = own // heads * shared
    rows = product(x.shape[:-1]) * heads
    waves = 2 * length * (size // heads) if c["rotary"] else 0
    if len(x.shape) == 3 and dropout == 0:
        return own + 2 * keys + own + rows + (2 * own + keys if c["rotary"] else 0) + waves
    joined = len(x.shape) == 2 and shared == heads
    return 3 * own + (3 * own if joined else own) + scores(rows * length, dropout) + waves


@layer(
    "CrossAttention",
    "attention",
    "Each position gathers from a context, such as another sequence, what its query matches.",
    EMBED_DIM,
    NUM_HEADS,
    Field("kdim", "integer", "Features of the context.", minimum=1, unit="features", determined=True),
    BIAS,
    DROPOUT,
    TRAINABLE,
    inputs=(Port("in"), Port("context")),
    torch="CrossAttention",
    example=Example(
        {"num_heads": 4}, ("[B, T, 64]", "[B, S, 32]"), ("[B, T, 64]",), 12544, "128*S*T + 4096*S + 8192*T"
    ),
)
def cross_attention(x: Tensor, context: Tensor, c: Config, report: Report) -> Facts | None:
    """Queries of the input; keys and values, in this order, by one projection of the context."""
    if not like_weights(x, report) or not like_weights(context, report):
        return None
    if not _is_sequence("", x, report) or not _is_sequence("context ", context, report):
        return None
    size = determined(c, "embed_dim", x.shape[-1], report)
    other = determined(c, "kdim", context.shape[-1], report)
    if size is None or other is None or not heads_share(size, c["num_heads"], "embed_dim", report):
        return None
    if not _one_batch(x, context, report):
        return None
    batch, targets, sources = product(x.shape[:-2]), x.shape[-2], context.shape[-2]
    return Facts(
        (x,),
        params=2 * size * (size + other) + (4 * size if c["bias"] else 0),
        macs=batch * size * (2 * targets * size + 2 * sources * other + 2 * targets * sources),
        determined={"embed_dim": size, "kdim": other},
        keeps_input=True,
        keeps=(Tensor((_kept_across(x, sources, c),)),),
    )


def _kept_across(x: Tensor, sources: Dim, c: Config) -> Dim:
    heads: int = c["num_heads"]
    own, rows = product(x.shape), product(x.shape[:-1]) * heads
    keys = product((*x.shape[:-2], sources, x.shape[-1]))
    if len(x.shape) == 3 and c["dropout"] == 0:
        return 2 * own + 2 * keys + rows
    values = 2 * keys if len(x.shape) == 2 else keys
    return 2 * own + keys + values + scores(rows * sources, c["dropout"])


def _is_sequence(name: str, x: Tensor, report: Report) -> bool:
    if len(x.shape) >= 2:
        return True
    what = f"needs a {name}sequence [..., L, features] but gets {sizes(x.shape)}"
    return report(False, "shape_mismatch", what, "bring it to that form by Reshape")


def _one_batch(x: Tensor, context: Tensor, report: Report) -> bool:
    a, b = x.shape[:-2], context.shape[:-2]
    fine = len(a) == len(b) and every(*[equal(a[i], b[i]) for i in range(len(a))])
    if fine is True:
        return True
    differ = "does not belong" if fine is False else "may not belong"
    what = f"context {sizes(context.shape)} {differ} to the sequences {sizes(x.shape)}"
    return report(fine, "shape_mismatch", what, "give one context for each sequence")
