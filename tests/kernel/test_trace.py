"""W3C trace context: one trace for a main job, a span for each call."""

import pytest

from kernel.trace import TRACEPARENT, child, trace_id

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"


def test_a_child_stays_in_the_trace_as_a_span_of_its_own() -> None:
    _, trace, span, flags = child(PARENT).split("-")
    assert (trace, flags) == ("0af7651916cd43dd8448eb211c80319c", "00")
    assert span != "b7ad6b7169203331"
    assert trace_id(child(PARENT)) == trace


@pytest.mark.parametrize(
    "malformed",
    [
        "",
        "nonsense",
        PARENT.upper(),
        PARENT[:-1],
        PARENT + "-01",
        PARENT.replace("0af7651916cd43dd8448eb211c80319c", "0" * 32),
        PARENT.replace("b7ad6b7169203331", "0" * 16),
        PARENT + "\n",
    ],
)
def test_without_a_proper_parent_a_new_trace_begins(malformed: str) -> None:
    first, second = child(malformed), child(malformed)
    assert TRACEPARENT.fullmatch(first)
    assert trace_id(first) != trace_id(second)
    assert trace_id(malformed) == ""
