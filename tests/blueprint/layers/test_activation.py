"""Activations, held against PyTorch."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from blueprint import analyze
from foundry.modules.swi_glu import SwiGLU
from tests.blueprint.examples import single
from tests.blueprint.layers.drawing import BOOLEANS, Config, Drawn, drawn, settings_of, shapes
from tests.blueprint.layers.ends_kept import keeps_the_same_ends
from tests.blueprint.layers.held import held

NUMBERS = st.sampled_from([0, 0.5, 1, 2.5, 20])
SIGNED = NUMBERS | st.sampled_from([-0.5, -1, -20])
DIMS = st.integers(-4, 3)
SHAPES = shapes(1, 5)

ACTIVATIONS: dict[str, st.SearchStrategy[Config]] = {
    **{
        type: st.just({})
        for type in (
            "ReLU",
            "ReLU6",
            "SELU",
            "SiLU",
            "Mish",
            "Hardswish",
            "Hardsigmoid",
            "Sigmoid",
            "LogSigmoid",
            "Tanh",
            "Tanhshrink",
            "Softsign",
            "Softmax2d",
        )
    },
    "LeakyReLU": settings_of(negative_slope=SIGNED),
    "ELU": settings_of(alpha=SIGNED),
    "CELU": settings_of(alpha=SIGNED),
    "GELU": settings_of(approximate=st.sampled_from(["none", "tanh"])),
    "Softplus": settings_of(beta=SIGNED, threshold=SIGNED),
    "Softshrink": settings_of(lambd=NUMBERS),
    "Hardshrink": settings_of(lambd=SIGNED),
    "Hardtanh": settings_of(min_val=SIGNED, max_val=SIGNED),
    "Threshold": settings_of({"threshold": SIGNED, "value": SIGNED}),
    "RReLU": settings_of(lower=SIGNED, upper=SIGNED),
    "PReLU": settings_of(num_parameters=st.integers(1, 4), init=SIGNED),
    "GLU": settings_of(dim=DIMS),
    "Softmax": settings_of(dim=DIMS),
    "Softmin": settings_of(dim=DIMS),
    "LogSoftmax": settings_of(dim=DIMS),
}


@pytest.mark.filterwarnings("ignore:Implicit dimension choice:UserWarning")
@pytest.mark.parametrize("type", ACTIVATIONS)
@settings(deadline=None)
@given(data=st.data())
def test_activations_agree_with_torch(type: str, data: st.DataObject) -> None:
    config, (shape, dtype) = data.draw(drawn(ACTIVATIONS[type], SHAPES))
    if dtype == "uint8" and any(isinstance(value, float | int) and value < 0 for value in config.values()):
        # PyTorch lets some numbers below 0 wrap around in uint8; we refuse them all.
        refused(type, config, shape, dtype)
        return
    open = () if type == "PReLU" else range(len(shape)) if type != "GLU" else halved_once(config, shape)
    held(type, config, [(shape, dtype)], lambda: getattr(nn, type)(**config), open=open)
    keeps_the_same_ends(type, config, [(shape, dtype)], lambda: getattr(nn, type)(**config))


def halved_once(config: Config, shape: list[int]) -> list[int]:
    """The axes that a GLU does not halve."""
    dim = config.get("dim", -1)
    return [axis for axis in range(len(shape)) if axis not in (dim, dim + len(shape))]


def refused(type: str, config: Config, shape: list[int], dtype: str) -> None:
    assert not analyze(single(type, config, list(shape), dtype)).valid


@pytest.mark.parametrize("type", ["Hardtanh", "Threshold", "Hardshrink", "Softshrink"])
@pytest.mark.parametrize(("dtype", "number"), [("float16", 7e4), ("int32", 3e9), ("uint8", 300), ("int64", 1e20)])
def test_a_setting_out_of_range_of_the_input_is_refused(type: str, dtype: str, number: float) -> None:
    given = {"Hardtanh": {"max_val": number}, "Threshold": {"threshold": 0, "value": number}}
    config = given.get(type, {"lambd": number})
    with pytest.raises(RuntimeError):
        getattr(nn, type)(**config)(torch.zeros(2, dtype=getattr(torch, dtype)))
    refused(type, config, [2], dtype)


def test_a_glu_halves_a_named_size() -> None:
    analysis = analyze(single("GLU", {}, ["B", "2*H"]))
    assert analysis.valid
    assert [str(size) for size in analysis.nodes["layer"].outputs["out"].shape] == ["B", "H"]
    assert not analyze(single("GLU", {}, ["B", "2*H + 1"])).valid
    (issue,) = analyze(single("GLU", {}, ["B", "H"])).issues
    assert (issue.severity, issue.message) == (
        "warning",
        "GLU `layer`: cannot halve dimension 1 of [B, H], whose size H may be odd; give it an even size",
    )


class Gated(nn.Module):
    """SwiGLU as its paper writes it: (SiLU(xW) * xV) W2."""

    def __init__(self, features: int, hidden: int, out: int, bias: bool) -> None:
        super().__init__()
        self.w, self.v = nn.Linear(features, hidden, bias), nn.Linear(features, hidden, bias)
        self.w2 = nn.Linear(hidden, out, bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mixed: torch.Tensor = self.w2(functional.silu(self.w(x)) * self.v(x))
        return mixed


@settings(deadline=None)
@given(
    drawn(
        settings_of(
            {"hidden_features": st.integers(1, 9)},
            in_features=st.integers(1, 4),
            out_features=st.none() | st.integers(1, 5),
            bias=BOOLEANS,
        ),
        SHAPES,
    )
)
def test_swiglu_agrees_with_torch(case: Drawn) -> None:
    config, (shape, dtype) = case
    features = config.get("in_features", shape[-1])
    out = config.get("out_features") or features
    held(
        "SwiGLU",
        config,
        [(shape, dtype)],
        lambda: Gated(features, config["hidden_features"], out, config.get("bias", True)),
        open=range(len(shape) - 1),
    )


def test_the_class_of_swiglu_computes_what_its_paper_says() -> None:
    paper, ours = Gated(4, 6, 3, True), SwiGLU(4, 6, 3)
    assert list(ours.state_dict()) == [
        f"{name}.{part}" for name in ("gate_proj", "up_proj", "down_proj") for part in ("weight", "bias")
    ]
    ours.load_state_dict(dict(zip(ours.state_dict(), paper.state_dict().values(), strict=True)))
    x = torch.randn(5, 4)
    assert torch.equal(ours(x), paper(x))


MESSAGES = [
    (
        ("PReLU", {"num_parameters": 4}, ["B", 3, 8, 8]),
        "num_parameters is 4, which does not fit the channels of [B, 3, 8, 8];"
        " set it to 1 or to the size of dimension 1",
    ),
    (
        ("Softmax", {"dim": 2}, ["B", 10]),
        "dim is 2 but the input has 2 dimensions; set dim to a value from -2 to 1",
    ),
    (
        ("GLU", {}, ["B", 7]),
        "cannot halve dimension 1 of [B, 7], whose size 7 is odd; give it an even size",
    ),
    (
        ("Hardtanh", {"min_val": 1, "max_val": 0}, ["B", 7]),
        "min_val is not less than max_val; exchange the two or move them apart",
    ),
    (
        ("Softmax2d", {}, ["B", 10]),
        "needs an image [N, C, H, W] or [C, H, W] but gets [B, 10]; feed it an image, or use Softmax with a dim",
    ),
    (
        ("SwiGLU", {"hidden_features": 8}, ["B", "T"]),
        "cannot size its weights: the input gives in_features = T, which is not a number;"
        " give the Input a fixed size there, or pool to one",
    ),
]


@pytest.mark.parametrize(("node", "message"), MESSAGES)
def test_messages_say_how_to_mend_it(node: Any, message: str) -> None:
    type, config, shape = node
    (issue,) = [each for each in analyze(single(type, config, shape)).issues if each.node == "layer"]
    assert issue.message == f"{type} `layer`: {message}"
