"""The layers a transformer is made of (torch.nn, "Transformer Layers"; Vaswani et al. 2017)."""

from blueprint.catalogue.attention import BATCH_FIRST, batch_of, heads_share, kept_by_heads, positions, sides_of
from blueprint.catalogue.attention_memory import kept_of_masks
from blueprint.catalogue.checks import determined, like_weights
from blueprint.catalogue.layer import TRAINABLE, Config, Example, Facts, Field, Port, Report, Tensor, layer
from blueprint.catalogue.masks import key_mask_fits, mask_fits
from blueprint.catalogue.words import sizes
from blueprint.dimensions import Dim, equal, every, product

FIELDS = (
    Field("d_model", "integer", "Features of the input.", minimum=1, unit="features", determined=True),
    Field("nhead", "integer", "Heads; they share the features equally.", minimum=1, required=True),
    Field("dim_feedforward", "integer", "Features inside the perceptron.", default=2048, minimum=1, unit="features"),
    Field("dropout", "number", "Chance of a zero.", default=0.1, minimum=0, maximum=1, unit="probability"),
    Field("activation", "choice", "Activation of the perceptron.", default="relu", choices=("relu", "gelu")),
    Field("layer_norm_eps", "number", "Added to the variance, against division by zero.", default=1e-5, minimum=0),
    BATCH_FIRST,
    Field("norm_first", "boolean", "Normalise before attention and perceptron, not after.", default=False),
    Field("bias", "boolean", "Learn biases, too.", default=True),
    TRAINABLE,
)


@layer(
    "TransformerEncoderLayer",
    "attention",
    "Attention of a sequence to itself and a perceptron, each added to what it reads and normalised.",
    *FIELDS,
    inputs=(Port("src"), Port("src_mask", optional=True), Port("src_key_padding_mask", optional=True)),
    example=Example({"nhead": 4, "dim_feedforward": 128}, ("[B, T, 64]",), ("[B, T, 64]",), 33472, "128*T*T + 32768*T"),
)
def transformer_encoder_layer(
    src: Tensor, mask: Tensor | None, padding_mask: Tensor | None, c: Config, report: Report
) -> Facts | None:
    size = _features(src, c, report)
    if size is None:
        return None
    batch, length = batch_of(src, c["batch_first"]), positions(src, c["batch_first"])
    if not mask_fits("src_mask", mask, batch, c["nhead"], length, length, report):
        return None
    if not key_mask_fits("src_key_padding_mask", padding_mask, batch, length, report):
        return None
    looked = _attention(src, src, mask, padding_mask, c)
    return Facts(
        (src,),
        params=_weights(size, 1, c),
        macs=product(batch) * length * (_products(size, c) + 4 * size * size + 2 * size * length),
        determined={"d_model": size},
        keeps_ports=() if _copied(src, c) and not c["norm_first"] else ("src",),
        keeps=(Tensor((_kept(src, looked, 1, c),)),),
    )


@layer(
    "TransformerDecoderLayer",
    "attention",
    "Attention of a sequence to itself, then to what an encoder made of another, and a perceptron.",
    *FIELDS,
    inputs=(
        Port("tgt"),
        Port("memory"),
        Port("tgt_mask", optional=True),
        Port("memory_mask", optional=True),
        Port("tgt_key_padding_mask", optional=True),
        Port("memory_key_padding_mask", optional=True),
    ),
    example=Example(
        {"nhead": 4, "dim_feedforward": 128},
        ("[B, T, 64]", "[B, S, 64]"),
        ("[B, T, 64]",),
        50240,
        "128*S*T + 128*T*T + 8192*S + 40960*T",
    ),
)
def transformer_decoder_layer(
    tgt: Tensor,
    memory: Tensor,
    mask: Tensor | None,
    memory_mask: Tensor | None,
    padding_mask: Tensor | None,
    memory_padding_mask: Tensor | None,
    c: Config,
    report: Report,
) -> Facts | None:
    size = _features(tgt, c, report)
    if size is None or not like_weights(memory, report) or not _belongs(tgt, memory, c, report):
        return None
    first, heads = c["batch_first"], c["nhead"]
    batch, length, sources = batch_of(tgt, first), positions(tgt, first), positions(memory, first)
    if not mask_fits("tgt_mask", mask, batch, heads, length, length, report):
        return None
    if not mask_fits("memory_mask", memory_mask, batch, heads, length, sources, report):
        return None
    if not key_mask_fits("tgt_key_padding_mask", padding_mask, batch, length, report):
        return None
    if not key_mask_fits("memory_key_padding_mask", memory_padding_mask, batch, sources, report):
        return None
    looked = _attention(tgt, tgt, mask, padding_mask, c) + _attention(tgt, memory, memory_mask, memory_padding_mask, c)
    copied = _copied(tgt, c)
    kept = _kept(tgt, looked, 2, c) + (product(memory.shape) if copied else 0)
    tgt_kept = c["norm_first"] or not copied
    own = 6 * size * size + 2 * size * length
    return Facts(
        (tgt,),
        params=_weights(size, 2, c),
        macs=product(batch) * (length * (_products(size, c) + own) + 2 * size * sources * (size + length)),
        determined={"d_model": size},
        keeps_ports=("tgt", "memory") if not copied else ("tgt",) if tgt_kept else (),
        keeps=(Tensor((kept,)),),
    )


