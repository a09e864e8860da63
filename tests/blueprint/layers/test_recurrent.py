"""RNN, LSTM and GRU, held against PyTorch.

The bytes they keep are exact, but for oneDNN's LSTM: the 7 parts of its workspace take whole pages.
"""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from blueprint import analyze
from tests.blueprint.examples import network, single
from tests.blueprint.issues import complaint
from tests.blueprint.layers.drawing import BOOLEANS, MOSTLY_FLOAT32, settings_of, shapes
from tests.blueprint.layers.held import same_when_named, told_bytes
from tests.blueprint.oracle import agree, around, kept_bytes, sample

Config = dict[str, Any]
TYPES = ("RNN", "LSTM", "GRU")
PAGE = 4096
COMMON = {
    "num_layers": st.integers(1, 3),
    "bias": BOOLEANS,
    "batch_first": BOOLEANS,
    "dropout": st.sampled_from([0, 0.5]),
    "bidirectional": BOOLEANS,
    "input_size": st.integers(1, 4),
}
OWN: dict[str, dict[str, Any]] = {
    "RNN": {"nonlinearity": st.sampled_from(["tanh", "relu"])},
    "LSTM": {"proj_size": st.integers(0, 3)},
    "GRU": {},
}


class Reading(nn.Module):
    """A recurrent module that tells everything its node gives: also `last`, the state each direction ends with."""

    def __init__(self, type: str, features: int, config: Config) -> None:
        super().__init__()
        self.reader: nn.RNNBase = getattr(nn, type)(**{"input_size": features, "batch_first": True, **config})

    def forward(self, x: Tensor, *states: Tensor) -> tuple[Tensor, ...]:
        first = states if len(states) > 1 else states[0] if states else None
        output, state = self.reader(x, first)
        h_n, *others = state if isinstance(state, tuple) else (state,)
        directions = [h_n[-2], h_n[-1]] if self.reader.bidirectional else [h_n[-1]]
        return output, h_n, *others, torch.cat(directions, -1)


def configs(type: str) -> st.SearchStrategy[Config]:
    return settings_of({"hidden_size": st.integers(1, 5)}, **COMMON, **OWN[type])


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("type", TYPES)
@settings(deadline=None)
@given(data=st.data())
def test_readers_agree_with_torch(type: str, data: st.DataObject) -> None:
    config = data.draw(configs(type))
    shape, dtype = data.draw(shapes(2, 3, 5) | shapes(1, 4)), data.draw(MOSTLY_FLOAT32)
    if agree(type, config, [(shape, dtype)], lambda: Reading(type, shape[-1], config)):
        same_when_named(type, config, [(shape, dtype)], (), range(len(shape) - 1))


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("type", TYPES)
@settings(deadline=None, max_examples=30)
@given(data=st.data())
def test_what_readers_keep_is_told(type: str, data: st.DataObject) -> None:
    """Of sequences long enough that whole pages do not matter, and in which no size of 1 saves a copy."""
    config = {**data.draw(configs(type)), "hidden_size": data.draw(st.sampled_from([16, 40, 64]))}
    shape = data.draw(st.sampled_from([[8, 16, 24], [24, 8, 40], [60, 64]]))
    config = {name: value for name, value in config.items() if name != "input_size"}
    kept = kept_bytes(Reading(type, shape[-1], config), [sample(shape, "float32")])
    fused = type == "LSTM" and not config.get("proj_size")
    calls = config.get("num_layers", 1) * (2 if config.get("bidirectional") else 1) if fused else 0
    told = told_bytes(type, config, [(shape, "float32")])
    assert told <= kept <= told + calls * 7 * PAGE, (config, shape, told, kept)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("type", TYPES)
@settings(deadline=None)
@given(data=st.data())
def test_first_states_agree_with_torch(type: str, data: st.DataObject) -> None:
    config = data.draw(configs(type))
    shape = data.draw(shapes(2, 3, 3))
    layers = config.get("num_layers", 1) * (2 if config.get("bidirectional") else 1)
    batch = [] if len(shape) == 2 else [shape[0] if config.get("batch_first", True) else shape[1]]
    hidden = config["hidden_size"]
    fitting = [[layers, *batch, config.get("proj_size") or hidden], [layers, *batch, hidden]]
    ports = ["in", "h_0", "c_0"][: 3 if type == "LSTM" else 2]
    states = [
        (data.draw(st.sampled_from([fitting[n], fitting[n], fitting[n], fitting[0]]) | shapes(2, 3, 2)), dtype)
        for n, dtype in enumerate(data.draw(st.tuples(MOSTLY_FLOAT32, MOSTLY_FLOAT32))[: len(ports) - 1])
    ]
    entering = [(shape, "float32"), *states]
    if config.get("proj_size") and states[-1][1] != "float32":
        # An LSTM with a projection promotes c_0 on the CPU, where it is not fused; others do not, nor do GPUs.
        assert not analyze(around(type, config, entering, ports)).valid
        return
    agree(type, config, entering, lambda: Reading(type, shape[-1], config), ports=ports)


