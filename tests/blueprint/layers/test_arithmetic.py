"""Elementwise arithmetic, joins and reductions, held against PyTorch."""

import operator
from collections.abc import Callable
from functools import reduce
from itertools import product
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from blueprint import Graph, analyze
from tests.blueprint.examples import network, single
from tests.blueprint.issues import complaint
from tests.blueprint.layers.drawing import ANY_DTYPE, BOOLEANS, DTYPES, Drawn, drawn, settings_of, shapes
from tests.blueprint.layers.held import held
from tests.blueprint.oracle import agree

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.add,
    "Subtract": operator.sub,
    "Multiply": operator.mul,
    "Divide": operator.truediv,
}
DIM = st.integers(-5, 4)


@st.composite
def stretching(draw: st.DrawFn, most: int = 4) -> list[list[int]]:
    """Shapes of two to four tensors that mostly stretch to one another."""
    whole = draw(shapes(0, 4, 3))
    found = []
    for _ in range(draw(st.integers(2, most))):
        sizes = [draw(st.sampled_from([size, size, 1])) for size in whole]
        found.append(sizes[draw(st.integers(0, len(sizes))) if draw(BOOLEANS) else 0 :])
    if draw(st.integers(0, 5)) == 0 and found[0]:
        found[0][-1] += 1
    return found


@pytest.mark.parametrize("type", OPERATORS)
@given(stretching(), st.lists(st.sampled_from(["float32", "float32", "int64"]), min_size=4, max_size=4))
def test_elementwise_arithmetic_agrees_with_torch(type: str, entering: list[list[int]], dtypes: list[str]) -> None:
    given = [(x, dtype) for x, dtype in zip(entering, ["float32", *dtypes], strict=False)]
    held(type, {}, given, lambda: lambda *x: reduce(OPERATORS[type], x))


@pytest.mark.parametrize("type", OPERATORS)
@given(stretching(3), st.data())
def test_dtypes_are_promoted_as_torch_does(type: str, entering: list[list[int]], data: st.DataObject) -> None:
    dtypes = [data.draw(ANY_DTYPE) for _ in entering]
    agree(type, {}, list(zip(entering, dtypes, strict=True)), lambda: lambda *x: reduce(OPERATORS[type], x))


@pytest.mark.parametrize("type", [*OPERATORS, "Stack"])
@pytest.mark.parametrize(("left", "right"), list(product(["[]", "[2]"], repeat=2)))
def test_every_two_dtypes_are_promoted_as_torch_does(type: str, left: str, right: str) -> None:
    """A scalar promotes a tensor only where it is of a higher kind: bool, integer, floating."""
    sizes = {"[]": [], "[2]": [2]}
    for one, other in product(DTYPES, repeat=2):
        entering = [(sizes[left], one), (sizes[right], other)]
        agree(type, {}, entering, lambda: stacked if type == "Stack" else OPERATORS[type])


def stacked(*tensors: torch.Tensor) -> torch.Tensor:
    return torch.stack(tensors)


@st.composite
def joining(draw: st.DrawFn, new: bool) -> tuple[dict[str, int], list[list[int]]]:
    """A dimension, and tensors that mostly differ along it alone."""
    first = draw(shapes(0, 3, 3))
    dim = draw(DIM)
    found = [list(first) for _ in range(draw(st.integers(1, 4)))]
    for sizes in found[1:]:
        if not new and -len(first) <= dim < len(first):
            sizes[dim] = draw(st.integers(1, 4))
        if draw(st.integers(0, 7)) == 0 and sizes:
            sizes[0] += 1
    return draw(st.sampled_from([{"dim": dim}] * 3 + [{}])), found


@given(joining(False), ANY_DTYPE, ANY_DTYPE)
def test_concat_agrees_with_torch(case: Any, first: str, other: str) -> None:
    config, entering = case
    dtypes = [first] + [other] * (len(entering) - 1)
    make = lambda *x: torch.cat(x, config.get("dim", 1))  # noqa: E731
    held("Concat", config, list(zip(entering, dtypes, strict=True)), lambda: make)


@given(joining(True), ANY_DTYPE)
def test_stack_agrees_with_torch(case: Any, dtype: str) -> None:
    config, entering = case
    held("Stack", config, [(x, dtype) for x in entering], lambda: lambda *x: torch.stack(x, config.get("dim", 0)))


REDUCTIONS = {"Mean": torch.mean, "Sum": torch.sum, "Max": torch.amax, "Min": torch.amin}


@pytest.mark.parametrize("type", REDUCTIONS)
@given(drawn(settings_of(dim=DIM | st.lists(DIM, min_size=1, max_size=3), keepdim=BOOLEANS), shapes(0, 4, 3)))
def test_reductions_agree_with_torch(type: str, case: Drawn) -> None:
    config, entering = case
    dim, keepdim = config.get("dim", ()), config.get("keepdim", False)
    held(type, config, [entering], lambda: lambda x: REDUCTIONS[type](x, dim, keepdim=keepdim), open=range(4))  # type: ignore[operator]


EXPONENTS = st.sampled_from([0, 1, 2, 3, -1, -2, 0.5, -0.5, 1.5, 255, 256, 1000, -1000])


@given(drawn(settings_of({"exponent": EXPONENTS}), shapes(0, 3)))
def test_power_agrees_with_torch(case: Drawn) -> None:
    config, entering = case
    held("Power", config, [entering], lambda: lambda x: torch.pow(x, config["exponent"]), open=(0,))


BOUNDS = st.sampled_from(
    [
        None,
        0,
        1,
        -1,
        0.5,
        6.5,
        255,
        256,
        65504,
        65504.5,
        2**31 - 1,
        2**31,
        -(2**31),
        2**63,
        -(2**63),
        -(2**63) - 1,
        1e20,
    ]
)


