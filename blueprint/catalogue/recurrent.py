"""Recurrent layers (torch.nn, "Recurrent Layers")."""

from blueprint.catalogue.checks import determined, like_weights
from blueprint.catalogue.layer import TRAINABLE, Config, Example, Facts, Field, Port, Report, Tensor, layer
from blueprint.catalogue.words import count, sizes
from blueprint.dimensions import Dim, product

COMMON = (
    Field("input_size", "integer", "Features of each step.", minimum=1, unit="features", determined=True),
    Field("hidden_size", "integer", "Features of the state.", minimum=1, unit="features", required=True),
    Field("num_layers", "integer", "Layers on top of one another.", default=1, minimum=1, maximum=1000),
    Field("bias", "boolean", "Use the learned biases.", default=True),
    Field("batch_first", "boolean", "Input is [batch, steps, features], not [steps, batch, ...].", default=True),
    Field("dropout", "number", "Chance of a zero between layers.", default=0, minimum=0, maximum=1),
    Field("bidirectional", "boolean", "Read the steps backwards as well.", default=False),
)


@layer(
    "LSTM",
    "recurrent",
    "Long short-term memory: reads a sequence with a state that gates protect.",
    *COMMON,
    Field("proj_size", "integer", "Size the state is projected to; 0 for none.", default=0, minimum=0),
    TRAINABLE,
    outputs=("output", "h_n", "c_n", "last"),
    returns={
        "output": "result[0]",
        "h_n": "result[1][0]",
        "c_n": "result[1][1]",
        "last": "result[1][0][-{directions}:].transpose(-3, -2).flatten(-2)",
    },
    example=Example(
        {"hidden_size": 32},
        ("[B, T, 8]",),
        ("[B, T, 32]", "[1, B, 32]", "[1, B, 32]", "[B, 32]"),
        5376,
        "5120*T",
    ),
)
def lstm(x: Tensor, c: Config, report: Report) -> Facts | None:
    """Four gates (Hochreiter and Schmidhuber 1997); weights as in torch.nn.LSTM, "Variables"."""
    projected = c["proj_size"]
    if projected >= c["hidden_size"]:
        what = f"proj_size is {projected}, which is not less than hidden_size {c['hidden_size']}"
        report(False, "bad_config", what, "use a smaller proj_size, or 0 for no projection")
        return None
    return recurrent(x, 4, projected if projected > 0 else c["hidden_size"], c, report)


def recurrent(x: Tensor, gates: int, state: int, c: Config, report: Report) -> Facts | None:
    """What RNN, LSTM and GRU share: `gates` times the hidden size is computed from input and state at each step."""
    if not like_weights(x, report) or not _is_sequence(x, report):
        return None
    features = determined(c, "input_size", x.shape[-1], report)
    if features is None:
        return None
    directions = 2 if c["bidirectional"] else 1
    hidden, layers = c["hidden_size"], c["num_layers"]
    wide = gates * hidden
    own = hidden * state if gates == 4 and c["proj_size"] > 0 else 0
    first = wide * (features + state) + own
    later = wide * (directions * state + state) + own
    weights = directions * (first + (layers - 1) * later)
    biases = directions * layers * 2 * wide if c["bias"] else 0
    batch = _batch(x, c)
    h_n = Tensor((directions * layers, *batch, state))
    c_n = Tensor((directions * layers, *batch, hidden))
    outputs = [Tensor((*x.shape[:-1], directions * state)), h_n]
    if gates == 4:
        outputs.append(c_n)
    outputs.append(Tensor((*batch, directions * state)))
    return Facts(
        tuple(outputs),
        params=weights + biases,
        macs=product(x.shape[:-1]) * weights,
        determined={"input_size": features, "directions": directions},
        keeps_input=True,
        keeps_output=True,
    )


def _is_sequence(x: Tensor, report: Report) -> bool:
    rank = len(x.shape)
    if rank == 2 or rank == 3:
        return True
    what = f"needs a sequence [N, L, features] or [L, features] but gets {sizes(x.shape)}, which has {count(rank, 'dimension')}"
    return report(False, "shape_mismatch", what, "feed it a sequence, by Embedding or Reshape")


def _batch(x: Tensor, c: Config) -> tuple[Dim, ...]:
    if len(x.shape) == 2:
        return ()
    return (x.shape[0],) if c["batch_first"] else (x.shape[1],)
