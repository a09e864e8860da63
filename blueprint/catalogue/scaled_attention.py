"""Attention without weights of its own (torch.nn.functional.scaled_dot_product_attention)."""

from blueprint.catalogue.attention import QKV
from blueprint.catalogue.attention_memory import scores
from blueprint.catalogue.broadcasting import broadcast
from blueprint.catalogue.checks import floating
from blueprint.catalogue.layer import Config, Example, Facts, Field, Port, Report, Tensor, layer
from blueprint.catalogue.words import brief, sizes
from blueprint.dimensions import Shape, equal, every, product


@layer(
    "ScaledDotProductAttention",
    "attention",
    "Each query gathers the values whose keys it matches.",
    Field(
        "dropout_p",
        "number",
        "Chance in training that an attention weight is dropped.",
        default=0,
        minimum=0,
        maximum=1,
        unit="probability",
    ),
    Field("is_causal", "boolean", "Hide later positions.", default=False),
    Field("scale", "number", "Factor of the scores; 1 / sqrt(features) when omitted.", nullable=True),
    Field("enable_gqa", "boolean", "Let groups of query heads share the heads of keys and values.", default=False),
    inputs=(*QKV, Port("attn_mask", optional=True)),
    torch="ScaledDotProductAttention",
    example=Example({}, ("[B, 4, T, 16]",), ("[B, 4, T, 16]",), macs="128*T*T"),
)
def scaled_dot_product_attention(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, c: Config, report: Report
) -> Facts | None:
    """[..., L, E], [..., S, E] and [..., S, Ev] give [..., L, Ev]; those before are stretched to one another."""
    if not _alike(query, key, value, report) or not _sequences(query, key, value, report):
        return None
    if c["enable_gqa"] and not (_shares(query, key, "key", report) and _shares(query, value, "value", report)):
        return None
    keys, values = _heads(query, key, c), _heads(query, value, c)
    outer = broadcast(query.shape[:-2], keys, "match queries and keys of", report)
    lead = None if outer is None else broadcast(outer, values, "gather values of", report)
    if outer is None or lead is None:
        return None
    length, sources = query.shape[-2], key.shape[-2]
    if not _mask_fits(mask, query, (*outer, length, sources), c, report):
        return None
    pairs = product((*outer, length, sources))
    one = len(lead) == 2 and lead == query.shape[:-2] and lead == keys and lead == values
    kernel = one and query.shape[-1] == value.shape[-1] and c["dropout_p"] == 0
    repeated = values != value.shape[:-2]
    copies = product(query.shape) + product((*keys, *key.shape[-2:]))
    steps = copies + scores(pairs, c["dropout_p"]) + (product((*values, *value.shape[-2:])) if repeated else 0)
    rows = product((*lead, length)) + (0 if mask is None else product(mask.shape))
    return Facts(
        (Tensor((*lead, length, value.shape[-1]), query.dtype),),
        macs=pairs * query.shape[-1] + product((*lead, length, sources)) * value.shape[-1],
        keeps_ports=("query", "key", "value", "out") if kernel else () if repeated else ("value",),
        keeps=(Tensor((rows if kernel else steps,), query.dtype),),
    )


def _alike(query: Tensor, key: Tensor, value: Tensor, report: Report) -> bool:
    """Whether the three are of one floating dtype."""
    if not floating(query, report):
        return False
    if query.dtype == key.dtype and query.dtype == value.dtype:
        return True
    what = f"gets a query of {query.dtype}, a key of {key.dtype} and a value of {value.dtype}"
    return report(False, "dtype_mismatch", what, "bring all three to one dtype")


def _sequences(query: Tensor, key: Tensor, value: Tensor, report: Report) -> bool:
    """Whether each query can meet each key, and each key has a value."""
    if len(query.shape) < 2 or len(key.shape) < 2 or len(value.shape) < 2:
        what = "needs query, key and value of at least 2 dimensions [L, features] but gets"
        shapes = f"{sizes(query.shape)}, {sizes(key.shape)} and {sizes(value.shape)}"
        return report(False, "shape_mismatch", f"{what} {shapes}", "bring them to that form by Reshape")
    fine = every(equal(query.shape[-1], key.shape[-1]), equal(key.shape[-2], value.shape[-2]))
    if fine is True:
        return True
    differ = "does not fit" if fine is False else "may not fit"
    what = f"query {sizes(query.shape)} {differ} key {sizes(key.shape)} and value {sizes(value.shape)}"
    return report(
        fine, "shape_mismatch", what, "use as many features in keys as in queries, and as many values as keys"
    )


def _shares(query: Tensor, x: Tensor, name: str, report: Report) -> bool:
    """Whether equal groups of query heads share the heads of keys or values."""
    if len(query.shape) < 3 or len(x.shape) < 3:
        what = f"enable_gqa needs heads [..., heads, L, features] but gets {sizes(query.shape)} and {sizes(x.shape)}"
        return report(False, "shape_mismatch", what, "set enable_gqa to false, or split the features in heads")
    heads, shared = query.shape[-3], x.shape[-3]
    fine = equal(heads % shared, 0) if isinstance(shared, int) else equal(heads, shared)
    if fine is True:
        return True
    doubt = "cannot" if isinstance(shared, int) and fine is False else "may be unable to"
    what = f"{brief(heads)} query heads {doubt} share {brief(shared)} {name} heads equally"
    verdict = fine if isinstance(shared, int) else None
    return report(verdict, "shape_mismatch", what, f"use a number of {name} heads that divides that of query heads")


def _heads(query: Tensor, x: Tensor, c: Config) -> Shape:
    """The sizes before the sequence, once heads are repeated for those that share them."""
    return (*x.shape[:-3], query.shape[-3]) if c["enable_gqa"] else x.shape[:-2]


def _mask_fits(mask: Tensor | None, query: Tensor, pairs: Shape, c: Config, report: Report) -> bool:
    """Whether a mask can be stretched to all pairs of queries and keys."""
    if mask is None:
        return True
    if c["is_causal"]:
        return report(False, "bad_config", "has both attn_mask and is_causal", "set is_causal to false")
    if mask.dtype != "bool" and mask.dtype != "float32" and mask.dtype != query.dtype:
        mend = "use bool, where false hides, or float32, which is added to the scores"
        return report(False, "dtype_mismatch", f"attn_mask is of {mask.dtype}", mend)
    rank, most = len(mask.shape), len(pairs)
    fits = [mask.shape[-i] == 1 or equal(mask.shape[-i], pairs[-i]) for i in range(1, min(rank, most) + 1)]
    fine = rank >= 2 and rank <= most and every(*fits)
    if fine is True:
        return True
    unable = "cannot" if fine is False else "may be unable to"
    what = f"attn_mask {sizes(mask.shape)} {unable} be stretched to the pairs of queries and keys {sizes(pairs)}"
    return report(fine, "shape_mismatch", what, "give it one row for each query and one column for each key")
