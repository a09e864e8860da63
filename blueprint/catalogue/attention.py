"""Attention (torch.nn, "Transformer Layers"; Vaswani et al. 2017)."""

from blueprint.catalogue.checks import determined, like_weights
from blueprint.catalogue.layer import TRAINABLE, Config, Example, Facts, Field, Port, Report, Tensor, layer
from blueprint.catalogue.words import brief, count, sizes
from blueprint.dimensions import Dim, equal, every, product

QKV = (Port("query"), Port("key", optional=True), Port("value", optional=True))


@layer(
    "MultiheadAttention",
    "attention",
    "Each position gathers from all others what its query matches, in several heads at once.",
    Field("embed_dim", "integer", "Features of the query.", minimum=1, unit="features", determined=True),
    Field("num_heads", "integer", "Heads; they share embed_dim equally.", minimum=1, required=True),
    Field("dropout", "number", "Chance that an attention weight is dropped.", default=0, minimum=0, maximum=1),
    Field("bias", "boolean", "Use biases in the projections.", default=True),
    Field("add_bias_kv", "boolean", "Learn one more key and value.", default=False),
    Field("add_zero_attn", "boolean", "Add a key and value of zeros.", default=False),
    Field("kdim", "integer", "Features of the key.", minimum=1, unit="features", determined=True),
    Field("vdim", "integer", "Features of the value.", minimum=1, unit="features", determined=True),
    Field("batch_first", "boolean", "Inputs are [batch, positions, features].", default=True),
    TRAINABLE,
    inputs=QKV,
    outputs=("attn_output", "attn_output_weights"),
    torch="nn.MultiheadAttention",
    returns={"attn_output": "result[0]", "attn_output_weights": "result[1]"},
    example=Example({"num_heads": 4}, ("[B, T, 64]",), ("[B, T, 64]", "[B, T, T]"), 16640, "128*T*T + 16384*T"),
)
def multihead_attention(
    query: Tensor, key: Tensor | None, value: Tensor | None, c: Config, report: Report
) -> Facts | None:
    """Projections in and out, and two products of all pairs (torch.nn.MultiheadAttention)."""
    key = query if key is None else key
    value = key if value is None else value
    if not (like_weights(query, report) and like_weights(key, report) and like_weights(value, report)):
        return None
    if not _agree(query, key, value, c, report):
        return None
    size = determined(c, "embed_dim", query.shape[-1], report)
    key_size = determined(c, "kdim", key.shape[-1], report)
    value_size = determined(c, "vdim", value.shape[-1], report)
    if size is None or key_size is None or value_size is None:
        return None
    if size % c["num_heads"] != 0:
        what = f"embed_dim {size} cannot be shared by {count(c['num_heads'], 'head')} equally"
        report(False, "bad_config", what, "set num_heads to a divisor of embed_dim")
        return None
    batch = _batch(query, c)
    targets, sources = _positions(query, c), _positions(key, c)
    extra = (1 if c["add_bias_kv"] else 0) + (1 if c["add_zero_attn"] else 0)
    many = product(batch)
    weights = size * (2 * size + key_size + value_size)
    params = weights + (4 * size if c["bias"] else 0) + (2 * size if c["add_bias_kv"] else 0)
    projections = targets * 2 * size * size + sources * size * (key_size + value_size)
    pairs = targets * (sources + extra) * size * 2
    return Facts(
        (Tensor(query.shape), Tensor((*batch, targets, sources + extra))),
        params=params,
        macs=many * (projections + pairs),
        determined={"embed_dim": size, "kdim": key_size, "vdim": value_size},
        keeps_input=True,
    )


def _agree(query: Tensor, key: Tensor, value: Tensor, c: Config, report: Report) -> bool:
    rank = len(query.shape)
    if (rank != 2 and rank != 3) or len(key.shape) != rank or len(value.shape) != rank:
        what = f"needs query, key and value all [N, L, features] or all [L, features] but gets {sizes(query.shape)}, {sizes(key.shape)} and {sizes(value.shape)}"
        return report(False, "shape_mismatch", what, "feed it sequences of equal rank")
    fine = every(*[equal(a, b) for a, b in zip(_batch(query, c), _batch(key, c), strict=True)])
    fine = every(*[fine, equal(_positions(key, c), _positions(value, c))])
    fine = every(*[fine, *[equal(a, b) for a, b in zip(_batch(key, c), _batch(value, c), strict=True)]])
    if fine is True:
        return True
    differ = "does not fit" if fine is False else "may not fit"
    what = f"query {sizes(query.shape)} {differ} key {sizes(key.shape)} and value {sizes(value.shape)}"
    return report(fine, "shape_mismatch", what, "use one batch for all, and as many values as keys")


def _batch(x: Tensor, c: Config) -> tuple[Dim, ...]:
    if len(x.shape) == 2:
        return ()
    return (x.shape[0],) if c["batch_first"] else (x.shape[1],)


def _positions(x: Tensor, c: Config) -> Dim:
    return x.shape[0] if len(x.shape) == 2 or not c["batch_first"] else x.shape[1]
