"""Recurrent layers (torch.nn, "Recurrent Layers"); what they keep is in `recurrent_memory`."""

from blueprint.catalogue.checks import determined, like_weights
from blueprint.catalogue.layer import TRAINABLE, Config, Example, Facts, Field, Port, Report, Tensor, layer
from blueprint.catalogue.recurrent_memory import kept_by_fused, kept_step_by_step
from blueprint.catalogue.words import count, sizes
from blueprint.dimensions import Dim, equal, every, product

SIZES = (
    Field("input_size", "integer", "Features of each step.", minimum=1, unit="features", determined=True),
    Field("hidden_size", "integer", "Features of the state.", minimum=1, unit="features", required=True),
    Field("num_layers", "integer", "Layers on top of one another.", default=1, minimum=1, maximum=1000),
)
COMMON = (
    Field("bias", "boolean", "Learn biases, too.", default=True),
    Field("batch_first", "boolean", "Sizes are [batch, steps, features], not [steps, batch, features].", default=True),
    Field("dropout", "number", "Chance of a zero between layers.", default=0, minimum=0, maximum=1, unit="probability"),
    Field("bidirectional", "boolean", "Read backwards as well.", default=False),
)
LAST = "{state}[-{directions}:].movedim(0, -2).flatten(-2)"
ONE_STATE = {"output": "result[0]", "h_n": "result[1]", "last": LAST.replace("{state}", "result[1]")}
TWO_STATES = {
    "output": "result[0]",
    "h_n": "result[1][0]",
    "c_n": "result[1][1]",
    "last": LAST.replace("{state}", "result[1][0]"),
}
IN_AND_STATE = (Port("in"), Port("h_0", optional=True))


@layer(
    "RNN",
    "recurrent",
    "Reads a sequence, making each state from the step and the state before (Elman 1990).",
    *SIZES,
    Field("nonlinearity", "choice", "What bounds the state.", default="tanh", choices=("tanh", "relu")),
    *COMMON,
    TRAINABLE,
    inputs=IN_AND_STATE,
    outputs=("output", "h_n", "last"),
    returns=ONE_STATE,
    example=Example({"hidden_size": 32}, ("[B, T, 8]",), ("[B, T, 32]", "[1, B, 32]", "[B, 32]"), 1344, "1280*T"),
)
def rnn(x: Tensor, h_0: Tensor | None, c: Config, report: Report) -> Facts | None:
    return recurrent(x, h_0, None, 1, c["hidden_size"], c, report)


@layer(
    "LSTM",
    "recurrent",
    "Long short-term memory: reads a sequence with a state that gates protect.",
    *SIZES,
    *COMMON,
    Field("proj_size", "integer", "Size the state is projected to; 0 for none.", default=0, minimum=0),
    TRAINABLE,
    inputs=(*IN_AND_STATE, Port("c_0", optional=True)),
    outputs=("output", "h_n", "c_n", "last"),
    returns=TWO_STATES,
    call=("in", "(h_0, c_0)"),
    example=Example(
        {"hidden_size": 32},
        ("[B, T, 8]",),
        ("[B, T, 32]", "[1, B, 32]", "[1, B, 32]", "[B, 32]"),
        5376,
        "5120*T",
    ),
)
def lstm(x: Tensor, h_0: Tensor | None, c_0: Tensor | None, c: Config, report: Report) -> Facts | None:
    """Four gates (Hochreiter and Schmidhuber 1997); weights as in torch.nn.LSTM, "Variables"."""
    projected = c["proj_size"]
    if projected >= c["hidden_size"]:
        what = f"proj_size is {projected}, which is not less than hidden_size {c['hidden_size']}"
        report(False, "bad_config", what, "use a smaller proj_size, or 0 for no projection")
        return None
    if (h_0 is None) != (c_0 is None):
        given, missing = ("c_0", "h_0") if h_0 is None else ("h_0", "c_0")
        report(False, "missing_input", f"gets {given} but not {missing}", f"connect {missing} as well, or neither")
        return None
    return recurrent(x, h_0, c_0, 4, projected if projected > 0 else c["hidden_size"], c, report)


