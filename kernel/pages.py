"""Keyset pages, newest first: a page token is the place after the last row, never an offset."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kernel.errors import Rejected

DEFAULT_SIZE = 50
LARGEST = 200


@dataclass(frozen=True, slots=True)
class Page:
    """Rows ordered by (created_at, id) descending, `size` of them, after the row (`before_at`, `before_id`).

    Use as `WHERE ... AND (created_at, id) < (%s, %s) ORDER BY created_at DESC, id DESC LIMIT %s` with `page.values`.
    """

    size: int
    before_at: datetime
    before_id: str

    @property
    def values(self) -> tuple[datetime, str, int]:
        """One row more than the page has, to know whether there is another page."""
        return self.before_at, self.before_id, self.size + 1

    def cut(self, rows: Sequence[Any]) -> tuple[Sequence[Any], str]:
        """(the page's rows, next page token); each row begins with created_at and id."""
        if len(rows) <= self.size:
            return rows, ""
        created_at, id = rows[self.size - 1][:2]
        token = json.dumps([created_at.isoformat(), id]).encode()
        return rows[: self.size], base64.urlsafe_b64encode(token).decode()


def page(size: int, token: str) -> Page:
    """The page a request asks for; raises Rejected for a size or a token that cannot be."""
    if not 0 <= size <= LARGEST:
        raise Rejected(f"page_size must be 1 to {LARGEST}, or 0 for {DEFAULT_SIZE}; it is {size}", field="page_size")
    if not token:
        return Page(size or DEFAULT_SIZE, datetime.max, "")
    try:
        created_at, id = json.loads(base64.urlsafe_b64decode(token.encode()))
        if b"\0" in str(id).encode():  # raises UnicodeEncodeError for what is no text either
            raise ValueError("no database takes a NUL character")
        return Page(size or DEFAULT_SIZE, datetime.fromisoformat(created_at), str(id))
    except (ValueError, TypeError, RecursionError) as error:
        raise Rejected("this page_token was not issued here; start again without one", field="page_token") from error
