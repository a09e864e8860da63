"""W3C trace context where nothing exports: the identifiers that calls, events and log lines carry."""

import pytest

from kernel.trace import TRACEPARENT, continued, current, identifiers, span, unsampled

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-00"


def test_a_span_stays_in_the_trace_of_its_parent() -> None:
    with span("outer", parent=PARENT), span("inner"):
        _, trace, name, flags = current().split("-")
        assert (trace, flags) == (TRACE, "00")
        assert name != "b7ad6b7169203331"
        assert identifiers() == (trace, name)
    assert (current(), identifiers()) == ("", ("", ""))


@pytest.mark.parametrize(
    "malformed",
    [
        "",
        "nonsense",
        PARENT.upper(),
        PARENT[:-1],
        PARENT + "-01",
        PARENT.replace(TRACE, "0" * 32),
        PARENT.replace("b7ad6b7169203331", "0" * 16),
        PARENT + "\n",
    ],
)
def test_without_a_proper_parent_a_new_trace_begins(malformed: str) -> None:
    found = []
    for _ in range(2):
        with span("outer", parent=PARENT), span("request", parent=malformed):
            assert TRACEPARENT.fullmatch(current())
            found.append(identifiers()[0])
    assert len({*found, TRACE}) == 3
    assert unsampled(malformed) == ""


def test_work_that_continues_a_trace_is_in_no_span_of_its_own() -> None:
    with continued(PARENT, "training"):
        assert current() == PARENT
    with continued("", "training"):
        assert current() == ""


def test_beats_say_that_nobody_records_them() -> None:
    with span("job"):
        assert unsampled(current()) == current()[:-2] + "00"
