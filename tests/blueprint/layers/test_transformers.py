"""The layers of transformers, held against PyTorch."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from blueprint import analyze
from tests.blueprint.examples import network, single
from tests.blueprint.issues import complaint
from tests.blueprint.layers.drawing import ANY_DTYPE, BOOLEANS, MOSTLY_FLOAT32, settings_of, shapes
from tests.blueprint.layers.held import held, same_when_named
from tests.blueprint.oracle import Entering, agree, around

Config = dict[str, Any]
ENCODER, DECODER = "TransformerEncoderLayer", "TransformerDecoderLayer"
ENTERING = {
    ENCODER: ["src", "src_mask", "src_key_padding_mask"],
    DECODER: [
        "tgt",
        "memory",
        "tgt_mask",
        "memory_mask",
        "tgt_key_padding_mask",
        "memory_key_padding_mask",
    ],
}
SETTINGS = {
    "dim_feedforward": st.integers(2, 9),
    "dropout": st.sampled_from([0, 0.1, 1]),
    "activation": st.sampled_from(["relu", "gelu"]),
    "layer_norm_eps": st.sampled_from([1e-5, 0.1]),
    "batch_first": BOOLEANS,
    "norm_first": BOOLEANS,
    "bias": BOOLEANS,
}
MASKS = st.sampled_from(("bool",) * 4 + ("float32",) * 4 + ("int64", "uint8"))


class Layer(nn.Module):
    """PyTorch's layer; the given ports take what enters, in order."""

    def __init__(self, type: str, features: int, config: Config, ports: list[str]) -> None:
        super().__init__()
        self.layer: nn.Module = getattr(nn, type)(**{"d_model": features, "batch_first": True, **config})
        self.ports = ports

    def forward(self, *given: Tensor) -> Tensor:
        made: Tensor = self.layer(**dict(zip(self.ports, given, strict=True)))
        return made


def layers(type: str, features: int, config: Config, ports: list[str]) -> Any:
    return lambda: Layer(type, features, config, ports)


SEQUENCES = st.tuples(shapes(1, 2, 4), st.sampled_from([2, 4, 4, 6, 3])).map(lambda x: [*x[0], x[1]]) | shapes(1, 4)


@settings(deadline=None)
@given(
    settings_of({"nhead": st.sampled_from([1, 2, 2, 3])}, d_model=st.sampled_from([2, 4, 6]), **SETTINGS),
    SEQUENCES,
    MOSTLY_FLOAT32,
)
def test_encoder_layers_agree_with_torch(config: Config, shape: list[int], dtype: str) -> None:
    case = (ENCODER, config, [(shape, dtype)])
    if agree(*case, layers(ENCODER, shape[-1], config, ["src"])):
        same_when_named(*case, (), range(len(shape) - 1))


@settings(deadline=None)
@given(
    settings_of({"nhead": st.sampled_from([1, 2, 2, 3])}, **SETTINGS),
    SEQUENCES,
    st.integers(1, 4),
    st.none() | shapes(1, 3, 4),
    st.tuples(MOSTLY_FLOAT32, MOSTLY_FLOAT32),
)
def test_decoder_layers_agree_with_torch(
    config: Config, tgt: list[int], sources: int, other: list[int] | None, dtypes: tuple[str, str]
) -> None:
    memory = list(tgt)
    if len(tgt) > 1:
        memory[-2 if config.get("batch_first", True) or len(tgt) == 2 else 0] = sources
    entering = [(tgt, dtypes[0]), (memory if other is None else other, dtypes[1])]
    agree(DECODER, config, entering, layers(DECODER, tgt[-1], config, ["tgt", "memory"]), ["tgt", "memory"])


@st.composite
def masked(draw: st.DrawFn, type: str) -> tuple[Config, Entering, list[str]]:
    """Sequences, and masks that mostly fit."""
    config = draw(settings_of({"nhead": st.sampled_from([1, 2])}, **SETTINGS))
    batch, targets, sources = draw(st.sampled_from([[], [1], [3]])), draw(st.integers(1, 4)), draw(st.integers(1, 4))
    first = config.get("batch_first", True)
    names = ENTERING[type][1:] if type == ENCODER else ENTERING[type][2:]
    ports = ENTERING[type][: len(ENTERING[type]) - len(names)]
    lengths = (targets, sources)[: len(ports)]
    entering = [([*batch, each, 4] if first or not batch else [each, *batch, 4], "float32") for each in lengths]
    for name in draw(st.lists(st.sampled_from(names), min_size=1, unique=True)):
        columns = sources if "memory" in name else targets
        each = [(batch or [1])[0] * config["nhead"], targets, columns]
        fitting = [[*batch, columns]] if "padding" in name else [each, each[1:]]
        shape = draw(st.sampled_from([*fitting * 4, [columns, targets], [columns], [1, 1]]))
        entering.append((shape, draw(MASKS)))
        ports.append(name)
    return config, entering, ports


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("type", [ENCODER, DECODER])
@settings(deadline=None)
@given(data=st.data())
def test_masks_agree_with_torch(type: str, data: st.DataObject) -> None:
    config, entering, ports = data.draw(masked(type))
    agree(type, config, entering, layers(type, 4, config, ports), ports)


