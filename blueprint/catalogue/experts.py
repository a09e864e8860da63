"""Mixture of experts (Shazeer et al. 2017; Fedus et al. 2021): networks of which each token takes only a few."""

from blueprint.catalogue.checks import determined, floating, like_weights
from blueprint.catalogue.layer import TRAINABLE, Config, Example, Facts, Field, Port, Report, Tensor, layer
from blueprint.catalogue.words import count, sizes
from blueprint.dimensions import Dim, equal, every, product

IN_FEATURES = Field("in_features", "integer", "Features of a token.", minimum=1, unit="features", determined=True)
NUM_EXPERTS = Field("num_experts", "integer", "How many experts there are.", minimum=1, maximum=4096, required=True)
HIDDEN = Field("hidden_features", "integer", "Features inside an expert.", minimum=1, unit="features", required=True)
TOP_K = Field("top_k", "integer", "How many experts each token takes.", default=2, minimum=1, maximum=4096)
ACTIVATION = Field(
    "activation", "choice", "What an expert has inside.", default="gelu", choices=("relu", "gelu", "silu")
)
BIAS = Field("bias", "boolean", "Use biases in the experts.", default=True)
NORMALIZE = Field("normalize", "boolean", "Make each token's weights add up to 1.", default=True)


@layer(
    "Router",
    "experts",
    "Chooses experts for each token, and tells by a loss how unequal their work is.",
    IN_FEATURES,
    NUM_EXPERTS,
    TOP_K,
    NORMALIZE,
    TRAINABLE,
    outputs=("weights", "indices", "aux_loss"),
    torch="Router",
    example=Example({"num_experts": 8}, ("[B, T, 64]",), ("[B, T, 2]", "int64[B, T, 2]", "[]"), 512, "512*T"),
)
def router(x: Tensor, c: Config, report: Report) -> Facts | None:
    features = _features(x, c, report)
    if features is None or not _enough(c, report):
        return None
    lead = x.shape[:-1]
    chosen = Tensor((*lead, c["top_k"]))
    indices = Tensor((*lead, c["top_k"]), "int64")
    return Facts(
        (chosen, indices, Tensor(())),
        params=features * c["num_experts"],
        macs=product(lead) * features * c["num_experts"],
        determined={"in_features": features},
        keeps_input=True,
        keeps=routing(lead, c),
    )


def routing(lead: tuple[Dim, ...], c: Config) -> tuple[Tensor, ...]:
    """What a router keeps: all chances, the choice, and what its weights were divided by."""
    divided = (Tensor((*lead, 1)), Tensor((*lead, c["top_k"]))) if c["normalize"] else ()
    chances, choice = Tensor((*lead, c["num_experts"])), Tensor((*lead, c["top_k"]), "int64")
    return (chances, choice, Tensor((c["num_experts"],)), *divided)


@layer(
    "Experts",
    "experts",
    "Feed-forward networks side by side; each token's result is the weighted sum of those it takes.",
    IN_FEATURES,
    NUM_EXPERTS,
    HIDDEN,
    ACTIVATION,
    BIAS,
    TRAINABLE,
    inputs=(Port("in"), Port("weights"), Port("indices")),
    torch="Experts",
    example=Example(
        {"num_experts": 8, "hidden_features": 128},
        ("[B, T, 64]", "[B, T, 2]", "int64[B, T, 2]"),
        ("[B, T, 64]",),
        132608,
        "32768*T",
    ),
)
def experts(x: Tensor, weights: Tensor, indices: Tensor, c: Config, report: Report) -> Facts | None:
    """Multiply-accumulates are those of the experts taken, not of all."""
    features = _features(x, c, report)
    if features is None or not _same_choice(x, weights, indices, report):
        return None
    visits = product(weights.shape)
    return Facts(
        (x,),
        params=weights_of(features, c),
        macs=visits * 2 * features * c["hidden_features"],
        determined={"in_features": features},
        keeps=visiting(visits, features, c),
    )


