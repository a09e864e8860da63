"""Lists in the order a caller asks for, by keyset pages, and the search for text in them.

`kernel.pages` serves lists that are always newest first; here the value that orders is one of several.
"""

import base64
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from kernel.errors import Rejected
from kernel.pages import DEFAULT_SIZE, LARGEST

DESCENDING = " desc"
LONGEST_QUERY = 200


@dataclass(frozen=True, slots=True)
class Order:
    """Rows by (`value`, id): `value` is an SQL expression that is never null, `read` takes it back from JSON."""

    name: str
    value: LiteralString
    read: Callable[[Any], object]

    @property
    def descending(self) -> bool:
        return self.name.endswith(DESCENDING)


@dataclass(frozen=True, slots=True)
class OrderedPage:
    """`size` rows in an order, after the row whose value and id are `after`, if any.

    Use as `SELECT {page.value}, id, ... WHERE ... AND {page.where} ORDER BY {page.by} LIMIT %s` with `page.values`.
    """

    order: Order
    size: int
    after: tuple[object, str] | None

    @property
    def value(self) -> LiteralString:
        return self.order.value

    @property
    def where(self) -> LiteralString:
        if self.after is None:
            return "true"
        return f"({self.order.value}, id) {'<' if self.order.descending else '>'} (%s, %s)"

    @property
    def by(self) -> LiteralString:
        direction: LiteralString = "DESC" if self.order.descending else "ASC"
        return f"{self.order.value} {direction}, id {direction}"

    @property
    def values(self) -> tuple[object, ...]:
        """One row more than the page has, to know whether there is another page."""
        return (*(self.after or ()), self.size + 1)

    def cut(self, rows: Sequence[Any]) -> tuple[Sequence[Any], str]:
        """(the page's rows, next page token); each row begins with the value that orders, and id."""
        if len(rows) <= self.size:
            return rows, ""
        value, id = rows[self.size - 1][:2]
        written = value.isoformat() if isinstance(value, datetime) else value
        token = json.dumps([self.order.name, written, id]).encode()
        return rows[: self.size], base64.urlsafe_b64encode(token).decode()


def ordered_page(orders: Iterable[Order], order_by: str, size: int, token: str) -> OrderedPage:
    """The page a request asks for, in the first of `orders` unless it names one; raises Rejected."""
    known = {order.name: order for order in orders}
    order = known.get(order_by) if order_by else next(iter(known.values()))
    if order is None:
        choices = ", ".join(known)
        raise Rejected(f"order_by must be one of {choices}; it is {order_by[:40]!r}", field="order_by")
    if not 0 <= size <= LARGEST:
        raise Rejected(f"page_size must be 1 to {LARGEST}, or 0 for {DEFAULT_SIZE}; it is {size}", field="page_size")
    return OrderedPage(order, size or DEFAULT_SIZE, _after(order, token) if token else None)


def _after(order: Order, token: str) -> tuple[object, str]:
    """The row a token names; raises Rejected for a token that was not issued for this order."""
    try:
        name, written, id = json.loads(base64.urlsafe_b64decode(token.encode()))
        value = order.read(written)
        if name != order.name or b"\0" in f"{value}{id}".encode():  # no database takes NUL or lone surrogates
            raise ValueError("of another list")
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        sentence = "this page_token was not issued here for this order; start again without one"
        raise Rejected(sentence, field="page_token") from error
    return value, str(id)


def containing(text: str) -> str:
    """The ILIKE pattern for `text` anywhere, letter by letter; raises Rejected for one that is too long."""
    if len(text) > LONGEST_QUERY:
        raise Rejected(f"the query has {len(text)} characters; use at most {LONGEST_QUERY}", field="query")
    for special in ("\\", "%", "_"):
        text = text.replace(special, f"\\{special}")
    return f"%{text}%"