@pytest.mark.parametrize("type", [ENCODER, DECODER])
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_what_these_layers_keep_is_told(type: str, data: st.DataObject) -> None:
    config = data.draw(settings_of({"nhead": st.sampled_from([1, 2, 4])}, **SETTINGS))
    # A dropout of 1, which nobody trains with, keeps single zeros.
    config["dropout"] = min(config.get("dropout", 0.1), 0.1)
    batch = data.draw(st.sampled_from([[], [2], [3]]))
    entering = [[7, *batch, 8], [5, *batch, 8]][: 1 if type == ENCODER else 2]
    if config.get("batch_first", True) and batch:
        entering = [[shape[1], shape[0], shape[2]] for shape in entering]
    ports = ENTERING[type][: len(entering)]
    held(type, config, [(shape, "float32") for shape in entering], layers(type, 8, config, ports), ports=ports)


@given(shapes(1, 5, 4), ANY_DTYPE)
def test_causal_masks_agree_with_torch(shape: list[int], dtype: str) -> None:
    def made(x: Tensor) -> Tensor:
        length = x.shape[-2]
        return torch.zeros(length, length, device=x.device).masked_fill(
            torch.ones(length, length, dtype=torch.bool, device=x.device).triu(1), float("-inf")
        )

    held("CausalMask", {}, [(shape, dtype)], lambda: made)


def test_a_causal_mask_hides_what_comes_later() -> None:
    """Between a mask and what reads it, sizes that are named stay the same."""
    graph = network(
        [
            ("in", "Input", {"shape": ["B", "T", 8]}),
            ("mask", "CausalMask", {}),
            ("layer", ENCODER, {"nhead": 2}),
            ("out", "Output", {}),
        ],
        [("in", "layer", "src"), ("in", "mask"), ("mask", "layer", "src_mask"), ("layer", "out")],
    )
    assert analyze(graph).issues == ()


MESSAGES = [
    (
        single(ENCODER, {"nhead": 5}, ["B", "T", 64]),
        f"{ENCODER} `layer`: d_model 64 cannot be shared by 5 heads equally; set the heads to a divisor of 64",
    ),
    (
        single(ENCODER, {"nhead": 4}, ["B", 64, 8, 8]),
        f"{ENCODER} `layer`: needs a sequence [N, L, features] or [L, features] but gets [B, 64, 8, 8];"
        " bring it to that form by Reshape",
    ),
    (
        single(ENCODER, {"nhead": 4, "activation": "silu"}, ["B", "T", 64]),
        f'{ENCODER} `layer`: activation is "silu"; it must be one of "relu", "gelu"',
    ),
    (
        around(DECODER, {"nhead": 2}, [([2, 5, 8], "float32"), ([2, 7, 6], "float32")], ["tgt", "memory"]),
        f"{DECODER} `layer`: memory [2, 7, 6] does not belong to tgt [2, 5, 8];"
        " give it the batch and the features of tgt",
    ),
    (
        around(
            DECODER,
            {"nhead": 2},
            [([2, 5, 8], "float32"), ([2, 7, 8], "float32"), ([7, 5], "bool")],
            ["tgt", "memory", "memory_mask"],
        ),
        f"{DECODER} `layer`: memory_mask is [7, 5] but must be [5, 7] or [4, 5, 7];"
        " give it one row for each query and one column for each key",
    ),
    (
        single("CausalMask", {}, ["T"]),
        "CausalMask `layer`: needs a sequence [..., length, features] but gets [T]; feed it what attention reads",
    ),
]


@pytest.mark.parametrize(("graph", "message"), MESSAGES)
def test_mistakes_are_told_with_what_to_do(graph: Any, message: str) -> None:
    assert complaint(graph) == message
