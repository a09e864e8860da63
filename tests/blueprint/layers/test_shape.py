"""Layers that give the same numbers another shape, held against PyTorch."""

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from blueprint import analyze, resolve
from tests.blueprint.examples import single
from tests.blueprint.issues import complaint
from tests.blueprint.layers.drawing import BOOLEANS, Drawn, drawn, settings_of, shapes
from tests.blueprint.layers.held import held

ANY = shapes(0, 4)
DIM = st.integers(-5, 4)


@given(drawn(st.just({}), ANY))
def test_identity_agrees_with_torch(case: Drawn) -> None:
    config, entering = case
    held("Identity", config, [entering], nn.Identity, open=(0,))


@given(drawn(settings_of(start_dim=DIM, end_dim=DIM), ANY))
def test_flatten_agrees_with_torch(case: Drawn) -> None:
    config, entering = case
    held("Flatten", config, [entering], lambda: nn.Flatten(**config), open=range(4))


@st.composite
def factored(draw: st.DrawFn, most: int = 3) -> tuple[list[int], int]:
    """Sizes, one of them often -1, and mostly their product."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=most))
    number = draw(st.sampled_from([torch.Size(sizes).numel()] * 4 + [6]))
    if draw(BOOLEANS):
        sizes[draw(st.integers(0, len(sizes) - 1))] = -1
    return sizes, number


@given(factored(), st.integers(-3, 2), drawn(st.just({}), shapes(0, 3)))
def test_unflatten_agrees_with_torch(parts: Any, dim: int, case: Drawn) -> None:
    sizes, number = parts
    _, (shape, dtype) = case
    if -len(shape) <= dim < len(shape):
        shape[dim] = number
    config = {"dim": dim, "unflattened_size": sizes}
    held("Unflatten", config, [(shape, dtype)], lambda: nn.Unflatten(dim, tuple(sizes)), open=range(3))


@st.composite
def reshaped(draw: st.DrawFn) -> Drawn:
    """Numbers in two arrangements: mostly equally many."""
    have = draw(shapes(0, 4))
    many = torch.Size(have).numel()
    first = draw(st.sampled_from([size for size in range(1, many + 1) if many % size == 0]))
    wanted = draw(st.permutations([first, many // first, *draw(st.sampled_from([[], [1], [2]]))]))
    for n in draw(st.sampled_from([(), (), (0,), (1,), (0, 1)])):
        wanted[n] = -1
    return draw(drawn(st.just({"shape": wanted}), st.just(have)))


@given(reshaped())
def test_reshape_agrees_with_torch(case: Drawn) -> None:
    config, entering = case
    held("Reshape", config, [entering], lambda: lambda x: torch.reshape(x, config["shape"]))


@st.composite
def expanded(draw: st.DrawFn) -> Drawn:
    have = draw(shapes(0, 3, 3))
    front = draw(st.lists(st.integers(1, 3), max_size=2))
    wanted = [*front, *(draw(st.sampled_from([size, -1, 3])) for size in have)]
    cut = draw(st.sampled_from([wanted] * 6 + [wanted[1:], [-1, *wanted]]))
    return draw(drawn(st.just({"size": cut or [1]}), st.just(have)))


@given(expanded())
def test_expand_agrees_with_torch(case: Drawn) -> None:
    config, entering = case
    held("Expand", config, [entering], lambda: lambda x: x.expand(config["size"]))


@pytest.mark.parametrize(
    ("type", "config", "shape", "gives"),
    [
        ("Reshape", {"shape": ["B", -1, 4]}, ["B", "T", 8], "(B, 2*T, 4)"),
        ("Reshape", {"shape": ["B*T", -1]}, ["B", "T", 8], "(B*T, 8)"),
        ("Reshape", {"shape": ["T", "B", 2, 4]}, ["B", "T", 8], "(T, B, 2, 4)"),
        ("Reshape", {"shape": [-1, 8]}, ["B", "T", 8], "(B*T, 8)"),
        ("Reshape", {"shape": ["B", "H", 2, "W", 2]}, ["B", "2*H", "2*W"], None),
        ("Expand", {"size": [-1, "B", 8]}, ["B", 1, 8], "(B, B, 8)"),
        ("Expand", {"size": ["B", "T", 8]}, ["B", "T", 1], "(B, T, 8)"),
        ("Unflatten", {"dim": 1, "unflattened_size": [-1, 4]}, ["B", "4*T"], "(B, T, 4)"),
        ("Flatten", {}, ["B", "C", "H", "W"], "(B, C*H*W)"),
    ],
)
def test_named_sizes(type: str, config: Any, shape: Any, gives: str | None) -> None:
    analysis = analyze(single(type, config, shape))
    assert analysis.valid == (gives is not None)
    if gives:
        assert analysis.issues == ()
        assert f"({', '.join(map(str, analysis.nodes['layer'].outputs['out'].shape))})" == gives


@pytest.mark.parametrize(
    ("type", "config", "shape", "setting", "spelt"),
    [
        ("Reshape", {"shape": ["B", -1, 4]}, ["B", "T", 8], "shape", (("size", 0), -1, 4)),
        ("Reshape", {"shape": ["B*T", 8]}, ["B", "T", 8], "shape", (-1, 8)),
        ("Reshape", {"shape": ["B*T", -1]}, ["B", "T", 8], "shape", (-1, 8)),
        ("Reshape", {"shape": ["T", "B", 2, 4]}, ["B", "T", 8], "shape", (("size", 1), ("size", 0), 2, 4)),
        ("Reshape", {"shape": [2, 3]}, [6], "shape", (2, 3)),
        ("Expand", {"size": ["B", "B", 8]}, ["B", 1, 8], "size", (-1, ("size", 0), -1)),
    ],
)
def test_a_plan_tells_sizes_as_the_running_network_knows_them(
    type: str, config: Any, shape: Any, setting: str, spelt: Any
) -> None:
    plan = resolve(single(type, config, shape))
    assert next(step for step in plan.steps if step.id == "layer").config[setting] == spelt


MESSAGES = [
    (
        ("Flatten", {"start_dim": 3, "end_dim": 1}, ["B", 3, 8, 8]),
        "start_dim 3 comes after end_dim 1 in [B, 3, 8, 8]; exchange the two",
    ),
    (
        ("Flatten", {"start_dim": 4}, ["B", 3, 8, 8]),
        "start_dim is 4 but the input has 4 dimensions; set start_dim to a value from -4 to 3",
    ),
    (
        ("Reshape", {"shape": ["B", 10]}, ["B", 3, 8]),
        "cannot give [B, 3, 8] the shape [B, 10], whose sizes must multiply to 24*B;"
        " change the sizes, or leave one of them to -1",
    ),
    (
        ("Reshape", {"shape": [-1, -1]}, ["B", 3, 8]),
        "shape [-1, -1] has more than one -1; leave one size open at most",
    ),
    (
        ("Reshape", {"shape": ["B", "H", 2, "W", 2]}, ["B", "2*H", "2*W"]),
        "shape [B, H, 2, W, 2] holds H, which cannot be told from the input [B, 2*H, 2*W];"
        " use numbers and sizes of the input",
    ),
    (
        ("Unflatten", {"dim": 1, "unflattened_size": [0, -1]}, ["B", 32]),
        "unflattened_size [0, -1] has a size of 0; use sizes of at least 1, or one -1",
    ),
    (
        ("Unflatten", {"dim": 1, "unflattened_size": [5, -1]}, ["B", 32]),
        "cannot give [32] the shape [5, -1], whose sizes must multiply to 32;"
        " change the sizes, or leave one of them to -1",
    ),
    (
        ("Expand", {"size": [4, 8]}, ["B", 1, 8]),
        "size [4, 8] has no size for each of the 3 dimensions of [B, 1, 8]; add -1 for those to keep",
    ),
    (
        ("Expand", {"size": [-1, 4, 9]}, ["B", 1, 8]),
        "cannot expand [B, 1, 8] to [B, 4, 9]: sizes must be equal, or 1 in the input; keep the other sizes by -1",
    ),
]


@pytest.mark.parametrize(("node", "message"), MESSAGES)
def test_messages_say_how_to_mend_it(node: Any, message: str) -> None:
    type, config, shape = node
    assert complaint(single(type, config, shape)) == f"{type} `layer`: {message}"
