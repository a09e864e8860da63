"""Linear layers, lookup and dropout (torch.nn, "Linear Layers", "Sparse Layers", "Dropout Layers")."""

from blueprint.catalogue.checks import determined, floating, like_weights
from blueprint.catalogue.layer import Check, Config, Facts, Field, Tensor, layer
from blueprint.dimensions import product


@layer(
    "Linear",
    "linear",
    "A learned weighted sum of the last dimension, for each output feature.",
    Field("in_features", "integer", "Size of the input's last dimension.", minimum=1, unit="features", determined=True),
    Field("out_features", "integer", "Size of the output's last dimension.", minimum=1, unit="features", required=True),
    Field("bias", "boolean", "Add a learned number to each output feature.", default=True),
)
def linear(inputs: tuple[Tensor, ...], c: Config, check: Check) -> Facts | None:
    (x,) = inputs
    if not like_weights(x, check):
        return None
    features = determined(c, "in_features", x.shape[-1], check)
    if features is None:
        return None
    weights = features * c["out_features"]
    return Facts(
        (Tensor((*x.shape[:-1], c["out_features"])),),
        params=weights + (c["out_features"] if c["bias"] else 0),
        macs=product(x.shape[:-1]) * weights,
        determined={"in_features": features},
        keeps_input=True,
    )


@layer(
    "Embedding",
    "linear",
    "A learned vector for each token.",
    Field("num_embeddings", "integer", "How many tokens there are.", minimum=1, unit="tokens", required=True),
    Field("embedding_dim", "integer", "Size of a vector.", minimum=1, unit="features", required=True),
    Field("padding_idx", "integer", "Token whose vector stays zero; negative counts from the end.", nullable=True),
)
def embedding(inputs: tuple[Tensor, ...], c: Config, check: Check) -> Facts | None:
    (x,) = inputs
    mend = "give the Input dtype int64"
    if not check(x.dtype in ("int32", "int64"), "dtype_mismatch", f"looks up tokens but gets {x.dtype}", mend):
        return None
    tokens, padding = c["num_embeddings"], c["padding_idx"]
    what = f"padding_idx is {padding} but there are {tokens} tokens"
    fine = padding is None or -tokens <= padding < tokens
    if not check(fine, "bad_config", what, f"set it to a value from {-tokens} to {tokens - 1}"):
        return None
    return Facts((Tensor((*x.shape, c["embedding_dim"])),), params=tokens * c["embedding_dim"], keeps_input=True)


@layer(
    "Dropout",
    "dropout",
    "In training, sets each value to zero by chance and scales the others up.",
    Field("p", "number", "Chance of a zero.", default=0.5, minimum=0, maximum=1, unit="probability"),
)
def dropout(inputs: tuple[Tensor, ...], c: Config, check: Check) -> Facts | None:
    """Keeps the random mask, on CPU as one number per value (a GPU keeps one byte)."""
    (x,) = inputs
    if not floating(x, check):
        return None
    mask = {0.0: (), 1.0: (Tensor((), x.dtype),)}.get(c["p"], (x,))
    return Facts((x,), keeps=mask, is_view=c["p"] == 0)
