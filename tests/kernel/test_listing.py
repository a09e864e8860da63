"""Lists in a chosen order: every row once in both directions, whatever token comes back; text is searched literally."""

import base64
import json
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.database import Database
from kernel.errors import Rejected
from kernel.listing import Order, containing, ordered_page

ORDERS = (
    Order("at desc", "at", datetime.fromisoformat),
    Order("at", "at", datetime.fromisoformat),
    Order("name", "lower(name)", str),
    Order("name desc", "lower(name)", str),
    Order("score", "coalesce(score, 'infinity')", float),
    Order("score desc", "coalesce(score, '-infinity')", float),
    Order("size", "size", int),
)
BY_NAME = {order.name: order for order in ORDERS}


def token(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


async def read(database: Database, order_by: str, size: int) -> list[str]:
    """The ids of all pages."""
    seen, after = [], ""
    while True:
        page = ordered_page(ORDERS, order_by, size, after)
        query = f"SELECT {page.value}, id FROM things WHERE {page.where} ORDER BY {page.by} LIMIT %s"
        rows, after = page.cut(await database.fetch(query, *page.values))
        seen += [row[1] for row in rows]
        assert len(rows) <= size
        if not after:
            return seen


async def filled(database: Database) -> list[tuple[datetime, str, str, float | None, int]]:
    """Rows with ties in every column."""
    await database.execute(
        "CREATE TABLE things (at timestamptz, id text, name text, score double precision, size bigint)"
    )
    start = datetime(2026, 1, 1, 12, tzinfo=UTC)
    rows = [
        (start + timedelta(microseconds=n // 3), f"id{n:02}", "aBc"[n % 3], None if n % 4 == 0 else n / 7, n % 5)
        for n in range(23)
    ]
    for row in rows:
        await database.execute("INSERT INTO things VALUES (%s, %s, %s, %s, %s)", *row)
    return rows


@pytest.mark.parametrize("size", [1, 4, 22, 23, 24])
@pytest.mark.parametrize("order_by", BY_NAME)
async def test_pages_show_every_row_once_in_order(database: Database, order_by: str, size: int) -> None:
    rows = await filled(database)
    column = ["at", "id", "name", "score", "size"].index(order_by.split()[0])
    descending = order_by.endswith("desc")

    def place(row: tuple[object, ...]) -> tuple[object, object]:
        value = row[column].lower() if isinstance(row[column], str) else row[column]  # type: ignore[attr-defined]
        return (float("-inf") if descending else float("inf")) if value is None else value, row[1]

    wanted = sorted(rows, key=place, reverse=descending)
    assert await read(database, order_by, size) == [row[1] for row in wanted]


async def test_the_first_order_is_the_default(database: Database) -> None:
    await filled(database)
    assert await read(database, "", 5) == await read(database, "at desc", 5)


FORGED = [
    "x",
    "ü",
    "=",
    token([]),
    token({"a": 1}),
    token(["name", "x"]),
    token(["score", 1.0, "id"]),
    token(["name", "a\0b", "id"]),
    token(["name", "a", "\ud800"]),
    base64.urlsafe_b64encode(b"[" * 100_000).decode(),
]


@pytest.mark.parametrize("forged", FORGED, ids=range(len(FORGED)))
def test_a_token_that_was_not_issued_here_is_refused(forged: str) -> None:
    with pytest.raises(Rejected) as error:
        ordered_page(ORDERS, "name", 10, forged)
    assert error.value.field == "page_token"


@pytest.mark.parametrize("order", BY_NAME.values(), ids=BY_NAME)
@given(value=st.text() | st.integers() | st.floats() | st.none(), id=st.text() | st.integers())
def test_no_token_is_a_fault_inside(order: Order, value: object, id: object) -> None:
    with suppress(Rejected):
        ordered_page(ORDERS, order.name, 10, token([order.name, value, id]))


@given(text=st.text(max_size=60))
def test_a_pattern_stands_for_its_text_and_nothing_else(text: str) -> None:
    pattern = containing(text)
    assert pattern[0] == pattern[-1] == "%"
    assert re.sub(r"\\(.)", r"\1", pattern[1:-1]) == text
    assert not re.search(r"[%_]", re.sub(r"\\.", "", pattern[1:-1]))
