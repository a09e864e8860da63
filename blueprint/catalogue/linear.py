"""Linear layers and lookup (torch.nn, "Linear Layers", "Sparse Layers")."""

from blueprint.catalogue.checks import TOKENS, determined, like_weights, with_last
from blueprint.catalogue.layer import TRAINABLE, Config, Example, Facts, Field, Report, Tensor, layer
from blueprint.dimensions import product


@layer(
    "Linear",
    "linear",
    "A learned weighted sum of the last dimension, for each output feature.",
    Field("in_features", "integer", "Size of the input's last dimension.", minimum=1, unit="features", determined=True),
    Field("out_features", "integer", "Size of the output's last dimension.", minimum=1, unit="features", required=True),
    Field("bias", "boolean", "Add a learned number to each output feature.", default=True),
    TRAINABLE,
    outputs=("out", "weight"),
    parameters=("weight",),
    example=Example({"out_features": 10}, ("[B, 64]",), ("[B, 10]", "[10, 64]"), 650, 640),
)
def linear(x: Tensor, c: Config, report: Report) -> Facts | None:
    if not like_weights(x, report):
        return None
    features = determined(c, "in_features", x.shape[-1], report)
    if features is None:
        return None
    out = c["out_features"]
    weights = features * out
    return Facts(
        (Tensor(with_last(x.shape, out)), Tensor((out, features))),
        params=weights + (out if c["bias"] else 0),
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
    TRAINABLE,
    outputs=("out", "weight"),
    parameters=("weight",),
    example=Example(
        {"num_embeddings": 100, "embedding_dim": 16}, ("int64[B, T]",), ("[B, T, 16]", "[100, 16]"), params=1600
    ),
)
def embedding(x: Tensor, c: Config, report: Report) -> Facts | None:
    if x.dtype not in TOKENS:
        report(False, "dtype_mismatch", f"looks up tokens but gets {x.dtype}", "give the Input dtype int64")
        return None
    tokens, size, padding = c["num_embeddings"], c["embedding_dim"], c["padding_idx"]
    if padding is not None and (padding < -tokens or padding >= tokens):
        what = f"padding_idx is {padding} but there are {tokens} tokens"
        report(False, "bad_config", what, f"set it to a value from {-tokens} to {tokens - 1}")
        return None
    return Facts((Tensor((*x.shape, size)), Tensor((tokens, size))), params=tokens * size, keeps_input=True)
