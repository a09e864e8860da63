"""Random JSON for tests: values, texts, and texts that somebody broke."""

import json
from typing import Any

from hypothesis import strategies as st

NUMBERS = st.integers() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False)
JSON_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
PIECES = (
    *('"', "\\", "\\u", "\\ud83d", "\\ude00", "\\u0000", "\n", "\t", "\x01", "\x7f", "\ufeff", "é", "😀", "\u2028"),
    *("{", "}", "[", "]", ",", ":", " ", "0", "1", "-", "-0", "01", "1.", ".5", "1e5", "1E+400", "1e-999", "e"),
    *("9" * 16, "9" * 100, "9" * 101, "-" + "9" * 100, "9007199254740993", "9007199254740992.0", "1" + "0" * 400),
    *("NaN", "Infinity", "-Infinity", "nul", "null", "true", "false", '"a":', '"a":1,"a":2', "[" * 63, "[" * 70),
    *("]" * 63, '{"a":' * 64, "/", "//", "'a'", "١", "\u00a0", "__proto__", '"__proto__":1', '"1":', "\x00"),
)


@st.composite
def broken_texts(draw: st.DrawFn) -> str:
    """A JSON text, or pieces of one, with something cut out, put in, or put elsewhere."""
    texts = JSON_VALUES.map(lambda value: json.dumps(value, ensure_ascii=False)) | JSON_VALUES.map(json.dumps)
    text = draw(texts | st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
    for _ in range(draw(st.integers(0, 3))):
        at, end = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        text = text[:at] + draw(st.just("") | st.sampled_from(PIECES)) + text[draw(st.sampled_from((at, end))) :]
    return text