@given(drawn(settings_of(min=BOUNDS, max=BOUNDS), shapes(0, 3)))
def test_clamp_agrees_with_torch(case: Drawn) -> None:
    config, (shape, dtype) = case
    # PyTorch lets a bound of -1 wrap to 255 for bytes, so that everything becomes 255.
    if dtype == "uint8" and any(isinstance(bound, int) and -255 <= bound < 0 for bound in config.values()):
        return
    held("Clamp", config, [(shape, dtype)], lambda: lambda x: torch.clamp(x, config.get("min"), config.get("max")))


def test_a_bound_without_a_fraction_is_an_integer_as_in_documents() -> None:
    outputs = [analyze(single("Clamp", {"max": bound}, [4], "int32")).nodes["layer"].outputs for bound in (6, 6.0, 6.5)]
    assert [output["out"].dtype for output in outputs] == ["int32", "int32", "float32"]


def test_bytes_are_not_clamped_to_negative_bounds() -> None:
    assert not analyze(single("Clamp", {"max": -1}, [4], "uint8")).valid


def joined(type: str, config: Any, *shapes: Any) -> Graph:
    """Several tensors into one layer."""
    inputs = [(f"in{n}", "Input", {"shape": shape}) for n, shape in enumerate(shapes)]
    nodes = [*inputs, ("layer", type, config), ("out", "Output", {})]
    return network(nodes, [*((id, "layer") for id, *_ in inputs), ("layer", "out")])


@pytest.mark.parametrize(
    ("type", "config", "shapes", "gives", "warned"),
    [
        ("Add", {}, [["B", "T", 8], [8]], "[B, T, 8]", False),
        ("Add", {}, [["B", "T", 1], ["B", 1, "T"]], "[B, T, T]", False),
        ("Multiply", {}, [["B", "T"], ["B", 5]], "[B, 5]", True),
        ("Divide", {}, [["B", "S"], ["B", "T"], ["B", 1]], "[B, S]", True),
        ("Concat", {}, [["B", "T", 8], ["B", 1, 8]], "[B, T + 1, 8]", False),
        ("Concat", {}, [["B", 3, "H"], ["B", 5, "W"]], "[B, 8, H]", True),
        ("Stack", {"dim": 1}, [["B", "T"], ["B", "T"]], "[B, 2, T]", False),
        ("Mean", {"dim": 1, "keepdim": True}, [["B", "T", 8]], "[B, 1, 8]", False),
        ("Sum", {}, [["B", "T"]], "[]", False),
    ],
)
def test_named_sizes(type: str, config: Any, shapes: Any, gives: str, warned: bool) -> None:
    analysis = analyze(joined(type, config, *shapes))
    assert f"[{', '.join(map(str, analysis.nodes['layer'].outputs['out'].shape))}]" == gives
    assert [issue.severity for issue in analysis.issues if issue.node == "layer"] == ["warning"] * warned


MESSAGES = [
    (
        ("Add", {}, ["B", 3, 8], ["B", 4, 8]),
        "cannot add [B, 3, 8] and [B, 4, 8]: sizes must be equal or 1, counted from the last;"
        " bring both branches to the same shape first",
    ),
    (
        ("Divide", {}, ["B", 3], ["B", "T"]),
        "may be unable to divide [B, 3] and [B, T]: sizes must be equal or 1, counted from the last;"
        " bring both branches to the same shape first",
    ),
    (
        ("Concat", {}, ["B", 3, 8, 8], ["B", 4, 8, 4]),
        "cannot join [B, 3, 8, 8] and in.1 [B, 4, 8, 4] along dim 1: other sizes differ;"
        " bring them to equal sizes except along dim 1",
    ),
    (
        ("Stack", {}, ["B", 3], ["B", 4]),
        "cannot join [B, 3] and in.1 [B, 4]: other sizes differ; bring them to equal sizes",
    ),
    (("Mean", {"dim": [1, -1]}, ["B", 3]), "dim names dimension 1 twice; name it once in dim"),
    (
        ("Max", {"dim": 2}, ["B", 3]),
        "dim is 2 but the input has 2 dimensions; set dim to a value from -2 to 1",
    ),
    (("Clamp", {}, ["B", 3]), "needs min or max; give one of them or both"),
    (
        ("Clamp", {"max": 2**64}, ["B", 3]),
        "int64 cannot hold the bounds; use some from -9223372036854775808 to 9223372036854775807",
    ),
    (("Power", {"exponent": 2000}, ["B", 3]), "exponent is 2000; it must be a number from -1000 to 1000"),
]


@pytest.mark.parametrize(("node", "message"), MESSAGES)
def test_messages_say_how_to_mend_it(node: Any, message: str) -> None:
    type, config, *shapes = node
    assert complaint(joined(type, config, *shapes)) == f"{type} `layer`: {message}"


@pytest.mark.parametrize(
    ("type", "config", "dtype", "message"),
    [
        ("Subtract", {}, "bool", "cannot subtract bool; give the Input another dtype"),
        ("Power", {"exponent": -1}, "int64", "cannot raise int64 to a negative power; give the Input dtype float32"),
        ("Power", {"exponent": 300}, "uint8", "uint8 cannot hold the exponent; use one of at most 255"),
    ],
)
def test_messages_about_dtypes(type: str, config: Any, dtype: str, message: str) -> None:
    inputs = [(f"in{n}", "Input", {"shape": [3], "dtype": dtype}) for n in range(2 if type == "Subtract" else 1)]
    nodes = [*inputs, ("layer", type, config), ("out", "Output", {})]
    graph = network(nodes, [*((id, "layer") for id, *_ in inputs), ("layer", "out")])
    assert complaint(graph) == f"{type} `layer`: {message}"
