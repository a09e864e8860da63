"""Layers that reorder, drop and add dimensions, held against PyTorch."""

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from blueprint import analyze
from tests.blueprint.examples import single
from tests.blueprint.issues import complaint
from tests.blueprint.layers.drawing import Drawn, drawn, settings_of, shapes
from tests.blueprint.layers.held import held

ANY = shapes(0, 4, 3)
DIM = st.integers(-5, 4)
ALL = range(4)


@st.composite
def orders(draw: st.DrawFn) -> Drawn:
    shape = draw(shapes(1, 4))
    order = draw(st.permutations(range(len(shape))))
    signed = [dim - len(shape) if draw(st.booleans()) else dim for dim in order]
    dims = draw(st.sampled_from([signed] * 6 + [signed[1:] or [0, 0], [*signed, 0], [4, *signed[1:]]]))
    return draw(drawn(st.just({"dims": dims}), st.just(shape)))


@given(orders())
def test_permute_agrees_with_torch(case: Drawn) -> None:
    config, entering = case
    held("Permute", config, [entering], lambda: lambda x: torch.permute(x, config["dims"]), open=ALL)


@given(drawn(settings_of({"dim0": DIM, "dim1": DIM}), ANY))
def test_transpose_agrees_with_torch(case: Drawn) -> None:
    config, entering = case
    held("Transpose", config, [entering], lambda: lambda x: torch.transpose(x, **config), open=ALL)


@given(drawn(settings_of(dim=DIM | st.lists(DIM, min_size=1, max_size=3)), shapes(0, 4, 2)))
def test_squeeze_agrees_with_torch(case: Drawn) -> None:
    config, entering = case
    dims = config.get("dim")
    reference = (
        torch.squeeze if dims is None else lambda x: torch.squeeze(x, tuple(dims) if isinstance(dims, list) else dims)
    )
    held("Squeeze", config, [entering], lambda: reference)


@given(drawn(settings_of({"dim": DIM}), ANY))
def test_unsqueeze_agrees_with_torch(case: Drawn) -> None:
    config, entering = case
    held("Unsqueeze", config, [entering], lambda: lambda x: torch.unsqueeze(x, **config), open=ALL)


def test_squeeze_drops_only_what_is_always_1() -> None:
    """PyTorch would drop a batch of 1 as well, and a network that runs on one sample would have another shape."""
    analysis = analyze(single("Squeeze", {}, ["B", 8, 1, 1]))
    assert list(map(str, analysis.nodes["layer"].outputs["out"].shape)) == ["B", "8"]
    assert analysis.issues == ()


MESSAGES = [
    (
        ("Permute", {"dims": [0, 2, 1]}, ["B", 3, 8, 8]),
        "dims has 3 of the 4 dimensions of [B, 3, 8, 8]; name each of them once",
    ),
    (("Permute", {"dims": [0, 1, 1]}, ["B", 3, 8]), "dims names dimension 1 twice; name it once in dims"),
    (
        ("Transpose", {"dim0": 1, "dim1": 3}, ["B", 3, 8]),
        "dim1 is 3 but the input has 3 dimensions; set dim1 to a value from -3 to 2",
    ),
    (
        ("Squeeze", {"dim": 0}, ["B", 1, 8]),
        "dimension 0 has size B, which is kept even where it is 1; drop only dimensions that are always 1",
    ),
    (
        ("Unsqueeze", {"dim": 4}, ["B", 3, 8]),
        "dim is 4 but the result has 4 dimensions; set dim to a value from -4 to 3",
    ),
]


@pytest.mark.parametrize(("node", "message"), MESSAGES)
def test_messages_say_how_to_mend_it(node: Any, message: str) -> None:
    type, config, shape = node
    assert complaint(single(type, config, shape)) == f"{type} `layer`: {message}"