@pytest.mark.parametrize("type", TYPES)
def test_what_is_kept_of_a_long_text_follows_its_length(type: str) -> None:
    """Tokens of 100 features, 16 sequences of 100: as texts are read."""
    config, shape = {"hidden_size": 96, "num_layers": 2, "bidirectional": True}, [16, 100, 100]
    kept = kept_bytes(Reading(type, 100, config), [sample(shape, "float32")])
    assert told_bytes(type, config, [(shape, "float32")]) == pytest.approx(kept, rel=0.01)


def test_last_is_what_each_direction_ends_with() -> None:
    graph = single("GRU", {"hidden_size": 5, "bidirectional": True, "num_layers": 2}, ["B", "T", 3])
    outputs = analyze(graph).nodes["layer"].outputs
    assert {port: [str(size) for size in tensor.shape] for port, tensor in outputs.items()} == {
        "output": ["B", "T", "10"],
        "h_n": ["4", "B", "5"],
        "last": ["B", "10"],
    }


def test_frozen_readers_train_nothing() -> None:
    figures = analyze(single("LSTM", {"hidden_size": 4, "trainable": False}, [2, 3, 5])).nodes["layer"]
    assert (figures.params, figures.trainable_params) == (4 * 4 * (5 + 4 + 2), 0)


MESSAGES = [
    (
        single("LSTM", {"hidden_size": 8}, ["B", 3, 8, 8]),
        "LSTM `layer`: needs a sequence [N, L, features] or [L, features] but gets [B, 3, 8, 8],"
        " which has 4 dimensions; bring it to that form by Reshape",
    ),
    (
        single("GRU", {"hidden_size": 8}, ["B", "T"], "int64"),
        "GRU `layer`: has float32 weights but gets int64;"
        " give the Input dtype float32, or put an Embedding before it if these are tokens",
    ),
    (
        single("LSTM", {"hidden_size": 8, "proj_size": 8}, ["B", "T", 4]),
        "LSTM `layer`: proj_size is 8, which is not less than hidden_size 8;"
        " use a smaller proj_size, or 0 for no projection",
    ),
    (
        single("RNN", {"hidden_size": 8, "nonlinearity": "gelu"}, ["B", "T", 4]),
        'RNN `layer`: nonlinearity is "gelu"; it must be one of "tanh", "relu"',
    ),
    (
        around("GRU", {"hidden_size": 8}, [([2, 5, 4], "float32"), ([2, 8], "float32")], ["in", "h_0"]),
        "GRU `layer`: h_0 is [2, 8] but must be [layers and directions, batch, features] = [1, 2, 8];"
        " bring it to that shape, or leave it open for zeros",
    ),
    (
        around("LSTM", {"hidden_size": 8}, [([2, 5, 4], "float32"), ([1, 2, 8], "float32")], ["in", "c_0"]),
        "LSTM `layer`: gets c_0 but not h_0; connect h_0 as well, or neither",
    ),
]


@pytest.mark.parametrize(("graph", "message"), MESSAGES)
def test_mistakes_are_told_with_what_to_do(graph: Any, message: str) -> None:
    assert complaint(graph) == message


def test_a_first_state_of_open_size_may_fit() -> None:
    graph = network(
        [
            ("in", "Input", {"shape": ["B", "T", 4]}),
            ("state", "Input", {"shape": [1, "N", 8]}),
            ("layer", "GRU", {"hidden_size": 8}),
            ("out", "Output", {}),
        ],
        [("in", "layer", "in"), ("state", "layer", "h_0"), ("layer", "out")],
    )
    (issue,) = analyze(graph).issues
    assert issue.severity == "warning"
    assert issue.message.startswith("GRU `layer`: h_0 is [1, N, 8] but may not be [layers and directions, batch,")