def _features(x: Tensor, c: Config, report: Report) -> int | None:
    """The features of a sequence, where there is one that heads can share."""
    if not like_weights(x, report):
        return None
    if len(x.shape) != 2 and len(x.shape) != 3:
        what = f"needs a sequence [N, L, features] or [L, features] but gets {sizes(x.shape)}"
        report(False, "shape_mismatch", what, "bring it to that form by Reshape")
        return None
    size = determined(c, "d_model", x.shape[-1], report)
    return size if size is not None and heads_share(size, c["nhead"], "d_model", report) else None


def _belongs(tgt: Tensor, memory: Tensor, c: Config, report: Report) -> bool:
    """Whether the memory is one of the same batch and features."""
    rank, place = len(tgt.shape), 0 if c["batch_first"] else 1
    batches = rank == 2 or (len(memory.shape) == 3 and equal(tgt.shape[place], memory.shape[place]))
    fine = rank == len(memory.shape) and every(batches, equal(tgt.shape[-1], memory.shape[-1]))
    if fine is True:
        return True
    differ = "does not belong" if fine is False else "may not belong"
    what = f"memory {sizes(memory.shape)} {differ} to tgt {sizes(tgt.shape)}"
    return report(fine, "shape_mismatch", what, "give it the batch and the features of tgt")


def _weights(size: int, attentions: int, c: Config) -> int:
    """Parameters: four square matrices for each attention, two of the perceptron, and a norm after each."""
    wide: int = c["dim_feedforward"]
    biases = attentions * 4 * size + wide + size + (attentions + 1) * size if c["bias"] else 0
    return attentions * 4 * size * size + 2 * size * wide + (attentions + 1) * size + biases


def _products(size: int, c: Config) -> int:
    """Multiply-accumulates of the perceptron for each position."""
    wide: int = c["dim_feedforward"]
    return 2 * size * wide


def _attention(query: Tensor, key: Tensor, mask: Tensor | None, padding_mask: Tensor | None, c: Config) -> Dim:
    """Numbers that attention keeps; it gives no weights here."""
    sides = sides_of(query, key, key, c["nhead"], 0, c["batch_first"], True)
    return kept_by_heads(sides, kept_of_masks(mask, padding_mask, c["nhead"], sides), False, c["dropout"])


def _kept(x: Tensor, looked: Dim, attentions: int, c: Config) -> Dim:
    """Numbers kept: by attention, the perceptron, what enters and leaves each norm, and what was dropped.

    Each norm keeps two statistics of a position, what enters it, and so does what reads it.
    """
    own, many = product(x.shape), product(x.shape[:-1])
    wide: int = c["dim_feedforward"]
    dropout: float = c["dropout"]
    inside = wide * (3 if dropout > 0 else 1 if c["activation"] == "relu" else 2)
    dropped = attentions + 1 if dropout > 0 else 0
    norms = 2 * (attentions + 1)
    between = 2 * attentions + 1 + (0 if c["norm_first"] or not _copied(x, c) else 1)
    return looked + many * inside + (dropped + between) * own + norms * many


def _copied(x: Tensor, c: Config) -> bool:
    """Whether attention brings the batch behind the positions, in a copy."""
    return c["batch_first"] is True and len(x.shape) == 3