def weights_of(features: int, c: Config) -> int:
    """Two linear layers for each expert."""
    hidden = c["hidden_features"]
    total: int = c["num_experts"] * (2 * features * hidden + (hidden + features if c["bias"] else 0))
    return total


def visiting(visits: Dim, features: int, c: Config) -> tuple[Tensor, ...]:
    """What experts keep of each visit: what enters, what leaves before and after its weight, the hidden, and where."""
    hidden = c["hidden_features"] * (1 if c["activation"] == "relu" else 2)
    return (Tensor((visits * (3 * features + hidden + 1),)), Tensor((visits * 2,), "int64"))


@layer(
    "MoE",
    "experts",
    "A router and its experts as one layer; its aux_loss belongs on an AuxLossHead.",
    IN_FEATURES,
    NUM_EXPERTS,
    HIDDEN,
    TOP_K,
    ACTIVATION,
    BIAS,
    NORMALIZE,
    TRAINABLE,
    outputs=("out", "aux_loss"),
    torch="MoE",
    example=Example(
        {"num_experts": 8, "hidden_features": 128}, ("[B, T, 64]",), ("[B, T, 64]", "[]"), 133120, "33280*T"
    ),
)
def moe(x: Tensor, c: Config, report: Report) -> Facts | None:
    features = _features(x, c, report)
    if features is None or not _enough(c, report):
        return None
    lead = x.shape[:-1]
    tokens = product(lead)
    visits = tokens * c["top_k"]
    return Facts(
        (x, Tensor(())),
        params=features * c["num_experts"] + weights_of(features, c),
        macs=tokens * features * c["num_experts"] + visits * 2 * features * c["hidden_features"],
        determined={"in_features": features},
        keeps_input=True,
        keeps=(*routing(lead, c), *visiting(visits, features, c)),
    )


@layer(
    "AuxLossHead",
    "experts",
    "A loss of the network's own: connected to an Output, training adds it to the loss.",
    Field("weight", "number", "What the loss is multiplied by.", default=0.01, minimum=0),
    torch="{weight} * {in}.mean()",
    example=Example({}, ("[B]",), ("[]",)),
)
def aux_loss_head(x: Tensor, c: Config, report: Report) -> Facts | None:
    return Facts((Tensor((), x.dtype),)) if floating(x, report) else None


def _features(x: Tensor, c: Config, report: Report) -> int | None:
    if not like_weights(x, report):
        return None
    if len(x.shape) < 2:
        what = f"needs tokens [..., features] but gets {sizes(x.shape)}, which has {count(len(x.shape), 'dimension')}"
        report(False, "shape_mismatch", what, "feed it a batch of tokens")
        return None
    return determined(c, "in_features", x.shape[-1], report)


def _enough(c: Config, report: Report) -> bool:
    if c["top_k"] <= c["num_experts"]:
        return True
    what = f"top_k is {c['top_k']} but there are {count(c['num_experts'], 'expert')}"
    return report(False, "bad_config", what, f"set top_k to at most {c['num_experts']}, or add experts")


def _same_choice(x: Tensor, weights: Tensor, indices: Tensor, report: Report) -> bool:
    if weights.dtype != "float32":
        return report(False, "dtype_mismatch", f"needs float32 weights but gets {weights.dtype}", "use a Router's")
    if indices.dtype != "int64" and indices.dtype != "int32":
        return report(False, "dtype_mismatch", f"needs whole indices but gets {indices.dtype}", "use a Router's")
    alike = len(weights.shape) == len(x.shape) and len(indices.shape) == len(x.shape)
    fine = alike and every(
        *[equal(weights.shape[i], x.shape[i]) for i in range(len(x.shape) - 1)],
        *[equal(a, b) for a, b in zip(weights.shape, indices.shape, strict=True)],
    )
    if fine is True:
        return True
    choice = f"weights {sizes(weights.shape)} and indices {sizes(indices.shape)}"
    what = f"{choice} {'do not' if fine is False else 'may not'} fit tokens {sizes(x.shape)}"
    return report(fine, "shape_mismatch", what, "take both from a Router that reads the same tokens")
