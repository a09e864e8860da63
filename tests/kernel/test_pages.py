"""Keyset pages: every row once, newest first, whatever token comes back."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.database import Database
from kernel.errors import Rejected
from kernel.pages import DEFAULT_SIZE, LARGEST, page

QUERY = "SELECT created_at, id FROM things WHERE (created_at, id) < (%s, %s) ORDER BY created_at DESC, id DESC LIMIT %s"


def token(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize("size", [1, 3, 10, 23, 24, 200])
async def test_pages_show_every_row_once(database: Database, size: int) -> None:
    await database.execute("CREATE TABLE things (created_at timestamptz, id text)")
    start = datetime(2026, 1, 1, 12, tzinfo=UTC)
    for number in range(23):  # several of one moment
        moment = start + timedelta(microseconds=number // 3)
        await database.execute("INSERT INTO things VALUES (%s, %s)", moment, f"id{number:02}")
    seen, next_token = [], ""
    while True:
        rows, next_token = page(size, next_token).cut(await database.fetch(QUERY, *page(size, next_token).values))
        seen += [row[1] for row in rows]
        assert len(rows) <= size
        if not next_token:
            break
    assert seen == [f"id{number:02}" for number in reversed(range(23))]


async def test_an_empty_list_is_one_empty_page(database: Database) -> None:
    await database.execute("CREATE TABLE things (created_at timestamptz, id text)")
    found = page(0, "")
    assert found.size == DEFAULT_SIZE
    assert found.cut(await database.fetch(QUERY, *found.values)) == ([], "")


@pytest.mark.parametrize("size", [-1, LARGEST + 1])
def test_sizes_that_cannot_be_are_refused(size: int) -> None:
    with pytest.raises(Rejected, match=str(size)) as error:
        page(size, "")
    assert error.value.field == "page_size"


@contextmanager
def suppress_refusals() -> Iterator[None]:
    """Passes over the refusal of a page token, and over nothing else."""
    try:
        yield
    except Rejected as refusal:
        if refusal.field != "page_token" or "page_token" not in str(refusal):
            raise


FORGED = [
    "x",
    "ü",
    "=",
    token([]),
    token({"a": 1, "b": 2}),
    token(["2026-01-01"]),
    token(["2026-01-01T00:00:00+00:00", "id", "more"]),
    token(["yesterday", "id"]),
    token([None, "id"]),
    token(["2026-01-01T00:00:00+00:00", "a\0b"]),
    token(["2026-01-01T00:00:00+00:00", "\ud800"]),
    token(["2026-01-01T00:00:00+23:59", "id"]),
    base64.urlsafe_b64encode(b"[" * 100_000).decode(),
]


@pytest.mark.parametrize("forged", FORGED, ids=range(len(FORGED)))
async def test_a_token_that_was_not_issued_here_is_refused_or_harmless(database: Database, forged: str) -> None:
    await database.execute("CREATE TABLE things (created_at timestamptz, id text)")
    with suppress_refusals():
        assert await database.fetch(QUERY, *page(10, forged).values) == []


@given(st.text() | st.binary().map(lambda data: base64.urlsafe_b64encode(data).decode()))
def test_no_text_at_all_is_a_fault_inside(text: str) -> None:
    with suppress_refusals():
        page(10, text)
