"""Rules that read texts or compute much say the same in TypeScript, whatever settings and tensors they are given."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueprint import Graph, analyze, to_document
from tests.blueprint.browser import ask
from tests.blueprint.layers import test_arithmetic as arithmetic
from tests.blueprint.layers import test_axes as axes
from tests.blueprint.layers import test_cutting as cutting
from tests.blueprint.layers import test_images as images
from tests.blueprint.layers import test_lambda as formulas
from tests.blueprint.layers import test_products as products
from tests.blueprint.layers import test_shape as shape
from tests.blueprint.layers.drawing import ANY_DTYPE, drawn, settings_of, shapes
from tests.blueprint.oracle import around

Case = tuple[dict[str, Any], list[tuple[list[Any], str]]]
NAMES = {1: "B", 2: "T", 3: "2*T", 4: "T + 3", 6: "H//2"}


def one(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Case]:
    """Settings and one tensor."""
    return strategy.map(lambda case: (case[0], [case[1]]))


def many(config: st.SearchStrategy[Any], entering: st.SearchStrategy[Any]) -> st.SearchStrategy[Case]:
    """Settings and several tensors."""
    return st.tuples(config, entering, ANY_DTYPE | st.just("float32")).map(
        lambda case: (case[0], [(sizes, case[2]) for sizes in case[1]])
    )


EXPRESSIONS = formulas.EXPRESSIONS | st.sampled_from(formulas.REFUSED) | st.text("xyz019.e+-*/@(), relu", max_size=20)
EQUATIONS = products.equations()
JOINED = st.lists(shapes(0, 3, 3), min_size=1, max_size=3)
CASES: dict[str, st.SearchStrategy[Case]] = {
    "Reshape": one(shape.reshaped()),
    "Expand": one(shape.expanded()),
    "Unflatten": one(
        drawn(settings_of({"dim": st.integers(-4, 3), "unflattened_size": st.lists(st.integers(-1, 4))}), shape.ANY)
    ),
    "Flatten": one(drawn(settings_of(start_dim=shape.DIM, end_dim=shape.DIM), shape.ANY)),
    "Permute": one(axes.orders()),
    "Squeeze": one(drawn(settings_of(dim=axes.DIM | st.lists(axes.DIM, min_size=1, max_size=3)), shapes(0, 4, 2))),
    "Slice": one(
        drawn(
            settings_of(
                dim=cutting.DIM,
                start=st.none() | cutting.INDEX,
                end=cutting.INDEX,
                step=st.sampled_from([1, 2, 3, 0, -1]),
            ),
            cutting.ANY,
        )
    ),
    "Select": one(drawn(settings_of({"dim": cutting.DIM, "index": cutting.INDEX}), cutting.ANY)),
    "Split": one(cutting.sections() | drawn(settings_of(split_size=st.integers(0, 9), dim=cutting.DIM), cutting.ANY)),
    "Chunk": one(drawn(settings_of({"chunks": st.integers(0, 6)}, dim=cutting.DIM), cutting.ANY)),
    "Pad": one(images.padded()),
    "Upsample": one(drawn(images.enlarged(), shapes(1, 6, 7))),
    "PixelShuffle": one(drawn(settings_of({"upscale_factor": st.integers(1, 3)}), shapes(0, 5, 9))),
    "Multiply": many(st.just({}), arithmetic.stretching()),
    "Divide": many(st.just({}), arithmetic.stretching()),
    "Concat": many(settings_of(dim=arithmetic.DIM), JOINED),
    "Stack": many(settings_of(dim=arithmetic.DIM), JOINED),
    "Max": one(drawn(settings_of(dim=st.lists(arithmetic.DIM, max_size=3)), shapes(0, 4, 3))),
    "Power": one(drawn(settings_of({"exponent": arithmetic.EXPONENTS}), shapes(0, 2))),
    "Clamp": one(drawn(settings_of(min=arithmetic.BOUNDS, max=arithmetic.BOUNDS), shapes(0, 2))),
    "MatMul": many(st.just({}), products.matrices()),
    "Einsum": st.tuples(EQUATIONS, ANY_DTYPE | st.just("float32")).map(
        lambda case: ({"equation": case[0][0]}, [(sizes, case[1]) for sizes in case[0][1]])
    ),
    "Lambda": many(EXPRESSIONS.map(lambda text: {"expression": text}), arithmetic.stretching(3)),
}


@pytest.mark.parametrize("type", CASES)
@given(st.data())
def test_rules_say_the_same_in_both_languages(type: str, data: st.DataObject) -> None:
    """Some sizes of the first tensor are left open."""
    graph = drawn_graph(type, data.draw(CASES[type]), data.draw(st.integers(0, 15)))
    (answer,) = ask("analyze", [json.dumps(to_document(graph))], {})
    assert json.loads(answer) == analyze(graph).to_json()


def drawn_graph(type: str, case: Case, open: int) -> Graph:
    """The layer between Inputs and an Output; a bit of `open` for each size of the first tensor that is a name."""
    config, ((first, dtype), *others) = case
    named = [NAMES.get(size, size) if open >> n & 1 else size for n, size in enumerate(first)]
    return around(type, config, [(named, dtype), *others])
