"""Places and patches held against their classes, and those against the formulas they come from."""

import math
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from blueprint import analyze
from foundry.modules.a_li_bi import ALiBi
from foundry.modules.class_token import ClassToken
from foundry.modules.learned_positional_embedding import LearnedPositionalEmbedding
from foundry.modules.patch_embed import PatchEmbed
from foundry.modules.rotary_embedding import RotaryEmbedding
from foundry.modules.sinusoidal_positional_encoding import SinusoidalPositionalEncoding
from tests.blueprint.layers.drawing import BOOLEANS, MOSTLY_FLOAT32, settings_of, shapes, sizes, spatial
from tests.blueprint.layers.held import held
from tests.blueprint.oracle import agree, around

SEQUENCES = shapes(1, 4, 6)


@settings(deadline=None)
@given(st.integers(1, 6), SEQUENCES, MOSTLY_FLOAT32)
def test_learned_places(longest: int, shape: list[int], dtype: str) -> None:
    make = lambda: LearnedPositionalEmbedding(shape[-1], longest)  # noqa: E731
    broadcast = longest == 1 and shape[-2:-1] > [1]  # one learned place for all would be a mistake
    if (dtype == "float32" or len(shape) < 2) and not broadcast:
        held("LearnedPositionalEmbedding", {"max_length": longest}, [(shape, dtype)], make)
    else:
        assert not analyze(around("LearnedPositionalEmbedding", {"max_length": longest}, [(shape, dtype)])).valid


@settings(deadline=None)
@given(st.sampled_from(["float32", "bfloat16"]), shapes(2, 4, 6), st.sampled_from([2, 100, 10000]))
def test_waves(dtype: str, shape: list[int], base: int) -> None:
    make = lambda: SinusoidalPositionalEncoding(shape[-1], base)  # noqa: E731
    held("SinusoidalPositionalEncoding", {"base": base}, [(shape, dtype)], make, open=range(len(shape) - 1))


@settings(deadline=None)
@given(shapes(2, 4, 6).map(lambda shape: [*shape[:-1], 2 * shape[-1]]), BOOLEANS)
def test_rotations(shape: list[int], interleaved: bool) -> None:
    config = {"interleaved": interleaved}
    make = lambda: RotaryEmbedding(shape[-1], interleaved=interleaved)  # noqa: E731
    held("RotaryEmbedding", config, [(shape, "float32")], make, open=range(len(shape) - 1))


@settings(deadline=None)
@given(shapes(2, 4, 6), st.integers(1, 9))
def test_biases(shape: list[int], heads: int) -> None:
    agree("ALiBi", {"num_heads": heads}, [(shape, "float32")], lambda: ALiBi(heads))


@settings(deadline=None)
@given(
    settings_of({"patch_size": sizes(2, 1, 4), "embed_dim": st.integers(1, 5)}, bias=BOOLEANS, flatten=BOOLEANS),
    spatial(2, 9),
    MOSTLY_FLOAT32,
)
def test_patches(config: dict[str, Any], shape: list[int], dtype: str) -> None:
    channels = shape[-3] if len(shape) > 2 else 1
    patch = config["patch_size"]
    arguments = {**config, "patch_size": tuple(patch) if isinstance(patch, list) else (patch, patch)}
    held("PatchEmbed", config, [(shape, dtype)], lambda: PatchEmbed(channels, **arguments), open=(-1, -2))


@settings(deadline=None)
@given(shapes(1, 4, 6), MOSTLY_FLOAT32)
def test_class_tokens(shape: list[int], dtype: str) -> None:
    if dtype == "float32":
        held("ClassToken", {}, [(shape, dtype)], lambda: ClassToken(shape[-1]), open=range(len(shape) - 1))
    else:
        assert not analyze(around("ClassToken", {}, [(shape, dtype)])).valid


def test_waves_are_those_of_the_paper() -> None:
    table = SinusoidalPositionalEncoding(6)(torch.zeros(5, 6))
    for place in range(5):
        for i in range(3):
            angle = place / 10000 ** (2 * i / 6)
            assert table[place, 2 * i].item() == pytest.approx(math.sin(angle), abs=1e-6)
            assert table[place, 2 * i + 1].item() == pytest.approx(math.cos(angle), abs=1e-6)


@pytest.mark.parametrize("interleaved", [False, True])
def test_scores_of_rotated_tokens_depend_on_their_distance_alone(interleaved: bool) -> None:
    torch.manual_seed(0)
    query, key = torch.randn(8), torch.randn(8)
    turn = RotaryEmbedding(8, interleaved=interleaved)
    queries, keys = turn(query.repeat(9, 1)), turn(key.repeat(9, 1))
    scores = queries @ keys.T
    for n in range(-8, 9):
        assert torch.allclose(scores.diagonal(n), scores.diagonal(n)[:1], atol=1e-5)
    assert torch.allclose(queries.norm(dim=-1), query.norm().expand(9), atol=1e-5)


def test_slopes_are_those_of_the_paper() -> None:
    assert ALiBi(8).slopes.tolist() == [2**-n for n in range(1, 9)]
    assert ALiBi(12).slopes.tolist()[8:] == pytest.approx([2**-0.5, 2**-1.5, 2**-2.5, 2**-3.5])
    bias = ALiBi(2)(torch.zeros(4, 1))
    assert bias[0, 3].tolist() == pytest.approx([-3 / 16, -2 / 16, -1 / 16, 0])


@pytest.mark.parametrize(
    ("type", "config", "shape", "words"),
    [
        ("LearnedPositionalEmbedding", {"max_length": 4}, ["B", 5, 8], "the sequence of 5 is longer than max_length 4"),
        ("LearnedPositionalEmbedding", {"max_length": 4}, ["B", "T", 8], "T may be longer than max_length 4"),
        ("RotaryEmbedding", {}, ["B", 4, 7], "needs an even number of features but gets 7"),
        (
            "ALiBi",
            {"num_heads": 2},
            [8],
            "needs a sequence [..., length, features] but gets [8], which has 1 dimension",
        ),
        ("PatchEmbed", {"patch_size": 9, "embed_dim": 2}, ["B", 3, 8, 8], "a patch of 9x9 does not fit the 8x8 image"),
        ("PatchEmbed", {"patch_size": 3, "embed_dim": 2}, ["B", 3, 8, 8], "leave a border of the 8x8 image unseen"),
        ("ClassToken", {}, [8], "needs tokens [N, L, features] but gets [8]"),
    ],
)
def test_messages(type: str, config: dict[str, Any], shape: list[Any], words: str) -> None:
    assert any(words in issue.message for issue in analyze(around(type, config, [(shape, "float32")])).issues)
