"""Names and values in messages are short, visible and the same in every language; near words are found."""

import sys
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueprint import LAYERS
from blueprint.catalogue import similar_type
from blueprint.quoting import quoted, shown
from blueprint.similar import similar

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zs", "Zl", "Zp"}


def test_exactly_what_cannot_be_seen_is_hidden() -> None:
    for code in range(sys.maxunicode + 1):
        category = unicodedata.category(chr(code))
        noncharacter = 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
        if noncharacter or code == ord("`") or (category in HIDDEN and code != ord(" ")):
            assert quoted(chr(code)) == "`?`", hex(code)
        elif category != "Cn":
            assert quoted(chr(code)) == f"`{chr(code)}`", hex(code)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("c1", "`c1`"),
        ("a`b\nc\x1b[31m", "`a?b?c?[31m`"),
        ("‮gnp.exe", "`?gnp.exe`"),
        ("😀" * 40, "`" + "😀" * 40 + "`"),
        ("😀" * 41, "`" + "😀" * 37 + "...`"),
    ],
)
def test_names_are_quoted(name: str, text: str) -> None:
    assert quoted(name) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("same", '"same"'),
        ([3, 3.0, 1e-7, None, True], "[3,3,1e-7,null,true]"),
        ({"b": 1, "a": "x\ny"}, '{"a":"x\\ny","b":1}'),
        ("é`\x7f", '"é??"'),
        ("x" * 50, '"' + "x" * 36 + "..."),
    ],
)
def test_values_are_shown_in_their_canonical_spelling(value: object, text: str) -> None:
    assert shown(value) == text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("Conv2", "Conv2d"),
        ("conv2d", "Conv2d"),
        ("Cnov2d", "Conv2d"),
        ("RELU", "ReLU"),
        ("relu6", "ReLU"),
        ("BatchNorm_2d", "BatchNorm2d"),
        ("Densee", "Linear"),
        ("Keras", None),
        ("x", None),
        ("", None),
        ("Conv2d" * 20, None),
        ("é" * 64, None),
    ],
)
def test_a_misspelt_type_is_recognised(word: str, meant: str | None) -> None:
    layers = [name for name in LAYERS if name not in ("ReLU6", "Conv1d", "Conv3d")]
    assert similar(word, [*layers, "Dense"]) == ("Dense" if meant == "Linear" else meant)
    assert similar_type("Densee") == "Linear"


def test_of_equally_near_words_the_first_is_taken() -> None:
    assert similar("ab1", ["ab2", "ab3"]) == "ab2"
    assert similar("ab1", ["ab3", "ab2"]) == "ab3"
    assert similar("ab1", ["ab3", "AB1"]) == "AB1"


def naive(a: str, b: str) -> int:
    """Optimal string alignment, as its definition reads."""
    if not a or not b:
        return len(a) + len(b)
    best = min(naive(a[:-1], b) + 1, naive(a, b[:-1]) + 1, naive(a[:-1], b[:-1]) + (a[-1] != b[-1]))
    if len(a) > 1 and len(b) > 1 and a[-1] == b[-2] and a[-2] == b[-1]:
        best = min(best, naive(a[:-2], b[:-2]) + 1)
    return best


WORDS = st.text("abC", max_size=6)


@given(WORDS, st.lists(WORDS, max_size=4))
def test_near_is_what_the_definition_says(word: str, known: list[str]) -> None:
    allowed = min(3, max(1, len(word) // 3), len(word) - 1)
    alike = [other for other in known if other and other[0].lower() in word.lower()[:2]]
    distances = [naive(word.lower(), other.lower()) for other in alike]
    wanted = alike[distances.index(min(distances))] if alike and min(distances) <= allowed else None
    assert similar(word, known) == wanted


def test_a_hostile_word_costs_little() -> None:
    known = [name * 3 for name in LAYERS]
    started = time.perf_counter()
    for word in ("nor" * 21, "Conv2dBatchNorm2dMaxPool2d" * 2, "a" * 64, "x" * 10**6):
        similar(word, known)
    assert time.perf_counter() - started < 0.5
