"""The reader is the definition of what a document's text means; the fast path never says otherwise."""

import json
import sys
from typing import Any

import pytest
from hypothesis import given

from blueprint.codec import DocumentError, decode, encode, plain
from blueprint.reader import read
from tests.blueprint.json_texts import JSON_VALUES, broken_texts


def said(text: Any) -> str:
    with pytest.raises(DocumentError) as refusal:
        decode(text)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON: a value is expected at line 1, column 1"),
        ("\n  \n tru", "not JSON: a value is expected at line 3, column 2"),
        ("[1,\n]", "not JSON: a value is expected at line 2, column 1"),
        ("[1 2]", 'not JSON: "," or "]" is expected at line 1, column 4'),
        ("[01]", 'not JSON: "," or "]" is expected at line 1, column 3'),
        ("[1.]", 'not JSON: "," or "]" is expected at line 1, column 3'),
        ("[-]", "not JSON: a value is expected at line 1, column 2"),
        ('{"a":1,}', "not JSON: a key in double quotes is expected at line 1, column 8"),
        ("{'a':1}", "not JSON: a key in double quotes is expected at line 1, column 2"),
        ('{"a" 1}', 'not JSON: ":" is expected at line 1, column 6'),
        ('{"a":1 "b"}', 'not JSON: "," or "}" is expected at line 1, column 8'),
        ('["a', "not JSON: a text without a closing quote begins at line 1, column 2"),
        ('["a\\', "not JSON: a text without a closing quote begins at line 1, column 2"),
        ('["é\n"]', "not JSON: a control character that is not escaped stands at line 1, column 4"),
        (r'["\x"]', "not JSON: an escape that JSON does not know stands at line 1, column 3"),
        (r'["\u12g4"]', "not JSON: an escape that JSON does not know stands at line 1, column 3"),
        ("[] []", "not JSON: something follows the end of the document at line 1, column 4"),
        ("\ufeff[]", "not JSON: a value is expected at line 1, column 1"),
        ("[NaN", "NaN is not a JSON number"),
        ("-Infinity", "-Infinity is not a JSON number"),
        ('{"a":1,"b":2,"a":', "the key `a` appears twice in one object"),
        (b'["\xe2\x82"]', "the document is not UTF-8 text (byte 2)"),
        (b"\xef\xbb\xbf\xff", "the document is not UTF-8 text (byte 3)"),
    ],
)
def test_broken_json_is_refused_where_it_breaks(text: Any, words: str) -> None:
    assert said(text) == words


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (r'"\u0000"', "NaN", "a text holds a NUL character"),
        ("NaN", r'"\u0000"', "NaN is not a JSON number"),
        (r'"\ud800"', "1e999", "a text holds half of a surrogate pair, which is not a character"),
        ("1e999", "nul", "a number is not finite (NaN or Infinity, or beyond 1.8e308)"),
        ("9" * 101, '{"a":1,"a":2}', "a number has more than 100 digits"),
        ("[" * 70 + "]" * 70, "[[", "values are nested deeper than 64 levels"),
        ('{"a":1,"a":2}', "[" * 3000, "the key `a` appears twice in one object"),
    ],
)
def test_the_first_thing_wrong_is_the_one_named(first: str, second: str, words: str) -> None:
    assert said(f"[{first}, {second}") == words


def test_too_many_values_are_refused() -> None:
    assert said("[" + "1," * 4_000_000 + "1]") == "the document holds more than 4000000 values"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-0", 0),
        ("-0.0", 0),
        ("1E5", 100000),
        ("1e-400", 0),
        ("9007199254740993", 2**53 + 1),
        ("9007199254740991.0", 2**53 - 1),
        ("1" + "0" * 99, 10**99),
        ("-" + "9" * 100, -(10**100) + 1),
        (r'"\ud83d\ude00\/\u00e9"', "😀/é"),
        (" [ ] ", []),
    ],
)
def test_numbers_and_escapes_mean_what_ecmascript_says(text: str, value: Any) -> None:
    decoded = decode(text)
    assert decoded == value == read(text)
    assert type(decoded) is type(value)
    assert "-0" not in encode(decoded).decode()


def test_a_large_float_stays_a_float() -> None:
    assert isinstance(decode("9007199254740992.0"), float)
    assert isinstance(decode("1e22"), float)
    assert isinstance(decode("9007199254740992"), int)


@given(JSON_VALUES)
def test_what_is_written_reads_back(value: Any) -> None:
    try:
        clean = plain(value)
    except DocumentError:
        return
    assert decode(json.dumps(value)) == clean == read(json.dumps(value))
    assert encode(decode(encode(clean))) == encode(clean)


@given(broken_texts())
def test_the_fast_path_and_the_reader_agree(text: str) -> None:
    assert outcome(decode, text) == outcome(read, text)


def outcome(function: Any, text: str) -> str:
    try:
        return repr(function(text))
    except DocumentError as error:
        return str(error)


def test_the_words_do_not_depend_on_how_deep_the_caller_stands() -> None:
    def deep(levels: int) -> str:
        return deep(levels - 1) if levels else said("[" * 500)

    assert deep(sys.getrecursionlimit() // 2) == said("[" * 500) == "values are nested deeper than 64 levels"
