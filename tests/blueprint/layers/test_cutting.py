"""Layers that take parts of a tensor, held against PyTorch."""

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
from tests.blueprint.oracle import Reference

ANY = shapes(0, 4, 9)
DIM = st.integers(-4, 3)
INDEX = st.integers(-10, 10)


def not_empty(function: Any) -> Reference:
    """The function, refusing what leaves nothing: PyTorch passes empty tensors on, and everything after is empty."""

    def checked(x: torch.Tensor) -> Any:
        made = function(x)
        if made.numel() == 0:
            raise ValueError("nothing is left")
        return made

    return checked


@given(drawn(settings_of(dim=DIM, start=st.none() | INDEX, end=st.none() | INDEX, step=st.integers(1, 4)), ANY))
def test_slice_agrees_with_torch(case: Drawn) -> None:
    config, entering = case
    cut = slice(config.get("start"), config.get("end"), config.get("step", 1))

    def reference(x: torch.Tensor) -> torch.Tensor:
        return torch.movedim(torch.movedim(x, config.get("dim", 0), 0)[cut], 0, config.get("dim", 0))

    held("Slice", config, [entering], lambda: not_empty(reference))


@given(drawn(settings_of({"dim": DIM, "index": INDEX}), ANY))
def test_select_agrees_with_torch(case: Drawn) -> None:
    config, entering = case
    held("Select", config, [entering], lambda: lambda x: torch.select(x, **config), open=(0,))


@st.composite
def sections(draw: st.DrawFn) -> Drawn:
    shape = draw(shapes(1, 3, 9))
    dim = draw(st.integers(-len(shape), len(shape) - 1))
    cuts = sorted(draw(st.sets(st.integers(1, 8), max_size=3)) & set(range(1, shape[dim])))
    parts = [b - a for a, b in zip([0, *cuts], [*cuts, shape[dim]], strict=True)]
    parts = draw(st.sampled_from([parts] * 4 + [[*parts, 1], [2, 3]]))
    return draw(drawn(st.just({"sections": parts, "dim": dim}), st.just(shape)))


@given(sections() | drawn(settings_of({"split_size": st.integers(1, 10)}, dim=DIM), ANY))
def test_split_agrees_with_torch(case: Drawn) -> None:
    config, entering = case
    size = config["split_size"] if "split_size" in config else config["sections"]
    held("Split", config, [entering], lambda: lambda x: torch.split(x, size, config.get("dim", 0)))


@given(drawn(settings_of({"chunks": st.integers(1, 6)}, dim=DIM), ANY))
def test_chunk_agrees_with_torch(case: Drawn) -> None:
    config, entering = case
    held("Chunk", config, [entering], lambda: lambda x: torch.chunk(x, config["chunks"], config.get("dim", 0)))


@given(st.integers(1, 20), INDEX, INDEX, st.integers(1, 3), st.booleans(), st.booleans())
def test_a_named_size_is_cut_as_a_number_is(size: int, start: int, end: int, step: int, low: bool, high: bool) -> None:
    """Where the name is as large as the warnings ask, the sizes are those of numbers."""
    config = {"dim": 1, "start": start if low else None, "end": end if high else None, "step": step}
    named = analyze(single("Slice", config, ["B", "T"]))
    plain = analyze(single("Slice", config, ["B", size]))
    if not plain.valid or not named.valid or size < max(abs(start) * low, abs(end) * high):
        return
    shape = named.nodes["layer"].outputs["out"].shape
    assert eval(str(shape[1]), {}, {"T": size}) == plain.nodes["layer"].outputs["out"].shape[1]


@pytest.mark.parametrize(
    ("type", "config", "shape", "gives", "warned"),
    [
        ("Slice", {"dim": 1, "start": 1}, ["B", "T"], ["[B, T - 1]"], True),
        ("Slice", {"dim": 1, "end": -1}, ["B", "T + 1"], ["[B, T]"], False),
        ("Slice", {"dim": 1, "end": 10}, ["B", "T"], ["[B, 10]"], True),
        ("Slice", {"dim": 1, "end": 10}, ["B", "T + 9"], ["[B, 10]"], False),
        ("Slice", {"dim": 1, "step": 2}, ["B", "T"], ["[B, (T - 1)//2 + 1]"], False),
        ("Slice", {"dim": 1, "start": -3}, ["B", "T"], ["[B, 3]"], True),
        ("Select", {"dim": 1, "index": -1}, ["B", "T", 8], ["[B, 8]"], False),
        ("Select", {"dim": 1, "index": 4}, ["B", "T", 8], ["[B, 8]"], True),
        ("Split", {"sections": [1, 3], "dim": 1}, ["B", "T"], ["[B, 1]", "[B, 3]"], True),
        ("Chunk", {"chunks": 2, "dim": 1}, ["B", "2*T"], ["[B, T]", "[B, T]"], False),
        ("Chunk", {"chunks": 2, "dim": 1}, ["B", "T"], ["[B, (T - 1)//2 + 1]", "[B, -((T - 1)//2) + T - 1]"], True),
        ("Chunk", {"chunks": 3, "dim": 1}, ["B", "3*T + 3"], ["[B, T + 1]"] * 3, False),
    ],
)
def test_named_sizes(type: str, config: Any, shape: Any, gives: list[str], warned: bool) -> None:
    analysis = analyze(single(type, config, shape))
    outputs = analysis.nodes["layer"].outputs.values()
    assert [f"[{', '.join(map(str, x.shape))}]" for x in outputs] == gives
    assert [issue.severity for issue in analysis.issues if issue.node == "layer"] == ["warning"] * warned


MESSAGES = [
    (
        ("Slice", {"dim": 1, "start": 5, "end": 2}, ["B", 10]),
        "leaves nothing of dimension 1 of [B, 10]; choose start before end",
    ),
    (
        ("Slice", {"dim": 1, "end": 10}, ["B", "T"]),
        "end 10 reaches beyond a dimension of T where that is less than 10; make sure it is at least 10",
    ),
    (
        ("Select", {"dim": 1, "index": 10}, ["B", 10]),
        "index 10 is outside dimension 1 of [B, 10]; use an index from -10 to 9",
    ),
    (
        ("Split", {"split_size": 2, "sections": [2, 2]}, ["B", 4]),
        "has both split_size and sections; give one of the two",
    ),
    (("Split", {}, ["B", 4]), "needs split_size or sections; give one of the two"),
    (
        ("Split", {"sections": [2, 3], "dim": 1}, ["B", 4]),
        "sections add up to 5 but dimension 1 of [B, 4] is 4; make them add up to 4",
    ),
    (
        ("Split", {"split_size": 1, "dim": 1}, ["B", "T"]),
        "cannot tell how many pieces of 1 a dimension of T makes;"
        " use sections, Chunk, or a number for that size in the Input",
    ),
    (
        ("Split", {"split_size": 1, "dim": 1}, ["B", 10**9]),
        "makes 1000000000 pieces, more than 1000; use larger pieces",
    ),
    (
        ("Split", {"sections": []}, ["B", 4]),
        "sections is []; it must be an integer or a list of 1 to 1000 integers, each from 1 to 2^31 - 1 or null",
    ),
    (
        ("Chunk", {"chunks": 2, "dim": 1}, ["B", "T"]),
        "a dimension of T may make fewer than 2 pieces; give that size in the Input as a multiple, such as 2*N",
    ),
]


@pytest.mark.parametrize(("node", "message"), MESSAGES)
def test_messages_say_how_to_mend_it(node: Any, message: str) -> None:
    type, config, shape = node
    assert complaint(single(type, config, shape)) == f"{type} `layer`: {message}"
