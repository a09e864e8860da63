"""A name is taken as it is meant, or refused with what is the matter with it."""

import pytest

from kernel.errors import Rejected
from kernel.names import clean_name


@pytest.mark.parametrize("name", ["a", "  a ", "x" * 100, "größer 数字 🙂", "NaN"])
def test_a_name_keeps_all_but_its_outer_blanks(name: str) -> None:
    assert clean_name(name, "a run") == name.strip()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (" ", "a run's name has 1 to 100 printable characters; this one has 0"),
        ("x" * 101, "a run's name has 1 to 100 printable characters; this one has 101"),
        ("ab\u200bcd", "; U+200B (ZERO WIDTH SPACE), number 3 of 5, is not printable; leave it out"),
        ("a\nb", "; U+000A (a control character), number 2 of 3, is not printable; leave it out"),
        ("a\xa0b", "; U+00A0 (NO-BREAK SPACE), number 2 of 3, is not printable; leave it out"),
        ("a\U000e0378", "; U+E0378, number 2 of 2, is not printable; leave it out"),
    ],
)
def test_rejected_names(name: str, sentence: str) -> None:
    with pytest.raises(Rejected) as refusal:
        clean_name(name, "a run", "run.name")
    assert refusal.value.message.endswith(sentence)
    assert refusal.value.field == "run.name"
