"""Rules of attention, recurrence, lookup and ends say the same in TypeScript, also where sizes are left open."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueprint import analyze, to_document
from tests.blueprint.browser import ask
from tests.blueprint.layers import test_attention as attention
from tests.blueprint.layers import test_channels as channels
from tests.blueprint.layers import test_ends as ends
from tests.blueprint.layers import test_linear as linear
from tests.blueprint.layers import test_recurrent as recurrent
from tests.blueprint.layers import test_scaled_attention as scaled
from tests.blueprint.layers import test_self_attention as themselves
from tests.blueprint.layers import test_transformers as transformers
from tests.blueprint.layers.drawing import ANY_DTYPE, MOSTLY_FLOAT32, settings_of, shapes, spatial
from tests.blueprint.oracle import around

NAMES = {1: "B", 2: "T", 3: "2*T", 4: "T + 3", 5: "S", 6: "H//2"}
Entering = list[tuple[list[Any], str]]
Case = tuple[dict[str, Any], Entering, list[str]]


def alone(config: st.SearchStrategy[Any], shape: st.SearchStrategy[list[int]], dtype: Any = MOSTLY_FLOAT32) -> Any:
    """Settings and one tensor for the first port."""
    return st.tuples(config, shape, dtype).map(lambda case: (case[0], [(case[1], case[2])], []))


def beside(config: st.SearchStrategy[Any], entering: st.SearchStrategy[Any], ports: list[str]) -> Any:
    """Settings and several tensors, for ports in this order."""
    return st.tuples(config, entering).map(lambda case: (case[0], list(case[1]), ports))


@st.composite
def reading(draw: st.DrawFn, type: str) -> Case:
    """A recurrent layer, a sequence, and sometimes first states that mostly fit."""
    config, shape = draw(recurrent.configs(type)), draw(shapes(2, 3, 4))
    ports = ["in", "h_0", "c_0"][: draw(st.integers(1, 3 if type == "LSTM" else 2))]
    layers = config.get("num_layers", 1) * (2 if config.get("bidirectional") else 1)
    batch = [] if len(shape) == 2 else [shape[0] if config.get("batch_first", True) else shape[1]]
    state = st.sampled_from([config["hidden_size"], config.get("proj_size") or config["hidden_size"]])
    states = [([layers, *batch, draw(state)], draw(MOSTLY_FLOAT32)) for _ in ports[1:]]
    return config, [(shape, draw(MOSTLY_FLOAT32)), *states], ports


HEADED = settings_of({"num_heads": st.sampled_from([1, 2, 3])}, **attention.ATTENTION)
SCALED = settings_of(**{**scaled.SETTINGS, "enable_gqa": st.booleans()})
SELF = settings_of({"num_heads": themselves.HEADS}, **themselves.SETTINGS)
ENCODING = settings_of({"nhead": st.sampled_from([1, 2, 3])}, **transformers.SETTINGS)
WEIGHED = st.tuples(shapes(1, 3), shapes(1, 3)).map(lambda two: [(two[0], "int64"), (two[1], "float32")])
CASES: dict[str, st.SearchStrategy[Case]] = {
    **{type: reading(type) for type in recurrent.TYPES},
    "MultiheadAttention": attention.masked().map(lambda case: (case[0], case[1], ["query", "key", *case[2]]))
    | beside(HEADED, attention.sequences(), attention.PORTS)
    | alone(HEADED, shapes(1, 4)),
    "ScaledDotProductAttention": beside(
        SCALED,
        (scaled.sequences() | scaled.sequences(shared=True)).map(lambda found: [(shape, "float32") for shape in found]),
        scaled.PORTS,
    )
    | beside(
        SCALED,
        scaled.masks().map(lambda case: [(case[0], "float32"), (case[1], case[2])]),
        ["query", "attn_mask"],
    ),
    "SelfAttention": alone(SELF, themselves.SEQUENCES),
    "CrossAttention": beside(themselves.CROSS, themselves.pairs(), ["in", "context"]),
    "TransformerEncoderLayer": transformers.masked("TransformerEncoderLayer") | alone(ENCODING, shapes(1, 4)),
    "TransformerDecoderLayer": transformers.masked("TransformerDecoderLayer")
    | beside(ENCODING, themselves.pairs(), ["tgt", "memory"]),
    "CausalMask": alone(st.just({}), shapes(1, 4)),
    "Embedding": alone(settings_of(linear.TABLES, **linear.LOOKUP), shapes(1, 3), linear.TOKENS),
    "EmbeddingBag": alone(linear.BAGS, shapes(1, 3), linear.TOKENS)
    | beside(linear.BAGS, WEIGHED, ["in", "per_sample_weights"]),
    "Bilinear": beside(
        settings_of({"out_features": linear.FEATURES}, in1_features=linear.FEATURES),
        st.tuples(shapes(1, 3), shapes(1, 3)).map(lambda two: [(shape, "float32") for shape in two]),
        ["input1", "input2"],
    ),
    "SqueezeExcite": alone(channels.EXCITING, spatial(2)),
    "LayerScale": alone(settings_of(dim=st.integers(-5, 4), features=st.integers(1, 4)), shapes(1, 4)),
    "BoardInput": alone(
        settings_of(size=st.integers(1, 4)), shapes(1, 4), st.sampled_from(["int64", "int32", "uint8", "float32"])
    ),
}


@pytest.mark.parametrize("type", CASES)
@given(st.data())
def test_rules_say_the_same_in_both_languages(type: str, data: st.DataObject) -> None:
    """Some sizes are left open, those of a size alike."""
    config, entering, ports = data.draw(CASES[type])
    open = data.draw(st.sets(st.sampled_from(sorted(NAMES))))
    named: Any = [([NAMES[size] if size in open else size for size in shape], dtype) for shape, dtype in entering]
    graph = around(type, config, named, ports)
    (answer,) = ask("analyze", [json.dumps(to_document(graph))], {})
    assert json.loads(answer) == analyze(graph).to_json()


@given(
    st.sampled_from(["Constant", "Parameter"]),
    st.fixed_dictionaries(
        {},
        optional={
            "value": ends.VALUES | st.floats(-300, 300),
            "shape": st.lists(st.sampled_from([1, 2, 3, "B", "T + 1"]), min_size=1, max_size=3),
            "dtype": ANY_DTYPE,
            "init": st.sampled_from(["zeros", "ones", "normal"]),
        },
    ),
)
def test_ends_say_the_same_in_both_languages(type: str, config: dict[str, Any]) -> None:
    graph = ends.alone(type, config)
    (answer,) = ask("analyze", [json.dumps(to_document(graph))], {})
    assert json.loads(answer) == analyze(graph).to_json()
