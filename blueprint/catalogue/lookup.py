"""Vectors looked up by token (torch.nn, "Sparse Layers")."""

from blueprint.catalogue.checks import TOKENS, like_weights
from blueprint.catalogue.layer import TRAINABLE, Config, Example, Facts, Field, Port, Report, Tensor, layer
from blueprint.catalogue.words import count, sizes
from blueprint.dimensions import equal, every, product

TABLE = (
    Field("num_embeddings", "integer", "How many tokens there are.", minimum=1, unit="tokens", required=True),
    Field("embedding_dim", "integer", "Size of a vector.", minimum=1, unit="features", required=True),
)
PADDING = "Token whose vector stays as it is, zero; negative counts from the end."
PADDING_IDX = Field("padding_idx", "integer", PADDING, nullable=True)
NORM = (
    Field("max_norm", "number", "Longer vectors are cut to this length.", minimum=0, nullable=True),
    Field("norm_type", "number", "The p of the p-norm that measures them.", default=2),
    Field("scale_grad_by_freq", "boolean", "Divide gradients by how often a token comes in the batch.", default=False),
)
SPARSE = Field("sparse", "boolean", "Gradients of the tokens seen only, for optimisers that take such.", default=False)


@layer(
    "Embedding",
    "linear",
    "A learned vector for each token.",
    *TABLE,
    PADDING_IDX,
    *NORM,
    SPARSE,
    TRAINABLE,
    outputs=("out", "weight"),
    parameters=("weight",),
    example=Example(
        {"num_embeddings": 100, "embedding_dim": 16}, ("int64[B, T]",), ("[B, T, 16]", "[100, 16]"), params=1600
    ),
)
def embedding(x: Tensor, c: Config, report: Report) -> Facts | None:
    if not _tokens(x, report) or not _padding(c, report):
        return None
    tokens, size = c["num_embeddings"], c["embedding_dim"]
    return Facts((Tensor((*x.shape, size)), Tensor((tokens, size))), params=tokens * size, keeps_input=True)


@layer(
    "EmbeddingBag",
    "linear",
    "The mean, sum or maximum of the vectors of each sample's tokens.",
    *TABLE,
    *NORM,
    Field("mode", "choice", "How a sample's vectors become one.", default="mean", choices=("sum", "mean", "max")),
    SPARSE,
    PADDING_IDX,
    TRAINABLE,
    inputs=(Port("in"), Port("per_sample_weights", optional=True)),
    call=("in", "per_sample_weights="),
    example=Example({"num_embeddings": 100, "embedding_dim": 16}, ("int64[B, 12]",), ("[B, 16]",), params=1600),
)
def embedding_bag(x: Tensor, weights: Tensor | None, c: Config, report: Report) -> Facts | None:
    """Keeps the tokens, which bag each is in, the bags' sizes, and for a maximum where it was."""
    if not _tokens(x, report) or not _padding(c, report) or not _bags(x, report):
        return None
    mode, tokens, size = c["mode"], c["num_embeddings"], c["embedding_dim"]
    if mode == "max" and (c["scale_grad_by_freq"] or c["sparse"]):
        name = "scale_grad_by_freq" if c["scale_grad_by_freq"] else "sparse"
        report(False, "bad_config", f"mode max does not work with {name}", f"set {name} to false, or mode to mean")
        return None
    if weights is not None and not _weighs(x, weights, mode, report):
        return None
    bags, many = x.shape[0], product(x.shape)
    places = many + 1 if mode != "sum" or c["padding_idx"] is not None else 0
    found = bags * size if mode == "max" else bags
    keeps = (Tensor((2 * bags + places + found,), x.dtype),)
    return Facts((Tensor((bags, size)),), params=tokens * size, keeps_input=True, keeps=keeps)


def _tokens(x: Tensor, report: Report) -> bool:
    if x.dtype in TOKENS:
        return True
    return report(False, "dtype_mismatch", f"looks up tokens but gets {x.dtype}", "give the Input dtype int64")


def _padding(c: Config, report: Report) -> bool:
    tokens, padding = c["num_embeddings"], c["padding_idx"]
    if padding is None or (-tokens <= padding and padding < tokens):
        return True
    what = f"padding_idx is {padding} but there are {count(tokens, 'token')}"
    return report(False, "bad_config", what, f"set it to a value from {-tokens} to {tokens - 1}")


def _bags(x: Tensor, report: Report) -> bool:
    if len(x.shape) == 2:
        return True
    what = f"needs tokens [N, L] but gets {sizes(x.shape)}, which has {count(len(x.shape), 'dimension')}"
    return report(False, "shape_mismatch", what, "bring them to that form by Reshape")


def _weighs(x: Tensor, weights: Tensor, mode: str, report: Report) -> bool:
    """Whether each token can be given its weight."""
    if mode != "sum":
        return report(False, "bad_config", f"per_sample_weights do not work with mode {mode}", "set mode to sum")
    alike = len(x.shape) == len(weights.shape)
    fine = alike and every(*[equal(a, b) for a, b in zip(x.shape, weights.shape, strict=True)])
    if fine is True:
        return like_weights(weights, report)
    differ = "are" if fine is False else "may be"
    what = f"per_sample_weights {differ} {sizes(weights.shape)} but the tokens {sizes(x.shape)}"
    return report(fine, "shape_mismatch", what, "give one weight for each token")
