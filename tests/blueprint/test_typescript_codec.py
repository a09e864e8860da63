"""Python and TypeScript read the same texts, as the same values, and refuse the others in the same words."""

import json
import math
import struct
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from blueprint.codec import DocumentError, decode, encode, number_text
from blueprint.spelling import JSON
from tests.blueprint.browser import ask, said
from tests.blueprint.json_texts import JSON_VALUES, PIECES, broken_texts
from tests.blueprint.many import many
from tests.blueprint.test_ports import OUTER


def described(value: JSON) -> str:
    """A value with the kinds of its numbers, and its keys in their order."""
    if value is None or isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        return f"i{value}"
    if isinstance(value, float):
        return f"f{number_text(value)}"
    if isinstance(value, dict):
        return "{" + ",".join(f"{described(key)}:{described(item)}" for key, item in value.items()) + "}"
    return "[" + ",".join(map(described, value)) + "]"


def decoded(data: Any) -> str:
    try:
        return described(decode(data))
    except DocumentError as error:
        return str(error)


@many
@given(broken_texts())
def test_texts_are_read_and_refused_alike(text: str) -> None:
    assert said("decode", text) == decoded(text)


@pytest.mark.parametrize("first", PIECES)
def test_odd_pieces_side_by_side_are_read_alike(first: str) -> None:
    for second in PIECES:
        for text in (first + second, f"[{first},{second}]", f'["{first}{second}"]', f'{{"a":{first},{second}:1}}'):
            assert said("decode", text) == decoded(text), text


def test_a_document_cut_off_anywhere_is_refused_alike() -> None:
    text = json.dumps({**OUTER, "name": "é😀\n"}, indent=1, ensure_ascii=False)
    for end in range(len(text)):
        assert said("decode", text[:end]) == decoded(text[:end])


@many
@given(st.binary(max_size=12), JSON_VALUES)
@example(b"\xef\xbb\xbf", 1)
@example(b"\xef\xbb\xbf\xef\xbb\xbf", 1)
def test_bytes_are_read_and_refused_alike(noise: bytes, value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    for data in (noise, noise + text, text[: len(text) // 2] + noise + text[len(text) // 2 :]):
        assert said("decodeBytes", data.decode("latin-1")) == decoded(data)


BAD_STARTS = (
    "\xc0\xaf",
    "\xc2",
    "\xe0\x80\x80",
    "\xe2\x82",
    "\xed\xa0\x80",
    "\xf0\x8f\xbf\xbf",
    "\xf4\x90\x80\x80",
    "\xff",
    "\x80",
)


@pytest.mark.parametrize("bad", BAD_STARTS)
def test_the_first_bad_byte_is_named_alike(bad: str) -> None:
    for text in (f'"{bad}"', f'"{bad}', f'"a\xc3\xa9\xf0\x9f\x98\x80{bad}\xff"', f"\xef\xbb\xbf{bad}"):
        assert said("decodeBytes", text) == decoded(text.encode("latin-1")) != ""


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        "[" * 64 + "]" * 64,
        "[" * 65 + "]" * 65,
        "[" * 66 + "]" * 66,
        "[" * 65 + "nul",
        " " * (8 * 2**20 + 1),
        " " * (8 * 2**20 - 2) + "[]",
        '"' + "😀" * (4 * 2**20) + '"',
        '"' + "\\n" * 1000 + "x" * 100_000,
        "9" * 100_000,
        "0." + "9" * 100_000,
        "1e" + "9" * 1000,
        "-1e-" + "9" * 1000,
    ],
    ids=lambda text: f"{text[:9]} ({len(text)})",
)
def test_bombs_are_refused_alike(text: str) -> None:
    assert said("decode", text) == decoded(text)


def test_too_many_values_are_refused_alike() -> None:
    text = "[" + "1," * 4_000_000 + "1]"
    assert said("decode", text) == "the document holds more than 4000000 values"


@many
@given(JSON_VALUES)
def test_values_are_spelt_alike(value: Any) -> None:
    text = json.dumps(value)
    if decoded(text) == said("decode", text) and "surrogate" not in decoded(text) and "NUL" not in decoded(text):
        assert ask("encode", text) == encode(decode(text)).decode()


@many
@given(st.floats(allow_nan=False, allow_infinity=False) | st.binary(min_size=8, max_size=8).map(lambda b: _double(b)))
def test_numbers_are_spelt_alike(value: float) -> None:
    assert ask("numberText", repr(value)) == number_text(value)


def _double(data: bytes) -> float:
    (value,) = struct.unpack("<d", data)
    return float(value) if math.isfinite(value) else 0.0
