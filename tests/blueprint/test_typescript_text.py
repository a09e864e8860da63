"""Names and values appear in messages alike in Python and TypeScript, to the letter."""

import sys
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from blueprint import LAYERS
from blueprint.catalogue import ALIASES
from blueprint.codec import DocumentError, decode
from blueprint.quoting import quoted, shown
from blueprint.similar import similar
from blueprint.spelling import spelled
from tests.blueprint.browser import ask
from tests.blueprint.json_texts import JSON_VALUES
from tests.blueprint.many import many

ALL = [chr(code) for code in range(sys.maxunicode + 1)]
TEXTS = st.text(max_size=90) | st.text("a`\x00\n😀é\u202e\ud800\udc00", max_size=90)


def test_each_character_is_shown_alike() -> None:
    for start in range(0, len(ALL), 37):
        name = " ".join(ALL[start : start + 20])
        assert ask("quoted", name) == quoted(name)
    for start in range(0, len(ALL), 37):
        name = " ".join(ALL[start + 20 : start + 37])
        assert ask("quoted", name) == quoted(name)


@many
@given(TEXTS)
def test_names_are_quoted_alike(name: str) -> None:
    assert ask("quoted", name) == quoted(name.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass"))


@many
@given(JSON_VALUES)
def test_values_are_shown_alike(value: Any) -> None:
    try:
        clean = decode(spelled(value))
    except DocumentError:
        return
    assert ask("shown", spelled(value)) == shown(clean)


KNOWN = [*LAYERS, *ALIASES]


@st.composite
def misspelt(draw: st.DrawFn) -> str:
    word = draw(st.sampled_from(KNOWN) | TEXTS)
    for _ in range(draw(st.integers(0, 5))):
        at = draw(st.integers(0, len(word)))
        word = draw(
            st.sampled_from(
                (
                    word[:at] + word[at + 1 :],
                    word[:at] + "x" + word[at:],
                    word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
                )
            )
        )
    return draw(st.sampled_from((word, word.upper(), word * 3)))


@many
@given(misspelt())
def test_misspelt_words_mean_the_same(word: str) -> None:
    assert ask("similar", word, KNOWN) == similar(word, KNOWN)


@many
@given(st.lists(st.text(max_size=4) | st.text("aé\ue000\uffff😀", max_size=3), max_size=20))
def test_texts_are_sorted_alike(texts: list[str]) -> None:
    assert ask("sorted", texts) == sorted(texts)
