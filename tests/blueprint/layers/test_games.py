"""Layers for 2048, held against the same in plain PyTorch."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from foundry.modules.board_input import BoardInput
from tests.blueprint.examples import single
from tests.blueprint.issues import complaint
from tests.blueprint.layers.drawing import ANY_DTYPE, Drawn, drawn, settings_of, shapes
from tests.blueprint.layers.held import held


def planes(size: int, exponents: int) -> Any:
    """One-hot boards; PyTorch would take any shape, and int64 alone, where a cell of int32 says the same."""

    def made(board: Tensor) -> Tensor:
        if list(board.shape[-2:]) != [size, size] or board.dtype not in (torch.int32, torch.int64):
            raise ValueError("no board")
        return nn.functional.one_hot(board.long(), exponents).movedim(-1, -3).float()

    return made


@settings(deadline=None)
@given(
    settings_of(size=st.integers(1, 4), exponents=st.integers(1, 20)),
    shapes(1, 4) | st.tuples(st.integers(1, 3), st.just([4, 4])).map(lambda x: [x[0], *x[1]]),
    ANY_DTYPE,
)
def test_boards_agree_with_torch(config: dict[str, Any], shape: list[int], dtype: str) -> None:
    made = planes(config.get("size", 4), config.get("exponents", 16))
    held("BoardInput", config, [(shape, dtype)], lambda: made, open=range(len(shape) - 2))


def test_a_board_shows_each_tile_on_the_plane_of_its_exponent() -> None:
    board = torch.tensor([[[0, 1], [3, 17]]])
    made = BoardInput(2, 16)(board)
    assert made.shape == (1, 16, 2, 2)
    assert made.dtype == torch.float32
    assert made.sum() == 3, "a tile beyond the planes shows on none"
    assert made[0, 0].tolist() == [[1, 0], [0, 0]]
    assert made[0, 3].tolist() == [[0, 0], [1, 0]]


@settings(deadline=None)
@given(drawn(settings_of(actions=st.integers(1, 6), in_features=st.integers(1, 4)), shapes(1, 3)))
def test_action_heads_agree_with_torch(case: Drawn) -> None:
    config, (shape, dtype) = case
    features, actions = config.get("in_features", shape[-1]), config.get("actions", 4)
    held("ActionHead", config, [(shape, dtype)], lambda: nn.Linear(features, actions), open=range(len(shape) - 1))


@settings(deadline=None)
@given(drawn(settings_of(in_features=st.integers(1, 4)), shapes(1, 3)))
def test_value_heads_agree_with_torch(case: Drawn) -> None:
    config, (shape, dtype) = case
    features = config.get("in_features", shape[-1])
    held("ValueHead", config, [(shape, dtype)], lambda: nn.Linear(features, 1), open=range(len(shape) - 1))


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (
            ("BoardInput", {}, ["B", 4, 4]),
            "BoardInput `layer`: reads exponents but gets float32; give the Input dtype int64",
        ),
        (
            ("BoardInput", {}, ["B", 16], "int64"),
            "BoardInput `layer`: the input [B, 16] is no board of 4x4 at its end;"
            ' give the Input a shape such as ["B", 4, 4], or change size',
        ),
        (
            ("BoardInput", {}, ["B", "S", 4], "int64"),
            "BoardInput `layer`: the input [B, S, 4] may be no board of 4x4 at its end;"
            ' give the Input a shape such as ["B", 4, 4], or change size',
        ),
        (
            ("ValueHead", {"in_features": 8}, ["B", 4]),
            "ValueHead `layer`: in_features is 8 but the input gives 4; leave in_features out or set it to 4",
        ),
    ],
)
def test_mistakes_are_told_with_what_to_do(layer: Any, message: str) -> None:
    assert complaint(single(*layer)) == message