@layer(
    "GRU",
    "recurrent",
    "Gated recurrent unit: reads a sequence with a state that two gates protect (Cho et al. 2014).",
    *SIZES,
    *COMMON,
    TRAINABLE,
    inputs=IN_AND_STATE,
    outputs=("output", "h_n", "last"),
    returns=ONE_STATE,
    example=Example({"hidden_size": 32}, ("[B, T, 8]",), ("[B, T, 32]", "[1, B, 32]", "[B, 32]"), 4032, "3840*T"),
)
def gru(x: Tensor, h_0: Tensor | None, c: Config, report: Report) -> Facts | None:
    return recurrent(x, h_0, None, 3, c["hidden_size"], c, report)


def recurrent(
    x: Tensor, h_0: Tensor | None, c_0: Tensor | None, gates: int, state: int, c: Config, report: Report
) -> Facts | None:
    """What RNN, LSTM and GRU share: `gates` times the hidden size is computed from input and state at each step."""
    if not like_weights(x, report) or not _is_sequence(x, report):
        return None
    features = determined(c, "input_size", x.shape[-1], report)
    if features is None:
        return None
    directions, layers, hidden = 2 if c["bidirectional"] else 1, c["num_layers"], c["hidden_size"]
    batch = _batch(x, c)
    h_n = Tensor((directions * layers, *batch, state))
    c_n = Tensor((directions * layers, *batch, hidden))
    if not _starts("h_0", h_0, h_n, report) or not _starts("c_0", c_0, c_n, report):
        return None
    weights = _weights(features, gates, state, directions, c)
    last = Tensor((*batch, directions * state))
    fused = gates == 4 and c["proj_size"] == 0
    copied = c["batch_first"] and len(x.shape) == 3
    if fused:
        kept = kept_by_fused(x, product(batch), features, c)
    else:
        kept = kept_step_by_step(x, product(batch), features, gates, state, c)
    return Facts(
        (Tensor((*x.shape[:-1], directions * state)), h_n, *[c_n for _ in range(gates // 4)], last),
        params=weights + (directions * layers * 2 * gates * hidden if c["bias"] else 0),
        macs=product(x.shape[:-1]) * weights,
        determined={"input_size": features, "directions": directions},
        keeps_ports=(*(() if copied else ("in",)), *(("output",) if fused and directions == 1 else ())),
        keeps=(Tensor((kept,)),),
    )


def _weights(features: int, gates: int, state: int, directions: int, c: Config) -> int:
    """Numbers in the matrices, each of which multiplies once for each step."""
    hidden: int = c["hidden_size"]
    layers: int = c["num_layers"]
    own = gates * hidden * state + (hidden * state if gates == 4 and c["proj_size"] > 0 else 0)
    first = gates * hidden * features + own
    later = gates * hidden * directions * state + own
    return directions * (first + (layers - 1) * later)


def _is_sequence(x: Tensor, report: Report) -> bool:
    rank = len(x.shape)
    if rank == 2 or rank == 3:
        return True
    what = f"needs a sequence [N, L, features] or [L, features] but gets {sizes(x.shape)}, which has"
    return report(False, "shape_mismatch", f"{what} {count(rank, 'dimension')}", "bring it to that form by Reshape")


def _batch(x: Tensor, c: Config) -> tuple[Dim, ...]:
    if len(x.shape) == 2:
        return ()
    return (x.shape[0],) if c["batch_first"] else (x.shape[1],)


def _starts(name: str, given: Tensor | None, wanted: Tensor, report: Report) -> bool:
    """Whether a first state, if there is one, has the form of the last."""
    if given is None:
        return True
    if not like_weights(given, report):
        return False
    alike = len(given.shape) == len(wanted.shape)
    fine = alike and every(*[equal(a, b) for a, b in zip(given.shape, wanted.shape, strict=True)])
    if fine is True:
        return True
    need = "must be" if fine is False else "may not be"
    what = f"{name} is {sizes(given.shape)} but {need} [layers and directions, batch, features] = {sizes(wanted.shape)}"
    return report(fine, "shape_mismatch", what, "bring it to that shape, or leave it open for zeros")
